/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Mapped areas. Nothing is kept about them: their shadow says all.
 *
 * A page of shadow stands for 8 pages of memory, so the areas in these share it. It is backed
 * when one of them has something to poison, and given back when its memory is in no area any
 * more, which the caller knows from the free region around the area that goes.
 */
#include "object.h"

#define SHADOW_PAGE_MASK (~(uptr)(PICKET_SHADOW_PAGE_BYTES - 1))

int picket_shadow_map(uptr start, uptr size_bytes, uptr span_bytes)
{
	uptr granules_end =
		(size_bytes + PICKET_GRANULE_BYTES - 1) & ~(uptr)(PICKET_GRANULE_BYTES - 1);
	int error;

	if (!picket_shadow_is_enabled() || size_bytes >= span_bytes) {
		picket_shadow_open(start, span_bytes);
		return 0;
	}
	error = picket_shadow_unpoison(start, size_bytes);
	if (!error)
		error = picket_shadow_poison(start + granules_end, span_bytes - granules_end,
					     PICKET_SHADE_VMALLOC);
	if (error)
		picket_shadow_open(start, span_bytes);
	return error;
}

void picket_shadow_unmap(uptr start, uptr span_bytes)
{
	if (picket_shadow_is_enabled())
		picket_shadow_poison(start, span_bytes, PICKET_SHADE_VMALLOC);
}

void picket_shadow_purge(uptr start, uptr span_bytes, uptr free_start, uptr free_end)
{
	uptr region_start = (uptr)picket_shadow_of(free_start < start ? free_start : start);
	uptr region_end = (uptr)picket_shadow_of(
		free_end > start + span_bytes ? free_end : start + span_bytes);
	uptr first = (uptr)picket_shadow_of(start) & SHADOW_PAGE_MASK;
	uptr end =
		((uptr)picket_shadow_of(start + span_bytes) + ~SHADOW_PAGE_MASK) & SHADOW_PAGE_MASK;

	picket_shadow_open(start, span_bytes);
	if (first < region_start)
		first += PICKET_SHADOW_PAGE_BYTES;
	if (end > region_end)
		end -= PICKET_SHADOW_PAGE_BYTES;
	if (first < end && picket_shadow_state.platform)
		picket_plat_shadow_unback(picket_shadow_state.platform, first, end - first);
}
