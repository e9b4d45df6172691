/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Changed bytes beside objects: where they are seen, when, and what the record tells. */
#include "tables.h"

#define WINDOW_MS 20

static void corrupt(uptr address)
{
	th_write(address, 1, th_read(address, 1) ^ 0x40);
}

/* A large object in the middle of nothing has canaries at both ends of its page. */
static void both_sides_one_free(void)
{
	uptr object = th_alloc(73, 0, PICKET_SIDE_RIGHT);

	corrupt(object - 3);
	corrupt(object + 75);
	th_free(object);
	th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object - 3, object);
	th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object + 75, object);
}

static void every_byte(void)
{
	for (u32 beyond = 1; beyond <= 16; beyond++) {
		uptr object = th_alloc(40, 0, PICKET_SIDE_LEFT);
		const struct picket_record *record;

		corrupt(object + 39 + beyond);
		th_free(object);
		record = th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object + 39 + beyond,
				   object);
		th_check(record->found == PICKET_FOUND_FREE);
		th_check(record->position == PICKET_POSITION_RIGHT);
		th_check(record->distance_bytes == beyond);
		object = th_alloc(64, 0, PICKET_SIDE_RIGHT);
		corrupt(object - beyond);
		th_free(object);
		record = th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object - beyond,
				   object);
		th_check(record->position == PICKET_POSITION_LEFT);
		th_check(record->distance_bytes == beyond);
	}
}

/* The bytes shown begin at the first changed one; `changed` marks those that are not canary. */
static void bytes_shown(void)
{
	uptr object = th_alloc(40, 0, PICKET_SIDE_LEFT);
	const struct picket_record *record;

	th_write(object + 42, 1, 0x01);
	th_write(object + 45, 1, 0x02);
	th_free(object);
	record = th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object + 42, object);
	th_check(record->corruption.count == PICKET_CORRUPT_BYTES);
	th_check(record->corruption.changed == 0x9);
	th_check(record->corruption.bytes[0] == 1 && record->corruption.bytes[3] == 2);
}

static void shown_bytes_end_at_the_object(void)
{
	uptr object = th_alloc(64, 0, PICKET_SIDE_RIGHT);
	const struct picket_record *record;

	th_write(object - 2, 2, 0);
	th_free(object);
	record = th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object - 2, object);
	th_check(record->corruption.count == 2 && record->corruption.changed == 0x3);
}

/* A sweep sees it while the object lives, once; free has nothing to add. */
static void sweep_finds_once(void)
{
	uptr object = th_alloc(40, 0, PICKET_SIDE_LEFT);
	const struct picket_record *record;

	corrupt(object + 40);
	th_check(picket_guard_sweep(th_guard(), 100, PICKET_FOUND_SWEEP) == 1);
	record = th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object + 40, object);
	th_check(record->found == PICKET_FOUND_SWEEP);
	th_check(record->object.state == PICKET_OBJECT_LIVE);
	th_check(!picket_guard_sweep(th_guard(), 100, PICKET_FOUND_SWEEP));
	th_check(!th_free(object));
}

static void check_of_one(void)
{
	uptr object = th_alloc(40, 0, PICKET_SIDE_LEFT);
	uptr other = th_alloc(40, 0, PICKET_SIDE_LEFT);
	const struct picket_record *record;

	corrupt(object + 40);
	corrupt(other + 40);
	th_check(!picket_guard_check(th_guard(), object + 8, PICKET_FOUND_REALLOC));
	th_check(picket_guard_check(th_guard(), object, PICKET_FOUND_REALLOC) == 1);
	record = th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object + 40, object);
	th_check(record->found == PICKET_FOUND_REALLOC);
	th_check(!picket_guard_check(th_guard(), object, PICKET_FOUND_REALLOC));
	th_check(!th_free(object));
	th_check(!picket_guard_check(th_guard(), object, PICKET_FOUND_REALLOC));
	th_check(picket_guard_sweep(th_guard(), 100, PICKET_FOUND_SWEEP) == 1);
	th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, other + 40, other);
}

static void check_at_exit(void)
{
	uptr object = th_alloc(40, 0, PICKET_SIDE_RIGHT);
	const struct picket_record *record;

	corrupt(object - 1);
	th_check(picket_guard_sweep(th_guard(), ~0u, PICKET_FOUND_EXIT) == 1);
	record = th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object - 1, object);
	th_check(record->found == PICKET_FOUND_EXIT);
}

static void sweeping_config(struct picket_guard_config *config)
{
	config->sweep_slots = 32;
}

/* Each guarded allocation pays for a look at some older objects. */
static void allocations_sweep(void)
{
	uptr object = th_alloc(40, 0, PICKET_SIDE_LEFT);
	const struct picket_record *record;

	corrupt(object + 41);
	th_no_report();
	th_alloc(8, 0, PICKET_SIDE_AUTO);
	record = th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object + 41, object);
	th_check(record->found == PICKET_FOUND_SWEEP);
}

/* The write happened after the last check that found all well, and before this one. */
static void window(void)
{
	uptr object = th_alloc(40, 0, PICKET_SIDE_LEFT);
	const struct picket_record *record;
	u64 since, until;

	th_advance_ms(WINDOW_MS);
	picket_guard_sweep(th_guard(), 100, PICKET_FOUND_SWEEP);
	th_advance_ms(WINDOW_MS);
	corrupt(object + 40);
	th_free(object);
	record = th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object + 40, object);
	since = record->corruption.since_ns;
	until = record->corruption.until_ns;
	th_check(since >= record->alloc_task.time_ns + (WINDOW_MS - 4) * 1000000ull);
	th_check(until >= since + (WINDOW_MS - 4) * 1000000ull);
	th_check(until <= record->access_task.time_ns);
}

static void far_in_a_page(void)
{
	uptr object = th_alloc(16, 0, PICKET_SIDE_LEFT);

	corrupt(object + th_page() - 1);
	th_free(object);
	th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object + th_page() - 1, object);
}

/* Canary is what the page holds from the start; an object that fills its page has none. */
static void full_page(void)
{
	uptr object = th_alloc(th_page(), 0, PICKET_SIDE_AUTO);

	th_fill(object, th_page(), 0);
	th_check(!picket_guard_sweep(th_guard(), 100, PICKET_FOUND_SWEEP));
	th_free(object);
}

const struct th_case th_canary_cases[] = {
	{ "canary_both_sides_one_free", both_sides_one_free, NULL, NULL, 0 },
	{ "canary_every_byte", every_byte, NULL, NULL, 0 },
	{ "canary_bytes_shown", bytes_shown, NULL, NULL, 0 },
	{ "canary_shown_bytes_end_at_the_object", shown_bytes_end_at_the_object, NULL, NULL, 0 },
	{ "canary_sweep_finds_once", sweep_finds_once, NULL, NULL, 0 },
	{ "canary_check_of_one", check_of_one, NULL, NULL, 0 },
	{ "canary_check_at_exit", check_at_exit, NULL, NULL, 0 },
	{ "canary_allocations_sweep", allocations_sweep, sweeping_config, NULL, 0 },
	{ "canary_window", window, NULL, NULL, 0 },
	{ "canary_far_in_a_page", far_in_a_page, NULL, NULL, 0 },
	{ "canary_full_page", full_page, NULL, NULL, 0 },
	{ NULL, NULL, NULL, NULL, 0 },
};
