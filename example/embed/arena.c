/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Objects are cut from one array and never go back to it: freed ones wait in a list for each power
 * of two. What Picket adds is at the end.
 */
#include "arena.h"

#include <picket/embed.h>

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#define ARENA_BYTES (16 << 20)
#define SHIFT_MIN 5
#define SHIFT_MAX 20

/* In front of every object, and of its alignment. */
struct header {
	struct header *next; /* of the freed ones */
	size_t shift;	     /* the object and this are 2^shift bytes */
};

static _Alignas(16) unsigned char arena[ARENA_BYTES];
static size_t used;
static struct header *freed[SHIFT_MAX + 1];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct header *header_of(const void *object)
{
	return (struct header *)(uintptr_t)object - 1;
}

static struct header *take_fresh(size_t shift)
{
	struct header *header = (struct header *)(arena + used);

	if (ARENA_BYTES - used < (size_t)1 << shift)
		return NULL;
	used += (size_t)1 << shift;
	header->shift = shift;
	return header;
}

static struct header *take(size_t shift)
{
	struct header *header = freed[shift];

	if (!header)
		return take_fresh(shift);
	freed[shift] = header->next;
	return header;
}

static void *own_alloc(size_t size)
{
	struct header *header = NULL;
	size_t shift = SHIFT_MIN;

	while (shift <= SHIFT_MAX && ((size_t)1 << shift) - sizeof(*header) < size)
		shift++;
	pthread_mutex_lock(&lock);
	if (shift <= SHIFT_MAX)
		header = take(shift);
	pthread_mutex_unlock(&lock);
	return header ? header + 1 : NULL;
}

static void own_free(void *object)
{
	struct header *header = header_of(object);

	pthread_mutex_lock(&lock);
	header->next = freed[header->shift];
	freed[header->shift] = header;
	pthread_mutex_unlock(&lock);
}

/* ---- with Picket ---- */

/* Apart, so that what they set up is not in everybody's way. */
static __attribute__((noinline)) void *sample(size_t size, const void *caller)
{
	const struct picket_allocation wanted = {
		.size_bytes = size,
		.allocator = "arena",
		.caller = caller,
	};

	return picket_sample(&wanted);
}

static __attribute__((noinline)) void release(void *object, const void *caller)
{
	const struct picket_deallocation claim = { .caller = caller };

	picket_release(object, &claim);
}

void *arena_alloc(size_t size)
{
	void *object = picket_due() ? sample(size, __builtin_return_address(0)) : NULL;

	return object ? object : own_alloc(size);
}

void arena_free(void *object)
{
	if (picket_in_pool(object))
		release(object, __builtin_return_address(0));
	else if (object)
		own_free(object);
}

size_t arena_size(const void *object)
{
	if (picket_in_pool(object))
		return picket_size(object);
	return object ? ((size_t)1 << header_of(object)->shift) - sizeof(struct header) : 0;
}

void *arena_realloc(void *object, size_t size)
{
	size_t old_size = arena_size(object);
	void *moved;

	if (object && size <= old_size && !picket_in_pool(object))
		return object;
	moved = arena_alloc(size);
	if (!moved)
		return NULL;
	if (object)
		memcpy(moved, object, old_size < size ? old_size : size);
	arena_free(object);
	return moved;
}
