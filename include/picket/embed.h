/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * For allocators that give some of their objects to Picket. In the allocator:
 *
 *	void *my_malloc(size_t size)
 *	{
 *		if (picket_due()) {
 *			struct picket_allocation wanted = {
 *				.size_bytes = size,
 *				.caller = __builtin_return_address(0),
 *			};
 *			void *object = picket_sample(&wanted);
 *
 *			if (object)
 *				return object;
 *		}
 *		... as before ...
 *	}
 *
 *	void my_free(void *address)
 *	{
 *		if (picket_in_pool(address)) {
 *			picket_release(address, NULL);
 *			return;
 *		}
 *		... as before ...
 *	}
 *
 * realloc of an address in the pool is a new object, a copy of picket_size() bytes at most, and
 * picket_release(); usable size is picket_size(). picket_due() and picket_in_pool() are a few
 * instructions each, and safe before picket_start() and without it. Everything said in
 * <picket/picket.h> holds here too.
 *
 * For programs linked with libpicket.a, on its own or by picket-static. Threads other than by
 * pthread_create(), and allocators that are used before thread-local storage is set up, are not
 * served.
 */
#ifndef PICKET_EMBED_H
#define PICKET_EMBED_H

#include <picket/picket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What an allocation asks for. All that is 0 or NULL is as if nobody had said anything. */
struct picket_allocation {
	size_t size_bytes;
	size_t align_bytes;	   /* a power of two; 0: what C allows for objects of that size */
	enum picket_family family; /* which functions may free it; of picket_release() too */
	bool zero;		   /* it must read as zeros */
	const char *allocator;	   /* a static name for reports, of 31 characters at most */
	const void *caller;	   /* return address into the program: its stack begins there */
};

/* What a free claims; a claim that does not fit the object is reported. */
struct picket_deallocation {
	size_t size_bytes;
	size_t align_bytes;
	enum picket_family family;
	const void *caller;
};

/* Allocations of this thread until the next look. For picket_due() only. */
extern __thread picket_s64 picket_countdown __attribute__((tls_model("initial-exec")));

/* Where guarded objects are; for picket_in_pool() only. Set once, by the start. */
struct picket_range {
	picket_uptr start;
	picket_uptr bytes;
};
extern struct picket_range picket_range;

/** picket_due() - count one allocation. True: ask picket_sample() now. */
static inline bool picket_due(void)
{
	return __builtin_expect(--picket_countdown < 0, 0);
}

/** picket_in_pool() - picket_owns() in few instructions: such an address is for Picket to free. */
static inline bool picket_in_pool(const void *address)
{
	return __builtin_expect((picket_uptr)address - picket_range.start < picket_range.bytes, 0);
}

/**
 * picket_sample() - the countdown ran out: shall this allocation be guarded, and where?
 *
 * Return: the object; NULL: it is the allocator's own to serve.
 */
void *picket_sample(const struct picket_allocation *wanted);

/**
 * picket_release() - free an address of the pool, and report whatever is wrong with that.
 * @claim: NULL claims nothing.
 *
 * Waits while another thread holds picket_disable().
 * Return: 0; -EINVAL: it was not an object that may be freed, or is not in the pool.
 */
int picket_release(void *address, const struct picket_deallocation *claim);

/**
 * picket_disable() - keep all other threads from taking and freeing guarded objects, until
 * picket_enable(): what malloc_disable() of some C libraries does. They take no samples meanwhile.
 *
 * Waits for those that are at it. Not in signal handlers, and not twice. Bugs are found and
 * reported as ever. A child that is forked meanwhile calls picket_enable() too.
 */
void picket_disable(void);

/** picket_enable() - by the thread that called picket_disable(), or its only thread after fork. */
void picket_enable(void);

/**
 * picket_iterate() - call for every live guarded object that starts in [start, start + bytes).
 *
 * Between picket_disable() and picket_enable() these are all there are; else those that live on
 * during the call, and perhaps others.
 */
void picket_iterate(const void *start, size_t bytes,
		    void (*each)(void *object, size_t size, void *context), void *context);

/**
 * picket_fork_child() - in a child that did not come from fork(), but from a raw clone() say,
 * before it uses the allocator. fork() tells by itself.
 */
void picket_fork_child(void);

#ifdef __cplusplus
}
#endif

#endif
