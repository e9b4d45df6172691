/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Pages shown to the kernel for the time of a system call. It refuses hidden pages without a fault,
 * sometimes after it has thrown away what it had for them (a datagram, say), so they are lent
 * before the call; what the call returns then tells whether it touched them.
 */
#include "pool.h"

#define PAGES_MAX 64 /* bits of a mask */

typedef int change_pages(struct picket_platform *platform, uptr address, uptr size_bytes);

/* What of [start, end) is looked at: nothing outside of the pool, and a mask's worth of pages. */
static uptr end_of(const struct picket_guard *guard, uptr start, uptr end)
{
	const struct picket_geometry *geometry = &guard->geometry;
	uptr pool_end = geometry->start + geometry->size_bytes;
	uptr reach = picket_span_start(geometry, start) + (uptr)PAGES_MAX * geometry->page_bytes;

	if (!picket_guard_owns(guard, start))
		return start;
	if (reach > pool_end)
		reach = pool_end;
	return end < reach ? end : reach;
}

uptr picket_guard_hidden(const struct picket_guard *guard, uptr start, uptr end)
{
	uptr page_bytes = guard->geometry.page_bytes;
	uptr at = start;

	end = end_of(guard, start, end);
	while (at < end) {
		if (!picket_guard_page_visible(guard, at))
			return at;
		at = picket_span_start(&guard->geometry, at) + page_bytes;
	}
	return 0;
}

/* One call for each run of pages. Return: the pages for which it succeeded. */
static u64 change(struct picket_guard *guard, uptr start, u64 pages, change_pages *function)
{
	uptr page_bytes = guard->geometry.page_bytes;
	u64 changed = 0;

	while (pages) {
		u32 first = (u32)__builtin_ctzll(pages);
		u64 rest = ~(pages >> first);
		u32 count = rest ? (u32)__builtin_ctzll(rest) : PAGES_MAX;
		u64 run = (count < PAGES_MAX ? (1ull << count) - 1 : ~0ull) << first;

		if (!function(guard->platform, start + first * page_bytes, count * page_bytes))
			changed |= run;
		pages &= ~run;
	}
	return changed;
}

u64 picket_guard_lend(struct picket_guard *guard, uptr start, uptr end)
{
	uptr page_bytes = guard->geometry.page_bytes;
	uptr first = picket_span_start(&guard->geometry, start);
	u64 hidden = 0, lent;

	end = end_of(guard, start, end);
	for (uptr at = first; at < end; at += page_bytes)
		if (!picket_guard_page_visible(guard, at))
			hidden |= 1ull << ((at - first) / page_bytes);
	lent = change(guard, first, hidden, picket_plat_show);
	for (u32 i = 0; i < PAGES_MAX; i++) {
		uptr at = first + i * page_bytes;

		if (!(lent >> i & 1))
			continue;
		picket_answer_for(guard, at, PICKET_NONE);
		picket_opened_set(guard, at, at + page_bytes);
	}
	return lent;
}

/*
 * A page whose bit was cleared meanwhile has a new object, or is hidden by who cleared it. The lock
 * keeps a slot that is taken just now from being hidden after all.
 */
void picket_guard_take_back(struct picket_guard *guard, uptr start, u64 lent)
{
	uptr page_bytes = guard->geometry.page_bytes;
	uptr first = picket_span_start(&guard->geometry, start);
	u64 ours = 0, hidden;

	if (!lent || picket_load(&guard->disabled) || !picket_lock_try(&guard->lock))
		return;
	for (u32 i = 0; i < PAGES_MAX; i++) {
		uptr at = first + i * page_bytes;

		if ((lent >> i & 1) && picket_opened_clear(guard, at))
			ours |= 1ull << i;
	}
	hidden = change(guard, first, ours, picket_plat_hide);
	for (u32 i = 0; i < PAGES_MAX; i++)
		if ((ours & ~hidden) >> i & 1)
			picket_opened_set(guard, first + i * page_bytes,
					  first + (i + 1) * page_bytes);
	picket_lock_release(&guard->lock);
}
