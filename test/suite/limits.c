/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* When something is missing: no slot, no memory, no stack; and when the host is copied. */
#include "tables.h"

static u64 skipped(enum picket_skip reason)
{
	struct picket_stats stats;

	picket_guard_stats(th_guard(), &stats);
	return stats.skipped[reason];
}

static uptr request(uptr size_bytes, uptr align_bytes)
{
	struct picket_request plain = { .size_bytes = size_bytes, .align_bytes = align_bytes };

	return th_request(&plain);
}

static void no_slot(void)
{
	uptr object = 0;

	for (u32 i = 0; i < 16; i++)
		object = th_alloc(32, 0, PICKET_SIDE_AUTO);
	th_check(!request(32, 0));
	th_check(skipped(PICKET_SKIP_CAPACITY) == 1);
	th_free(object);
	th_check(request(32, 0));
}

static void too_large(void)
{
	th_check(request(16 * th_page(), 0));
	th_check(!request(16 * th_page() + 1, 0));
	th_check(!request(~(uptr)0, 0));
	th_check(!request(~(uptr)0 - 64, 16));
	th_check(!request(1, 2 * th_page()));
	th_check(skipped(PICKET_SKIP_INCOMPATIBLE) == 4);
}

static void show_fails(void)
{
	uptr object;

	th_fail(TH_FAIL_SHOW, true);
	th_check(!request(32, 0));
	th_check(!request(3 * th_page(), 0));
	th_fail_end();
	th_check(skipped(PICKET_SKIP_NO_MEMORY) == 2);
	th_no_report();
	object = request(32, 0);
	th_check(object);
	th_check(!th_free(object));
}

/* The object stays visible: a late use is not seen, but the host lives and nothing is invented. */
static void hide_fails(void)
{
	uptr object = th_alloc(32, 0, PICKET_SIDE_AUTO);
	struct picket_stats stats;

	th_fail(TH_FAIL_HIDE, true);
	th_check(!th_free(object));
	th_fail_end();
	picket_guard_stats(th_guard(), &stats);
	th_check(stats.not_hidden == 1 && stats.live == 0);
	th_read(object, 1);
	th_no_report();
	th_check(th_free(object) == -22);
	th_expect(PICKET_BUG_DOUBLE_FREE, PICKET_ACCESS_UNKNOWN, object, object);
}

/* Stale visibility ends when the slot is used and freed again. */
static void hide_fails_then_heals(void)
{
	uptr object = th_alloc(32, 0, PICKET_SIDE_LEFT);

	th_fail(TH_FAIL_HIDE, true);
	th_free(object);
	th_fail_end();
	for (u32 i = 0; i < 16; i++)
		th_free(th_alloc(32, 0, PICKET_SIDE_LEFT));
	th_read(object, 1);
	th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, object, object);
}

static void no_stack(void)
{
	const struct picket_record *record;
	uptr object;

	th_fail(TH_FAIL_STACK, true);
	object = th_alloc(32, 0, PICKET_SIDE_AUTO);
	th_free(object);
	th_read(object, 1);
	record = th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, object, object);
	th_check(!record->alloc_stack.count && !record->free_stack.count &&
		 !record->access_stack.count);
	th_fail_end();
}

static void busy(void)
{
	th_fail(TH_FAIL_LOCK, true);
	th_check(!request(32, 0));
	th_fail_end();
	th_check(skipped(PICKET_SKIP_BUSY) == 1);
	th_check(request(32, 0));
}

/* A free never needs the lock. */
static void free_while_busy(void)
{
	uptr object = th_alloc(32, 0, PICKET_SIDE_AUTO);

	th_fail(TH_FAIL_LOCK, true);
	th_check(!th_free(object));
	th_read(object, 1);
	th_fail_end();
	th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, object, object);
}

static void fork_child(void)
{
	uptr kept = th_alloc(32, 0, PICKET_SIDE_LEFT);
	uptr freed = th_alloc(32, 0, PICKET_SIDE_LEFT);
	const struct picket_record *record;

	th_fill(kept, 32, 0x3c);
	th_free(freed);
	picket_guard_fork_child(th_guard());
	th_no_report();
	th_check(th_holds(kept, 32, 0x3c));
	th_read(kept - 1, 1);
	th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_READ, kept - 1, kept);
	th_read(freed, 1);
	record = th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, freed, freed);
	th_check(record->alloc_stack.count);
	th_check(!th_free(kept));
	for (u32 i = 0; i < 16; i++)
		th_alloc(32, 0, PICKET_SIDE_AUTO);
}

/* A fault where no page is hidden is nobody's bug, and foreign addresses are not ours. */
static void foreign_address(void)
{
	uptr object = th_alloc(32, 0, PICKET_SIDE_AUTO);
	struct picket_fault inside = { .address = object, .access = PICKET_ACCESS_READ };
	struct picket_fault foreign = { .address = 64, .access = PICKET_ACCESS_READ };
	uptr start, size_bytes;

	picket_guard_range(th_guard(), &start, &size_bytes);
	th_check(picket_guard_fault(th_guard(), &foreign) == PICKET_FAULT_NOT_OURS);
	foreign.address = start + size_bytes;
	th_check(picket_guard_fault(th_guard(), &foreign) == PICKET_FAULT_NOT_OURS);
	foreign.address = start - 1;
	th_check(picket_guard_fault(th_guard(), &foreign) == PICKET_FAULT_NOT_OURS);
	th_check(picket_guard_fault(th_guard(), &inside) == PICKET_FAULT_HANDLED);
	th_check(!th_guarded(start - 1) && th_guarded(start) && !th_guarded(start + size_bytes));
}

const struct th_case th_limit_cases[] = {
	{ "limit_no_slot", no_slot, NULL, NULL, 0 },
	{ "limit_too_large", too_large, NULL, NULL, 0 },
	{ "limit_show_fails", show_fails, NULL, NULL, TH_NEEDS_FAILURES },
	{ "limit_hide_fails", hide_fails, NULL, NULL, TH_NEEDS_FAILURES },
	{ "limit_hide_fails_then_heals", hide_fails_then_heals, NULL, NULL, TH_NEEDS_FAILURES },
	{ "limit_no_stack", no_stack, NULL, NULL, TH_NEEDS_FAILURES },
	{ "limit_busy", busy, NULL, NULL, TH_NEEDS_FAILURES },
	{ "limit_free_while_busy", free_while_busy, NULL, NULL, TH_NEEDS_FAILURES },
	{ "limit_fork_child", fork_child, NULL, NULL, 0 },
	{ "limit_foreign_address", foreign_address, NULL, NULL, 0 },
	{ NULL, NULL, NULL, NULL, 0 },
};
