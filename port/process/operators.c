/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Operator new and delete. Over libstdc++ and libc++, whose operators are malloc and free, we go to
 * the next malloc ourselves, so that one new is counted once. Over an allocator that brings its
 * own operators we jump to those. A host with operators of its own gets them, and its malloc is
 * sampled instead.
 */
#include "operators.h"

#include "objects.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default"), used))
#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))
#define SLOW __attribute__((noinline, cold))

static const char *const symbols[PICKET_OPERATOR_COUNT] = {
#define PICKET_NEW(name, symbol, family, parameters, arguments, align) symbol,
#define PICKET_DELETE(name, symbol, family, parameters, arguments, size, align) symbol,
	PICKET_NEWS PICKET_DELETES
#undef PICKET_NEW
#undef PICKET_DELETE
};

static const char *const runtimes[] = { "libstdc++.so.6", "libc++.so.1", "libc++abi.so.1" };

#define RUNTIME_COUNT (sizeof(runtimes) / sizeof(runtimes[0]))

/* The C++ runtime may be loaded late and privately, with a plugin. */
static void *find_loaded(const char *library, const char *symbol)
{
	void *handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
	void *function = handle ? dlsym(handle, symbol) : NULL;

	if (handle)
		dlclose(handle);
	return function;
}

/*
 * The next allocator has no memory. Only the C++ runtime knows the new-handler and how to throw
 * bad_alloc. Its operator calls malloc again, that is ours, and may be given a guarded object:
 * the frame noted here tells objects.c that such a malloc is part of a new. An exception that
 * leaves leaves the note behind; the worst that comes of it is a mismatch not looked for.
 */
static void *real_operator(enum picket_operator which, const void *frame)
{
	void *function = dlsym(RTLD_NEXT, symbols[which]);

	for (size_t i = 0; !function && i < RUNTIME_COUNT; i++)
		function = find_loaded(runtimes[i], symbols[which]);
	/* With nobody to throw, a new that may not return NULL can only end. */
	if (!function && !strstr(symbols[which], "nothrow"))
		abort();
	picket_thread.operator_frame = frame;
	return function;
}

static inline void *next_allocate(size_t size, size_t align)
{
	if (!size)
		size = 1;
	if (!align)
		return picket_next.malloc(size);
	if (__builtin_add_overflow(size, align - 1, &size))
		return NULL;
	return picket_next.aligned_alloc(align, size & ~(align - 1));
}

/* Read when it is called: the slow path may have resolved it. */
#define NEXT(type, name, parameters)                                                               \
	((type(*) parameters)picket_next.operators[PICKET_OPERATOR_##name])

static void *sample(size_t size, size_t align, enum picket_family family, const void *caller)
{
	struct picket_request request = {
		.size_bytes = size,
		.align_bytes = align,
		.family = family,
	};

	/* The real operator's own malloc is the one to sample. */
	if (picket_next.host_operators || align & (align - 1))
		return NULL;
	return picket_object_sample(&request, caller);
}

/* The slow functions are jumped to, so their caller is the operator's. */
#define PICKET_NEW(name, symbol, family, parameters, arguments, align)                             \
	static SLOW void *last_resort_##name parameters                                            \
	{                                                                                          \
		void *(*real)parameters =                                                          \
			real_operator(PICKET_OPERATOR_##name, __builtin_frame_address(0));         \
		void *object = real ? real arguments : NULL;                                       \
                                                                                                   \
		picket_thread.operator_frame = NULL;                                               \
		return object;                                                                     \
	}                                                                                          \
                                                                                                   \
	void *picket_standard_##name parameters                                                    \
	{                                                                                          \
		void *object = next_allocate(size, align);                                         \
                                                                                                   \
		return __builtin_expect(!object, 0) ? last_resort_##name arguments : object;       \
	}                                                                                          \
                                                                                                   \
	static void *forward_##name parameters                                                     \
	{                                                                                          \
		void *(*real)parameters = picket_next.real[PICKET_OPERATOR_##name];                \
                                                                                                   \
		picket_thread.gate.countdown++;                                                    \
		return real arguments;                                                             \
	}                                                                                          \
                                                                                                   \
	static SLOW void *slow_##name parameters                                                   \
	{                                                                                          \
		void *object = sample(size, align, PICKET_FAMILY_##family, CALLER);                \
                                                                                                   \
		return object ? object : NEXT(void *, name, parameters) arguments;                 \
	}                                                                                          \
                                                                                                   \
	EXPORT void *picket_operator_##name parameters __asm__(symbol);                            \
	EXPORT void *picket_operator_##name parameters                                             \
	{                                                                                          \
		if (picket_object_due())                                                           \
			return slow_##name arguments;                                              \
		return NEXT(void *, name, parameters) arguments;                                   \
	}
PICKET_NEWS
#undef PICKET_NEW

void picket_standard_delete(void *address)
{
	picket_next.free(address);
}

static void delete_guarded(void *address, size_t size, size_t align, enum picket_family family,
			   const void *caller)
{
	struct picket_free_request request = {
		.family = family,
		.size_bytes = size,
		.align_bytes = align,
		.found = PICKET_FOUND_FREE,
	};

	picket_object_free(address, &request, caller);
}

#define PICKET_DELETE(name, symbol, family, parameters, arguments, size, align)                    \
	static SLOW void slow_##name parameters                                                    \
	{                                                                                          \
		if (picket_next.host_operators)                                                    \
			NEXT(void, name, parameters) arguments;                                    \
		else                                                                               \
			delete_guarded(address, size, align, PICKET_FAMILY_##family, CALLER);      \
	}                                                                                          \
                                                                                                   \
	EXPORT void picket_operator_##name parameters __asm__(symbol);                             \
	EXPORT void picket_operator_##name parameters                                              \
	{                                                                                          \
		if (picket_object_owned(address))                                                  \
			slow_##name arguments;                                                     \
		else                                                                               \
			NEXT(void, name, parameters) arguments;                                    \
	}
PICKET_DELETES
#undef PICKET_DELETE

static void *const ours[PICKET_OPERATOR_COUNT] = {
#define PICKET_NEW(name, symbol, family, parameters, arguments, align)                             \
	(void *)picket_operator_##name,
#define PICKET_DELETE(name, symbol, family, parameters, arguments, size, align)                    \
	(void *)picket_operator_##name,
	PICKET_NEWS PICKET_DELETES
#undef PICKET_NEW
#undef PICKET_DELETE
};

static void *const forwards[PICKET_OPERATOR_NEW_COUNT] = {
#define PICKET_NEW(name, symbol, family, parameters, arguments, align) (void *)forward_##name,
	PICKET_NEWS
#undef PICKET_NEW
};

/* Who brings an operator, as far as it matters. */
enum provider {
	PROVIDER_RUNTIME,   /* libstdc++, libc++, or nobody yet: malloc and free */
	PROVIDER_ALLOCATOR, /* the library that brings malloc */
	PROVIDER_HOST,	    /* anybody else */
};

static const char *module_of(const void *address)
{
	Dl_info info;

	return dladdr(address, &info) && info.dli_fname ? info.dli_fname : "";
}

static enum provider provider_of(const void *function)
{
	const char *path = module_of(function);
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	if (!strncmp(name, "libstdc++.so", 12) || !strncmp(name, "libc++", 6))
		return PROVIDER_RUNTIME;
	if (!strcmp(path, module_of((const void *)picket_next.malloc)))
		return PROVIDER_ALLOCATOR;
	return PROVIDER_HOST;
}

static void choose(enum picket_operator which)
{
	void *next = dlsym(RTLD_NEXT, symbols[which]);
	enum provider provider = next ? provider_of(next) : PROVIDER_RUNTIME;

	picket_next.real[which] = next;
	if (which >= PICKET_OPERATOR_NEW_COUNT)
		picket_next.operators[which] = (void *)picket_next.free;
	if (provider != PROVIDER_RUNTIME)
		picket_next.operators[which] = next;
	if (provider == PROVIDER_HOST || dlsym(RTLD_DEFAULT, symbols[which]) != ours[which])
		picket_next.host_operators = true;
}

static void forward_all(void)
{
	for (size_t i = 0; i < PICKET_OPERATOR_NEW_COUNT; i++) {
		if (picket_next.real[i])
			picket_next.operators[i] = forwards[i];
	}
	for (size_t i = PICKET_OPERATOR_NEW_COUNT; i < PICKET_OPERATOR_COUNT; i++)
		picket_next.operators[i] = picket_next.real[i] ? picket_next.real[i] : (void *)free;
}

void picket_operators_resolve(void)
{
	/* A program without C++ is spared nineteen failing look-ups. */
	if (!dlsym(RTLD_NEXT, symbols[PICKET_OPERATOR_new]) &&
	    dlsym(RTLD_DEFAULT, symbols[PICKET_OPERATOR_new]) == ours[PICKET_OPERATOR_new])
		return;
	for (size_t i = 0; i < PICKET_OPERATOR_COUNT; i++)
		choose((enum picket_operator)i);
	if (picket_next.host_operators)
		forward_all();
}
