/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The entry points of calls.def. A call without memory of the pool is a range test of each pointer
 * and a jump to the function that the program would have called; that is where it waits, is
 * interrupted and cancelled, as ever.
 */
#undef _FILE_OFFSET_BITS /* it would rename what is defined here */

#include "loans.h"
#include "signals_wait.h"
#include "symbol.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default"), used))
#define SLOW static __attribute__((noinline, cold))
#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))
#define UNPACK(...) __VA_ARGS__

#ifdef __GLIBC__
#define SOCKADDR __SOCKADDR_ARG
#define CONST_SOCKADDR __CONST_SOCKADDR_ARG
#define IN_SOCKADDR(address) ((address).__sockaddr__)
#define MESSAGE_FLAGS int
#else
#define SOCKADDR struct sockaddr *
#define CONST_SOCKADDR const struct sockaddr *
#define IN_SOCKADDR(address) (address)
#define MESSAGE_FLAGS unsigned int
#endif

/* In libpicket-calls.a: where the linker's --wrap leads. */
#ifdef PICKET_CALLS
#define ENTRY(name) __wrap_##name
#else
#define ENTRY(name) name
#endif

/* Some are in no header unless _FORTIFY_SOURCE is asked for. */
#define VARIADIC(type, name, shown, public, parameters, arguments, owned, look)                    \
	type name public;                                                                          \
	type ENTRY(name) public;
#define CALL(type, name, shown, parameters, arguments, owned, look)                                \
	type name parameters;                                                                      \
	type ENTRY(name) parameters;
#include "calls.def"

enum {
#define CALL(type, name, ...) CALL_##name,
#include "calls.def"
	CALL_COUNT
};

static const char *const names[] = {
#define CALL(type, name, ...) #name,
#include "calls.def"
};

/* Alone on its pages, and read-only from the start on, as struct picket_next is. */
static struct {
	void *functions[CALL_COUNT];
} __attribute__((aligned(PICKET_SEAL_BYTES))) real;

static long missing(void)
{
	errno = ENOSYS;
	return -1;
}

static void *find_next(int call)
{
	switch (call) {
	case CALL_ppoll:
		return (void *)picket_wait_ppoll;
	case CALL_pselect:
		return (void *)picket_wait_pselect;
	case CALL_epoll_pwait:
		return (void *)picket_wait_epoll_pwait;
#ifdef __GLIBC__
	case CALL_epoll_pwait2:
		return (void *)picket_wait_epoll_pwait2;
	case CALL___ppoll_chk:
		return (void *)picket_wait_ppoll_chk;
#endif
	default:
		return picket_symbol_next(names[call]);
	}
}

/* Two threads may come here at once: both write the same. */
static __attribute__((noinline, cold)) void *find(int call)
{
	void *function = find_next(call);
	long (*none)(void) = missing;

	if (!function)
		memcpy(&function, &none, sizeof(function));
	real.functions[call] = function;
	return function;
}

static inline __attribute__((always_inline)) void *real_function(int call)
{
	void *function = real.functions[call];

	return __builtin_expect(function != NULL, 1) ? function : find(call);
}

/* Handlers may call the wrappers, and cannot look anything up. */
static __attribute__((constructor)) void find_all(void)
{
	int error = errno;

	for (int call = 0; call < CALL_COUNT; call++)
		if (!real.functions[call])
			find(call);
	if ((size_t)getpagesize() <= sizeof(real))
		mprotect(&real, sizeof(real), PROT_READ);
	errno = error;
}

/* ---- the words of calls.def ---- */

/* As picket_object_owned(), but the compiler knows that buffers to be written hold nothing yet. */
#define OWNED(pointer) ((picket_uptr)(pointer)-picket_next.pool_start < picket_next.pool_bytes)
#define DESCRIPTOR(fd_) loans.fd = fd_;
#define PATH(number, pointer) picket_loans_path(&loans, number, pointer);
#define INPUT(number, pointer, bytes_) picket_loans_input(&loans, number, pointer, bytes_);
#define NAME(number, pointer, length) picket_loans_name(&loans, number, pointer, length);
#define VECTOR(number, way, vector, count)                                                         \
	picket_loans_vector(&loans, number, PICKET_ACCESS_##way, vector, count);
#define MESSAGE(number, way, message)                                                              \
	picket_loans_message(&loans, number, PICKET_ACCESS_##way, message);
#define MESSAGES(number, way, messages, count)                                                     \
	picket_loans_messages(&loans, number, PICKET_ACCESS_##way, messages, count);

/* @unit_: bytes for each 1 that the call returns; 0: all. It must return more than @index_. */
#define PIECE(number, way, pointer, bytes_, unit_, index_)                                         \
	picket_loans_add(&loans, &(const struct picket_loan){ .address = (picket_uptr)(pointer),   \
							      .bytes = bytes_,                     \
							      .unit = unit_,                       \
							      .index = index_,                     \
							      .argument = number,                  \
							      .access = PICKET_ACCESS_##way });
#define OUTPUT(number, pointer, bytes_) PIECE(number, WRITE, pointer, bytes_, 0, -1)
#define WHEN_ABOVE(index_, number, pointer, bytes_) PIECE(number, WRITE, pointer, bytes_, 0, index_)
#define DATA(number, way, pointer, bytes_) PIECE(number, way, pointer, bytes_, 1, -1)
#define ITEMS(number, pointer, count_)                                                             \
	PIECE(number, WRITE, pointer, count_ > 0 ? (size_t)count_ * sizeof(*pointer) : 0,          \
	      sizeof(*pointer), -1)
/* What MSG_TRUNC returns says nothing of what was written. */
#define RECEIVED(number, pointer, bytes_, flags_)                                                  \
	PIECE(number, WRITE, pointer, bytes_, 1, flags_ &MSG_TRUNC ? LONG_MAX : -1)

#define SET_BYTES(count) (count > 0 ? ((size_t)count + 63) / 64 * 8 : 0)

/* ---- the functions ---- */

#define REAL(name) ((__typeof__(&name))real_function(CALL_##name))

/* getcwd() alone returns a text, of which the kernel has written every byte. */
#define FAILED(result) _Generic((result), char * : !(result), default : (long)(result) == -1)
#define VALUE(result)                                                                              \
	_Generic((result), char *                                                                  \
		 : (result) ? (long)strlen((const char *)(picket_uptr)(result)) + 1 : -1, default  \
		 : (long)(result))

#define SLOW_CALL(type, name, shown, parameters, arguments, look)                                  \
	SLOW type slow_##name(const void *caller, UNPACK parameters)                               \
	{                                                                                          \
		struct picket_loans loans;                                                         \
		type result = (type)-1;                                                            \
                                                                                                   \
		picket_loans_begin(&loans, shown, caller);                                         \
		do {                                                                               \
			look;                                                                      \
			if (picket_loans_settled(&loans))                                          \
				break;                                                             \
			result = REAL(name) arguments;                                             \
		} while (picket_loans_refused(&loans, FAILED(result)));                            \
		picket_loans_end(&loans, VALUE(result));                                           \
		return result;                                                                     \
	}

#define CALL(type, name, shown, parameters, arguments, owned, look)                                \
	SLOW_CALL(type, name, shown, parameters, arguments, look)                                  \
	EXPORT type ENTRY(name) parameters                                                         \
	{                                                                                          \
		if (__builtin_expect(owned, 0))                                                    \
			return slow_##name(CALLER, UNPACK arguments);                              \
		return REAL(name) arguments;                                                       \
	}

static bool has_mode(int flags)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

#define VARIADIC(type, name, shown, public, parameters, arguments, owned, look)                    \
	SLOW_CALL(type, name, shown, parameters, arguments, look)                                  \
	EXPORT type ENTRY(name) public                                                             \
	{                                                                                          \
		mode_t mode = 0;                                                                   \
		va_list more;                                                                      \
                                                                                                   \
		va_start(more, flags);                                                             \
		if (has_mode(flags))                                                               \
			mode = va_arg(more, mode_t);                                               \
		va_end(more);                                                                      \
		if (__builtin_expect(owned, 0))                                                    \
			return slow_##name(CALLER, UNPACK arguments);                              \
		return REAL(name) arguments;                                                       \
	}

#include "calls.def"
