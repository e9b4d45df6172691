/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The next allocator in link order: the one that the program would use without Picket. Every
 * allocation that is not guarded goes to it untouched.
 *
 * The pointers start at functions that resolve them and try again, so no caller ever needs to ask
 * whether they are ready. All this stands on pages of its own, which are made read-only when it is
 * complete: a wild write of the host must not steer what every allocation jumps through.
 */
#ifndef PICKET_NEXT_H
#define PICKET_NEXT_H

#include "operators.h"

#include <picket/types.h>
#include <stdbool.h>
#include <stddef.h>

/* A multiple of the page size, and so the size of the structure: nothing else is on its pages. */
#ifdef __x86_64__
#define PICKET_SEAL_BYTES 4096
#else
#define PICKET_SEAL_BYTES 65536
#endif

struct picket_code {
	picket_uptr start;
	picket_uptr bytes;
};

struct picket_next {
	void *(*malloc)(size_t size);
	void (*free)(void *address);
	/* Where the pool is; size 0 until it is. Beside free, whose fast path reads both. */
	picket_uptr pool_start;
	picket_uptr pool_bytes;
	void *(*calloc)(size_t count, size_t size);
	void *(*realloc)(void *address, size_t size);
	void *(*memalign)(size_t align, size_t size);
	int (*posix_memalign)(void **address, size_t align, size_t size);
	void *(*aligned_alloc)(size_t align, size_t size);
	void *(*valloc)(size_t size);
	size_t (*usable_size)(void *address);
	void (*free_sized)(void *address, size_t size);
	void (*free_aligned_sized)(void *address, size_t align, size_t size);
	/* Operators new and delete, by enum picket_operator; each called with its own arguments. */
	void *operators[PICKET_OPERATOR_COUNT];
	void *real[PICKET_OPERATOR_COUNT]; /* those of the next library that has them */
	/* The allocator's code and ours; size 0 if that is in the C library or in the program. */
	struct picket_code allocator;
	struct picket_code ours;
	bool resolved;
	/*
	 * The host has operators of its own. What they return need not be what malloc gave them,
	 * so all operators go on to the real ones, and what those call is watched instead.
	 */
	bool host_operators;
} __attribute__((aligned(PICKET_SEAL_BYTES)));

/* That it is hidden saves an instruction of each fast path. */
extern struct picket_next picket_next __attribute__((visibility("hidden")));

/**
 * picket_next_calls() - is the caller the allocator itself, whose functions call each other by
 * name? Such a call is never guarded: a header may be put before what it gives, and it may be made
 * on behalf of another family. Where the call is a jump, the caller seen is our own call.
 */
static inline bool picket_next_calls(const void *caller)
{
	return (picket_uptr)caller - picket_next.allocator.start < picket_next.allocator.bytes ||
	       (picket_uptr)caller - picket_next.ours.start < picket_next.ours.bytes;
}

/**
 * picket_next_resolve() - find the next allocator, if that is not done. Any thread, any number of
 * times; allocations made meanwhile by the dynamic linker come from a small area of our own.
 */
void picket_next_resolve(void);

/** picket_next_seal() - enter the pool's range and make struct picket_next read-only. */
void picket_next_seal(picket_uptr pool_start, picket_uptr pool_bytes);

#endif
