/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Where shadow lies: a piece of the kernel's vmalloc space, an eighth of its half. All of it is
 * mapped at once, to a single page of zeros that cannot be written, so that it can be read without
 * a fault. Pages take its place one by one.
 *
 * 1. A table of ours, once in place, stays until the runtime goes: who walks takes no lock.
 * 2. An entry changes by compare-and-swap: from the shared one to a private one, and back.
 * 3. Another CPU may still see zeros where a page has been put. To write there faults, and then it
 *    sees the page. To read there misses a bug, at worst; but who relies on a zero that it reads,
 *    because it clears shadow, pins it first (port_shadow.h).
 */
#ifndef PICKET_KASAN_SHADOW_H
#define PICKET_KASAN_SHADOW_H

#include "../base/base.h"

/**
 * picket_room_reserve() - map all shadow.
 *
 * Context: may sleep; after picket_imports_read().
 * Return: 0; a negative error after saying why.
 */
int picket_room_reserve(void);

/** picket_room_release() - undo it. Nobody uses shadow any more. May sleep. */
void picket_room_release(void);

/** picket_room_has() - is that an address of shadow? Any context. */
bool picket_room_has(unsigned long address);

/**
 * picket_room_fill() - put a page there for somebody who cannot go on without it.
 *
 * Any context, even NMI: takes pages from a reserve.
 * Return: false if not even the reserve has one. Then the page there is one that can be written,
 * but what is read from it has no meaning, now or later.
 */
bool picket_room_fill(unsigned long address);

/** picket_room_settle() - every CPU sees every page that was put. May sleep. One caller. */
void picket_room_settle(void);

/*
 * Pages that were for areas and perhaps are not any more; it takes less to leave them than to have
 * them again. One caller, but of picket_room_idle(). May sleep, but for picket_room_is_crowded().
 */

/** picket_room_idle() - what areas had poisoned here is open. */
void picket_room_idle(unsigned long shadow, unsigned long bytes);

/** picket_room_is_crowded() - are there more idle pages than so many? */
bool picket_room_is_crowded(u32 keep);

/**
 * picket_room_take_idle() - the page that has been idle for longest.
 * Return: its address; nothing is poisoned there. 0: there are no more than so many.
 */
unsigned long picket_room_take_idle(u32 keep);

/** picket_room_flush() - pages that were unbacked go back to the system. */
void picket_room_flush(void);

struct picket_room_stats {
	u64 pages;  /* of shadow that is not the page of zeros */
	u64 tables; /* pages that hold their entries */
	u64 reserve;
	u64 reserve_lowest; /* ever */
	u64 refused;	    /* pages that could not be had */
};

void picket_room_stats(struct picket_room_stats *stats);

#endif
