/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A store of stacks: each that differs is kept once, for good, and a handle of 32 bits names it.
 *
 * No function waits or takes a lock: any context, any number of CPUs.
 */
#ifndef PICKET_STACKS_H
#define PICKET_STACKS_H

#include "../types.h"

struct picket_stacks;

struct picket_stacks_stats {
	u64 stacks;
	u64 bytes_used;
	u64 bytes;
	u64 refused; /* the store was full */
};

/**
 * picket_stacks_bytes_min() - the least that picket_stacks_create() can do with.
 */
uptr picket_stacks_bytes_min(void);

/**
 * picket_stacks_create() - make a store of a piece of memory.
 * @memory: zeroed, aligned to 64 bytes, the store's until nobody uses it any more.
 *
 * Return: the store, which lies in that memory; NULL: it is too small.
 */
struct picket_stacks *picket_stacks_create(void *memory, uptr bytes);

/**
 * picket_stacks_put() - the handle of a stack.
 * @pc: innermost first; @count above PICKET_STACK_FRAMES is cut.
 *
 * Return: the same handle for the same stack, never 0; 0 if the store is full, or the stack empty.
 */
u32 picket_stacks_put(struct picket_stacks *stacks, const u64 *pc, u32 count);

/**
 * picket_stacks_get() - the stack of a handle.
 *
 * Any handle is safe, from corrupt memory too.
 * Return: how many were stored in @pc, at most @max; 0 if the handle names nothing.
 */
u32 picket_stacks_get(const struct picket_stacks *stacks, u32 handle, u64 *pc, u32 max);

/** picket_stacks_stats() - how full it is. */
void picket_stacks_stats(const struct picket_stacks *stacks, struct picket_stacks_stats *stats);

#endif
