/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The pages of the pool, and the two ways to hide them.
 *
 * By guard regions (MADV_GUARD_INSTALL), where the kernel has them: the pool stays one mapping,
 * however many objects live in it. They drop what the pages hold, so the data of freed objects is
 * moved to a store first, and back if the program goes on after a report.
 *
 * By mprotect() elsewhere: a page keeps its content, and each run of shown pages costs the process
 * two mappings, of which it has only so many (vm.max_map_count).
 */
#ifndef PICKET_PROCESS_PAGES_H
#define PICKET_PROCESS_PAGES_H

#include "../../core/types.h"

struct picket_pages {
	uptr start;
	uptr size_bytes;
	u8 *state;	  /* of each page */
	u32 *place;	  /* of each page: where in the store its content is */
	u32 *next;	  /* of each place in the store: the next free one, plus 1 */
	u64 free;	  /* the first free place, plus 1; above it a count of changes */
	u32 used;	  /* places that were ever taken */
	u32 spare;	  /* free places that have memory */
	uptr reserve;	  /* pages that may take the place of some in the pool */
	uptr spent_bytes; /* of it */
	uptr store;	  /* as large as the pool; 0: pages are hidden by mprotect() */
	u64 apart;	  /* runs of pages that are mapped unlike the pool: two mappings each */
	u64 apart_max;	  /* no new object makes them more */
	bool lasting;	  /* what was shown once stays a mapping of its own */
	u64 regions;	  /* 1: by guard regions; for the statistics */
};

/**
 * picket_pages_reserve() - a pool, all of it hidden.
 * @hint:	  where it would better be.
 * @lean:	  take no more address space than needed, and none that can be written to.
 * @mappings_max: how many mappings it may add to the process.
 *
 * Return: 0; -1: there is no memory for it.
 */
int picket_pages_reserve(struct picket_pages *pages, uptr hint, uptr size_bytes, bool lean,
			 u64 mappings_max);

/** picket_pages_release() - give all of it back. */
void picket_pages_release(struct picket_pages *pages);

/** picket_pages_hide(), _show(), _show_fresh(), _discard() - as picket_plat_hide() and sisters. */
int picket_pages_hide(struct picket_pages *pages, uptr address, uptr size_bytes);
int picket_pages_show(struct picket_pages *pages, uptr address, uptr size_bytes);
int picket_pages_show_fresh(struct picket_pages *pages, uptr address, uptr size_bytes);
void picket_pages_discard(struct picket_pages *pages, uptr address, uptr size_bytes);

#endif
