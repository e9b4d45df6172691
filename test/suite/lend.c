/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Pages that are lent to a system call. */
#include "tables.h"

static uptr guarded(void)
{
	uptr object = th_alloc(48, 0, PICKET_SIDE_RIGHT);

	return th_guarded(object) ? object : 0;
}

static void first_hidden_byte(void)
{
	uptr object = guarded(), start, size_bytes;

	if (!object)
		return;
	picket_guard_range(th_guard(), &start, &size_bytes);
	th_check(!picket_guard_hidden(th_guard(), object, object + 48));
	th_check(!picket_guard_hidden(th_guard(), object, object));
	th_check(picket_guard_hidden(th_guard(), object, object + 49) == object + 48);
	th_check(picket_guard_hidden(th_guard(), object, ~(uptr)0) == object + 48);
	th_check(picket_guard_hidden(th_guard(), object + 50, object + 51) == object + 50);
	th_check(!picket_guard_hidden(th_guard(), start + size_bytes, ~(uptr)0));
	th_free(object);
	th_check(picket_guard_hidden(th_guard(), object + 8, object + 9) == object + 8);
}

static void taken_back(void)
{
	uptr object = guarded();
	u64 lent;

	if (!object)
		return;
	lent = picket_guard_lend(th_guard(), object, object + 48 + 3 * th_page());
	th_check(lent == (7u << 1));
	th_write(object + 48, 1, 1);
	th_write(object + 47 + 3 * th_page(), 1, 1);
	th_no_report();
	picket_guard_take_back(th_guard(), object, lent);
	th_read(object + 48, 1);
	th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_READ, object + 48, object);
}

static void visible_is_not_lent(void)
{
	uptr object = guarded();

	if (!object)
		return;
	th_check(!picket_guard_lend(th_guard(), object, object + 48));
	picket_guard_take_back(th_guard(), object, 0);
	th_write(object, 1, 1);
	th_read(object + 48, 1);
	th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_READ, object + 48, object);
	th_check(!picket_guard_lend(th_guard(), object, object + 49));
}

static void freed_keeps_data(void)
{
	uptr object = guarded();
	u64 lent;

	if (!object)
		return;
	th_fill(object, 48, 0x5a);
	th_free(object);
	lent = picket_guard_lend(th_guard(), object, object + 48);
	th_check(lent == 1 && th_holds(object, 48, 0x5a));
	picket_guard_take_back(th_guard(), object, lent);
	th_check(th_read(object, 1) == 0x5a);
	th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, object, object);
}

/* The call is over when the slot has another object. */
static void reused_meanwhile(void)
{
	struct picket_request request = { .size_bytes = 48, .side = PICKET_SIDE_RIGHT };
	u32 slots = picket_guard_slots(th_guard());
	uptr object = guarded(), next = 0;
	u64 lent;

	if (!object)
		return;
	th_free(object);
	lent = picket_guard_lend(th_guard(), object, object + 48);
	for (u32 i = 0; i < slots && next != object; i++)
		next = th_request(&request);
	th_check(next == object);
	picket_guard_take_back(th_guard(), object, lent);
	th_write(object, 1, 1);
}

static void call_is_named(void)
{
	struct picket_fault fault = {
		.access = PICKET_ACCESS_WRITE,
		.access_size_bytes = 5,
		.call = "a_call_with_a_name_that_is_too_long",
		.argument = 2,
	};
	const struct picket_record *record;
	uptr object = guarded();

	if (!object)
		return;
	fault.address = object + 48;
	picket_guard_lend(th_guard(), object, object + 53);
	th_check(picket_guard_fault(th_guard(), &fault) == PICKET_FAULT_REPORTED);
	record = th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_WRITE, object + 48, object);
	th_check(record->found == PICKET_FOUND_CALL && record->call.argument == 2);
	th_check(record->call.name[PICKET_CALL_NAME_BYTES - 2] &&
		 !record->call.name[PICKET_CALL_NAME_BYTES - 1]);
	th_write(object + 48, 1, 1);
}

static void showing_fails(void)
{
	uptr object = guarded();

	if (!object)
		return;
	th_fail(TH_FAIL_SHOW, true);
	th_check(!picket_guard_lend(th_guard(), object, object + 49));
	th_fail_end();
	th_check(picket_guard_hidden(th_guard(), object, object + 49) == object + 48);
}

static void taking_back_fails(enum th_failure failure)
{
	uptr object = guarded();
	u64 lent;

	if (!object)
		return;
	lent = picket_guard_lend(th_guard(), object, object + 49);
	th_fail(failure, true);
	picket_guard_take_back(th_guard(), object, lent);
	th_fail_end();
	th_check(lent && !picket_guard_hidden(th_guard(), object, object + 49));
	th_read(object + 48, 1);
}

static void hiding_fails(void)
{
	taking_back_fails(TH_FAIL_HIDE);
}

static void lock_not_to_be_had(void)
{
	taking_back_fails(TH_FAIL_LOCK);
}

const struct th_case th_lend_cases[] = {
	{ "lend_first_hidden_byte", first_hidden_byte, NULL, NULL, 0 },
	{ "lend_taken_back", taken_back, NULL, NULL, 0 },
	{ "lend_visible_is_not_lent", visible_is_not_lent, NULL, NULL, 0 },
	{ "lend_freed_keeps_data", freed_keeps_data, NULL, NULL, 0 },
	{ "lend_reused_meanwhile", reused_meanwhile, NULL, NULL, 0 },
	{ "lend_call_is_named", call_is_named, NULL, NULL, 0 },
	{ "lend_showing_fails", showing_fails, NULL, NULL, TH_NEEDS_FAILURES },
	{ "lend_hiding_fails", hiding_fails, NULL, NULL, TH_NEEDS_FAILURES },
	{ "lend_lock_is_held", lock_not_to_be_had, NULL, NULL, TH_NEEDS_FAILURES },
	{ .name = NULL },
};
