/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A port for tests of the shadow detector: one arena of memory, whose shadow is an array. The
 * first half of the arena is a heap of slots, the second is for mapped areas.
 *
 * Shadow that was not backed is read-only, so the core cannot write there unpunished. What is
 * backed can be made to read as zeros for a while.
 */
#ifndef PICKET_TEST_SHADOW_PORT_H
#define PICKET_TEST_SHADOW_PORT_H

#include "../../core/shadow/object.h"

#define PORT_HEAP_BYTES (8ul << 20)
#define PORT_SLAB_BYTES (64ul << 10)
#define PORT_SLABS (PORT_HEAP_BYTES / PORT_SLAB_BYTES)
#define PORT_SHADOW_PAGES (PORT_ARENA_BYTES / 8 / PICKET_SHADOW_PAGE_BYTES)
#define PORT_RELEASED_MAX 65536

struct picket_platform {
	uptr slot_bytes[PORT_SLABS]; /* 0: nothing has such slots there */
	u32 slot_flags[PORT_SLABS];
	u8 backed[PORT_SHADOW_PAGES];
	u8 stale[PORT_SHADOW_PAGES];
	u32 stale_count;
	u64 back_calls;
	u64 back_failures;
	u32 fail_back_percent;
	u32 fail_lock_percent;
	u64 random_state;
	u32 stack; /* what picket_plat_stack_handle() returns */
	s32 pid;
	uptr stack_low;	 /* of the only stack there is */
	uptr stack_high; /* 0: none is known */
	u64 reports;
	struct picket_record record; /* the last one */
	u32 released_count;
	uptr released[PORT_RELEASED_MAX]; /* in order; the test may set the count to 0 */
};

extern struct picket_platform port;

/**
 * port_start() - the arena anew, all of it open and nothing backed, and the detector on it.
 * @seed: of the failures, which are off at first.
 */
void port_start(uptr quarantine_bytes, uptr stacks_bytes, u64 seed);

/** port_stop() - stop the detector. */
void port_stop(void);

/** port_slab() - slots of this size from now on; the detector is told. Return: its start. */
uptr port_slab(u32 slab, uptr slot_bytes, u32 flags);

/** port_slot() - the slot of that number in a slab. */
struct picket_shadow_slot port_slot(u32 slab, u32 index);

/** port_pages_backed() - how many pages of shadow are backed, for memory from @start on. */
u32 port_pages_backed(uptr start, uptr bytes);

/**
 * port_stale() - all shadow that is backed reads as 0, as on a CPU that has not been told of it:
 * until it is written, or pinned.
 */
void port_stale(void);

/** port_random() - a number below that. */
u64 port_random(u64 below);

#endif
