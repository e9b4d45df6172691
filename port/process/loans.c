/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "loans.h"

#include "runtime.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define ROUNDS_MAX 8	/* no call has as many inputs */
#define VECTOR_MAX 1024 /* the kernel takes no more, nor as many messages */
#define MEMORY_DEVICES 1
#define ALWAYS (-1) /* of loan.index: even if the call returns 0 */

typedef picket_u32 __attribute__((may_alias, aligned(1))) word;

/* ---- memory that may not be there ---- */

/* Memory to read, and what for: the first bytes are copied, or pointers in a vector looked for. */
struct reading {
	const volatile void *from;
	void *to;
	long count;
	volatile bool done;
	void *outer_escape[sizeof(picket_thread.escape) / sizeof(picket_thread.escape[0])];
	bool nested;
};

static __attribute__((noinline)) void copy(struct reading *reading)
{
	const volatile word *from = reading->from;
	word *to = reading->to;

	for (long i = 0; i < reading->count; i++)
		to[i] = from[i];
	reading->done = true;
}

static __attribute__((noinline)) void search(struct reading *reading)
{
	const volatile struct iovec *vector = reading->from;

	for (long i = 0; i < reading->count && !reading->done; i++)
		reading->done = picket_object_owned(vector[i].iov_base);
}

/*
 * A fault in here is the kernel's EFAULT to come. picket_backtrace_escape() ends it, for it is in
 * code of our own; functions of the C library would not do.
 */
static __attribute__((noinline)) void attempt(void (*function)(struct reading *reading),
					      struct reading *reading)
{
	reading->nested = picket_thread.unwinding;
	memcpy(reading->outer_escape, picket_thread.escape, sizeof(reading->outer_escape));
	if (__builtin_setjmp(picket_thread.escape) == 0) {
		picket_thread.unwinding = true;
		function(reading);
	}
	memcpy(picket_thread.escape, reading->outer_escape, sizeof(reading->outer_escape));
	picket_thread.unwinding = reading->nested;
}

static bool copy_in(void *to, const void *from, size_t bytes)
{
	struct reading reading = { .from = from, .to = to, .count = (long)(bytes / sizeof(word)) };

	if (from)
		attempt(copy, &reading);
	return reading.done;
}

/* SIGSEGV is kept for us from the first object on; before that nothing can be in the pool. */
static bool has_objects(void)
{
	const struct picket_guard *guard = __atomic_load_n(&picket_runtime.guard, __ATOMIC_ACQUIRE);

	return guard && picket_guard_counters(guard)->guarded;
}

bool picket_loans_vector_owned(const struct iovec *vector, long count)
{
	struct reading reading = { .from = vector,
				   .count = count < VECTOR_MAX ? count : VECTOR_MAX };

	if (!vector || !has_objects())
		return false;
	if (picket_object_owned(vector))
		return true;
	attempt(search, &reading);
	return reading.done;
}

bool picket_loans_message_owned(const struct msghdr *message)
{
	struct msghdr header;

	if (!has_objects())
		return false;
	if (picket_object_owned(message))
		return true;
	if (!copy_in(&header, message, sizeof(header)))
		return false;
	return picket_object_owned(header.msg_name) || picket_object_owned(header.msg_control) ||
	       picket_loans_vector_owned(header.msg_iov, (long)header.msg_iovlen);
}

bool picket_loans_messages_owned(const struct mmsghdr *messages, unsigned int count)
{
	if (!has_objects())
		return false;
	for (unsigned int i = 0; i < count && i < VECTOR_MAX; i++)
		if (picket_loans_message_owned(&messages[i].msg_hdr))
			return true;
	return false;
}

/* ---- reports ---- */

/* The host's thread goes on after it, so what Picket notes of a thread must be as before. */
static void report(struct picket_loans *loans, const struct picket_loan *loan, picket_uptr end)
{
	const void *caller = picket_thread.caller;
	picket_uptr bytes = end - loan->hidden;
	struct picket_fault fault = {
		.address = loan->hidden,
		.access = loan->access,
		.access_size_bytes = bytes < UINT_MAX ? (picket_u32)bytes : UINT_MAX,
		.call = loans->call,
		.argument = loan->argument,
	};

	picket_thread.busy++;
	picket_thread.caller = loans->caller;
	picket_runtime_check_fork();
	picket_guard_fault(picket_runtime.guard, &fault);
	loans->reported++;
	picket_thread.caller = caller;
	picket_thread.busy--;
}

/* The kernel has refused memory; is it this? */
static void refused(struct picket_loans *loans, struct picket_loan *loan, bool input)
{
	picket_uptr end = loan->address + loan->bytes;

	/* One at a time, for the kernel has not come to the others. */
	if (loans->reported)
		return;
	loan->hidden = picket_guard_hidden(picket_runtime.guard, loan->address, end);
	if (!loan->hidden)
		return;
	report(loans, loan, end);
	picket_guard_lend(picket_runtime.guard, loan->hidden, end);
	if (!input) {
		loans->late = loan->access == PICKET_ACCESS_READ ? POLLOUT : POLLIN;
		loans->count = 0;
	}
}

/* ---- arguments ---- */

void picket_loans_begin(struct picket_loans *loans, const char *call, const void *caller)
{
	loans->call = call;
	loans->caller = caller;
	loans->fd = -1;
	loans->error = 0;
	loans->round = 0;
	loans->count = 0;
	loans->reported = 0;
	loans->late = 0;
}

/* Of an address in the pool only what lies in it counts; no sum overflows then. */
static picket_uptr within(picket_uptr address, picket_uptr bytes)
{
	picket_uptr rest = picket_next.pool_start + picket_next.pool_bytes - address;

	return bytes < rest ? bytes : rest;
}

void picket_loans_input(struct picket_loans *loans, picket_u32 argument, const void *address,
			size_t bytes)
{
	struct picket_loan loan = {
		.address = (picket_uptr)address,
		.argument = argument,
		.access = PICKET_ACCESS_READ,
	};

	if (!loans->round || !picket_object_owned(address))
		return;
	loan.bytes = within(loan.address, bytes);
	refused(loans, &loan, true);
}

/* A page at a time; what is shown can be searched for the end. */
void picket_loans_path(struct picket_loans *loans, picket_u32 argument, const char *path)
{
	picket_uptr page = (picket_uptr)getpagesize();

	if (!loans->round)
		return;
	for (picket_uptr left = PATH_MAX; left && picket_object_owned(path);) {
		picket_uptr bytes = page - (picket_uptr)path % page;

		if (bytes > left)
			bytes = left;
		picket_loans_input(loans, argument, path, 1);
		if (loans->reported || memchr(path, 0, bytes))
			return;
		path += bytes;
		left -= bytes;
	}
}

void picket_loans_add(struct picket_loans *loans, const struct picket_loan *piece)
{
	struct picket_loan *loan = &loans->loans[loans->count];
	struct picket_loan late = *piece;

	if (!piece->bytes || !picket_object_owned((const void *)piece->address))
		return;
	late.bytes = within(piece->address, piece->bytes);
	if (loans->round && !loans->reported) {
		refused(loans, &late, false);
		return;
	}
	if (loans->count == PICKET_LOANS_MAX)
		return;
	*loan = late;
	loan->hidden = picket_guard_hidden(picket_runtime.guard, loan->address,
					   loan->address + loan->bytes);
	if (!loan->hidden)
		return;
	loan->lent =
		picket_guard_lend(picket_runtime.guard, loan->address, loan->address + loan->bytes);
	loans->count++;
}

void picket_loans_name(struct picket_loans *loans, picket_u32 argument, const void *address,
		       const socklen_t *length)
{
	struct picket_loan loan = {
		.address = (picket_uptr)length,
		.bytes = sizeof(*length),
		.index = ALWAYS,
		.argument = argument + 1,
		.access = PICKET_ACCESS_WRITE,
	};
	socklen_t bytes;

	if (!address)
		return;
	picket_loans_add(loans, &loan);
	if (!copy_in(&bytes, length, sizeof(bytes)))
		return;
	loan.address = (picket_uptr)address;
	loan.bytes = bytes;
	loan.actual = length;
	loan.argument = argument;
	picket_loans_add(loans, &loan);
}

/* @which: what its buffers have in common; so are the index and the argument. */
static void add_vector(struct picket_loans *loans, const struct picket_loan *which,
		       const struct iovec *vector, long count)
{
	struct picket_loan loan = {
		.address = (picket_uptr)vector,
		.bytes = (picket_uptr)count * sizeof(*vector),
		.index = which->index,
		.argument = which->argument,
		.access = PICKET_ACCESS_READ,
	};
	struct iovec entry;

	if (count <= 0 || count > VECTOR_MAX)
		return;
	picket_loans_add(loans, &loan);
	loan = *which;
	for (long i = 0; i < count && copy_in(&entry, &vector[i], sizeof(entry)); i++) {
		loan.address = (picket_uptr)entry.iov_base;
		loan.bytes = entry.iov_len;
		picket_loans_add(loans, &loan);
		loan.before += entry.iov_len;
	}
}

void picket_loans_vector(struct picket_loans *loans, picket_u32 argument, enum picket_access access,
			 const struct iovec *vector, long count)
{
	const struct picket_loan which = {
		.unit = 1,
		.index = ALWAYS,
		.argument = argument,
		.access = access,
	};

	add_vector(loans, &which, vector, count);
}

/* The kernel writes into what it lent for receiving, and tells how much in the header. */
static void add_message(struct picket_loans *loans, const struct picket_loan *which,
			const struct msghdr *message)
{
	bool receives = which->access == PICKET_ACCESS_WRITE;
	struct picket_loan loan = { .index = which->index,
				    .argument = which->argument,
				    .access = which->access };
	struct msghdr header;

	if (!copy_in(&header, message, sizeof(header)))
		return;
	loan.address = (picket_uptr)header.msg_name;
	loan.bytes = header.msg_namelen;
	loan.actual = receives ? &message->msg_namelen : NULL;
	picket_loans_add(loans, &loan);
	loan.address = (picket_uptr)header.msg_control;
	loan.bytes = header.msg_controllen;
	loan.actual = receives ? (const picket_u32 *)&message->msg_controllen : NULL;
	picket_loans_add(loans, &loan);
	add_vector(loans, which, header.msg_iov, (long)header.msg_iovlen);
}

void picket_loans_message(struct picket_loans *loans, picket_u32 argument,
			  enum picket_access access, const struct msghdr *message)
{
	const struct picket_loan which = {
		.unit = 1,
		.index = ALWAYS,
		.argument = argument,
		.access = access,
	};
	struct picket_loan header = {
		.address = (picket_uptr)message,
		.bytes = sizeof(*message),
		.index = ALWAYS,
		.argument = argument,
		.access = PICKET_ACCESS_READ,
	};

	picket_loans_add(loans, &header);
	add_message(loans, &which, message);
}

void picket_loans_messages(struct picket_loans *loans, picket_u32 argument,
			   enum picket_access access, const struct mmsghdr *messages,
			   unsigned int count)
{
	struct picket_loan which = { .unit = 1, .argument = argument, .access = access };
	struct picket_loan array = {
		.address = (picket_uptr)messages,
		.bytes = (picket_uptr)count * sizeof(*messages),
		.unit = sizeof(*messages),
		.argument = argument,
		.access = PICKET_ACCESS_WRITE,
	};

	picket_loans_add(loans, &array);
	for (unsigned int i = 0; i < count && i < VECTOR_MAX; i++) {
		which.index = i;
		which.actual = &messages[i].msg_len;
		add_message(loans, &which, &messages[i].msg_hdr);
	}
}

/* ---- the call ---- */

/*
 * Pages of a transfer that were hidden after the call began: the object was freed meanwhile. What
 * the kernel has thrown away then must not be waited for once more.
 */
static bool would_wait(const struct picket_loans *loans)
{
	struct pollfd poll_fd = { .fd = loans->fd, .events = loans->late };

	return loans->late && loans->fd >= 0 && poll(&poll_fd, 1, 0) != 1;
}

bool picket_loans_settled(const struct picket_loans *loans)
{
	bool settled;

	if (!loans->round)
		return false;
	settled = !loans->reported || would_wait(loans);
	errno = loans->error;
	return settled;
}

bool picket_loans_refused(struct picket_loans *loans, bool failed)
{
	if (!failed || errno != EFAULT || loans->round == ROUNDS_MAX)
		return false;
	loans->error = errno;
	loans->reported = 0;
	loans->round++;
	return true;
}

/* How much of the piece did the kernel touch? */
static picket_uptr touched(const struct picket_loan *loan, long result)
{
	picket_uptr done = loan->before + loan->bytes;
	picket_u32 actual;

	if (result <= loan->index)
		return 0;
	if (loan->actual)
		done = copy_in(&actual, loan->actual, sizeof(actual)) ? actual : 0;
	else if (loan->unit)
		done = (picket_uptr)result * loan->unit;
	if (done < loan->before)
		return 0;
	done -= loan->before;
	return done < loan->bytes ? done : loan->bytes;
}

/* /dev/null and its like take what they are given and look at nothing. */
static bool is_sink(int fd)
{
	struct stat stat;

	return fd >= 0 && !fstat(fd, &stat) && S_ISCHR(stat.st_mode) &&
	       major(stat.st_rdev) == MEMORY_DEVICES;
}

void picket_loans_end(struct picket_loans *loans, long result)
{
	int error = errno;

	for (picket_u32 i = 0; i < loans->count; i++) {
		const struct picket_loan *loan = &loans->loans[i];
		picket_uptr end = loan->address + touched(loan, result);

		if (end > loan->hidden &&
		    !(loan->access == PICKET_ACCESS_READ && is_sink(loans->fd)))
			report(loans, loan, end);
		else
			picket_guard_take_back(picket_runtime.guard, loan->address, loan->lent);
	}
	errno = error;
}
