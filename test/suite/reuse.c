/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* After free, and after a report: what is remembered, what is reused when, what the host sees. */
#include "tables.h"

static void recovery_keeps_data(void)
{
	uptr object = th_alloc(64, 0, PICKET_SIDE_AUTO);

	th_fill(object, 64, 0x5a);
	th_free(object);
	th_check(th_read(object + 8, 8) == 0x5a5a5a5a5a5a5a5aull);
	th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, object + 8, object);
	th_check(th_holds(object, 64, 0x5a));
}

static void late_write_lands(void)
{
	uptr object = th_alloc(64, 0, PICKET_SIDE_AUTO);

	th_free(object);
	th_write(object + 3, 1, 0x77);
	th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_WRITE, object + 3, object);
	th_check(th_read(object + 3, 1) == 0x77);
}

static void several_pages_keep_data(void)
{
	uptr size_bytes = 3 * th_page();
	uptr object = th_alloc(size_bytes, 0, PICKET_SIDE_AUTO);

	for (uptr at = 0; at < size_bytes; at += th_page())
		th_write(object + at, 1, 1 + at / th_page());
	th_free(object);
	for (uptr at = 0; at < size_bytes; at += th_page()) {
		th_check(th_read(object + at, 1) == 1 + at / th_page());
		if (!at)
			th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, object, object);
	}
}

/* The page was shown for the first bug, so the same one again is silent. */
static void same_bug_reports_once(void)
{
	uptr object = th_alloc(32, 0, PICKET_SIDE_RIGHT);

	th_read(object + 32, 1);
	th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_READ, object + 32, object);
	th_read(object + 32, 1);
	th_write(object + 33, 1, 0);
	th_no_report();
	th_free(object);
	th_read(object, 1);
	th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, object, object);
	th_read(object, 1);
	th_no_report();
}

/* Free hides the guard again that a report had left open. */
static void guard_closes_at_free(void)
{
	uptr object = th_alloc(32, 0, PICKET_SIDE_RIGHT);
	uptr beyond = object + 32;

	th_read(beyond, 1);
	th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_READ, beyond, object);
	th_free(object);
	th_check(!th_guarded(beyond) || !picket_guard_page_visible(th_guard(), beyond));
	th_read(beyond, 1);
	th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, beyond, object);
}

/* The slot freed first is used first: every other slot comes before it. */
static void first_freed_first_reused(void)
{
	uptr order[16];

	for (u32 i = 0; i < 16; i++)
		order[i] = th_alloc(32, 0, PICKET_SIDE_LEFT);
	for (u32 i = 0; i < 16; i++)
		th_free(order[(i * 7) % 16]);
	for (u32 i = 0; i < 16; i++)
		th_check(th_alloc(32, 0, PICKET_SIDE_LEFT) == order[(i * 7) % 16]);
}

static void quarantine_is_long(void)
{
	uptr first = th_alloc(32, 0, PICKET_SIDE_LEFT);

	th_free(first);
	for (u32 i = 0; i < 15; i++) {
		uptr object = th_alloc(32, 0, PICKET_SIDE_LEFT);

		th_check(object != first);
		th_free(object);
	}
	th_check(th_alloc(32, 0, PICKET_SIDE_LEFT) == first);
}

static void one_slot_config(struct picket_guard_config *config)
{
	config->class_count = 1;
	config->classes[0].slots = 1;
}

/*
 * A slot remembers the object before: a stale pointer to that one, outside of the new one, is
 * blamed on the right object.
 */
static void previous_object(void)
{
	uptr old = th_alloc(th_page() / 2, 0, PICKET_SIDE_LEFT);
	const struct picket_record *record;
	uptr young;

	th_free(old);
	young = th_alloc(16, 0, PICKET_SIDE_RIGHT);
	th_free(young);
	th_read(old + 4, 1);
	record = th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, old + 4, old);
	th_check(record->object.previous == 1 && record->object.size_bytes == th_page() / 2);
	th_check(record->free_task.time_ns && record->free_stack.count);
}

static void previous_double_free(void)
{
	uptr old = th_alloc(th_page() / 2, 0, PICKET_SIDE_LEFT);
	const struct picket_record *record;

	th_free(old);
	th_alloc(16, 0, PICKET_SIDE_RIGHT);
	th_check(th_free(old));
	record = th_expect(PICKET_BUG_DOUBLE_FREE, PICKET_ACCESS_UNKNOWN, old, old);
	th_check(record->object.previous == 1);
}

/* Who, when and from where: of the allocation, the free and the access. */
static void tracks(void)
{
	const struct picket_record *record;
	uptr object;

	th_site(5);
	object = th_alloc(32, 0, PICKET_SIDE_AUTO);
	th_advance_ms(10);
	th_site(9);
	th_free(object);
	th_advance_ms(10);
	th_read(object, 1);
	record = th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, object, object);
	th_check(record->alloc_stack.count && record->free_stack.count &&
		 record->access_stack.count);
	th_check(record->access_stack.flags & PICKET_STACK_EXACT_PC);
	th_check(record->alloc_stack.pc[0] != record->free_stack.pc[0]);
	th_check(record->alloc_task.tid && record->alloc_task.tid == record->free_task.tid);
	th_check(record->alloc_task.time_ns + 5000000 < record->free_task.time_ns);
	th_check(record->free_task.time_ns + 5000000 < record->access_task.time_ns);
	th_check(record->alloc_task.name[0]);
}

/* The id of a site depends on the code only, not on the run, the size or the order. */
static void site_ids(void)
{
	u64 site[4];

	for (u32 i = 0; i < 4; i++) {
		uptr object;

		th_site(i % 2);
		object = th_alloc(8 + i * 24, 0, PICKET_SIDE_AUTO);
		th_free(object);
		th_free(object);
		site[i] = th_expect(PICKET_BUG_DOUBLE_FREE, PICKET_ACCESS_UNKNOWN, object, object)
				  ->object.site;
	}
	th_check(site[0] == site[2] && site[1] == site[3] && site[0] != site[1]);
}

static void sampling_exposure(void)
{
	const struct picket_record *record;
	struct picket_stats stats;
	uptr object = 0;

	for (u32 i = 0; i < 10; i++)
		object = th_malloc(32);
	th_free(object);
	th_free(object);
	record = th_expect(PICKET_BUG_DOUBLE_FREE, PICKET_ACCESS_UNKNOWN, object, object);
	picket_guard_stats(th_guard(), &stats);
	th_check(record->sampling.policy == PICKET_POLICY_COUNT);
	th_check(record->sampling.policy_param == 1);
	th_check(record->sampling.allocations_guarded == 10 && stats.guarded == 10);
	th_check(record->sampling.allocations_seen >= 9 && record->sampling.allocations_seen <= 10);
	th_check(record->sampling.slots_live == 9 && record->sampling.slots == stats.slots);
	th_check(stats.live == 9 && stats.live_max == 10 && stats.freed == 1 && stats.reports == 1);
}

const struct th_case th_reuse_cases[] = {
	{ "reuse_recovery_keeps_data", recovery_keeps_data, NULL, NULL, 0 },
	{ "reuse_late_write_lands", late_write_lands, NULL, NULL, 0 },
	{ "reuse_several_pages_keep_data", several_pages_keep_data, NULL, NULL, 0 },
	{ "reuse_same_bug_reports_once", same_bug_reports_once, NULL, NULL, 0 },
	{ "reuse_guard_closes_at_free", guard_closes_at_free, NULL, NULL, 0 },
	{ "reuse_first_freed_first_reused", first_freed_first_reused, NULL, NULL, 0 },
	{ "reuse_quarantine_is_long", quarantine_is_long, NULL, NULL, 0 },
	{ "reuse_previous_object", previous_object, one_slot_config, NULL, 0 },
	{ "reuse_previous_double_free", previous_double_free, one_slot_config, NULL, 0 },
	{ "reuse_tracks", tracks, NULL, NULL, 0 },
	{ "reuse_site_ids", site_ids, NULL, NULL, 0 },
	{ "reuse_sampling_exposure", sampling_exposure, NULL, NULL, 0 },
	{ NULL, NULL, NULL, NULL, 0 },
};
