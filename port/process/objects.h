/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The slow paths: what to do when the gate's countdown has run out, and with addresses in the
 * pool. @caller is where the host called the allocator; errno is kept unless a function fails.
 */
#ifndef PICKET_OBJECTS_H
#define PICKET_OBJECTS_H

#include "next.h"
#include "thread.h"

/* Is it in the pool? Small enough for the fast path: one subtraction, one comparison. */
static inline bool picket_object_owned(const void *address)
{
	return __builtin_expect(
		(picket_uptr)address - picket_next.pool_start < picket_next.pool_bytes, 0);
}

/* Has the gate's countdown run out with this allocation? */
static inline bool picket_object_due(void)
{
	return __builtin_expect(--picket_thread.gate.countdown < 0, 0);
}

/**
 * picket_object_sample() - ask the gate, and guard the allocation if it says so.
 *
 * Return: the object; NULL: this allocation is the next allocator's.
 */
void *picket_object_sample(const struct picket_request *request, const void *caller);

/**
 * picket_object_guard() - guard an allocation without asking the gate.
 *
 * Return: the object; NULL: there is none to be had now.
 */
void *picket_object_guard(const struct picket_request *request, const void *caller);

/**
 * picket_object_replace() - the same for requests that only the next allocator can judge (strange
 * alignments, size 0): it was asked first, and what it gave is given back if the object is
 * guarded.
 * @raw: what it gave; may be NULL.
 *
 * Return: a guarded object or @raw.
 */
void *picket_object_replace(void *raw, const struct picket_request *request, const void *caller);

/** picket_object_free() - free an address in the pool. Return: as picket_guard_free(). */
int picket_object_free(void *address, const struct picket_free_request *request,
		       const void *caller);

/** picket_object_realloc() - realloc of an address in the pool. */
void *picket_object_realloc(void *address, size_t size, const void *caller);

/** picket_object_adopt() - the countdown ran out at realloc of an address not in the pool. */
void *picket_object_adopt(void *address, size_t size, const void *caller);

/** picket_object_usable() - the exact size of a live object; 0 if there is none. */
size_t picket_object_usable(void *address);

#endif
