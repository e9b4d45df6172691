/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a port asks about slots, and tells of its own allocator's doings. */
#include "tables.h"

/* A guarded object; 0 when it was refused, which fails the case: nothing may be asked of it. */
static uptr guarded(enum picket_side side)
{
	uptr object = th_alloc(48, 0, side);

	return th_guarded(object) ? object : 0;
}

/* Of the call of placed() in a case. */
static struct {
	uptr address;
	uptr size_bytes;
	u32 calls;
	bool was_found;
} place;

static void note_place(const struct picket_request *request, uptr address)
{
	place.address = address;
	place.size_bytes = request->size_bytes;
	place.was_found = picket_guard_object(th_guard(), address, NULL);
	place.calls++;
}

static void placed_before_found(void)
{
	struct picket_request request = { .size_bytes = 40, .placed = note_place };
	uptr object;

	place.calls = 0;
	object = th_request(&request);
	th_check(place.calls == 1 && place.address == object && place.size_bytes == 40);
	th_check(!place.was_found && picket_guard_object(th_guard(), object, NULL));
	request.size_bytes = 64 * th_page();
	th_check(!th_request(&request) && place.calls == 1);
}

static void not_placed_without_pages(void)
{
	struct picket_request request = { .size_bytes = 40, .placed = note_place };

	place.calls = 0;
	th_fail(TH_FAIL_SHOW, false);
	th_check(!th_request(&request) && !place.calls);
	th_check(th_request(&request) && place.calls == 1);
}

static void views(void)
{
	uptr object = guarded(PICKET_SIDE_LEFT);
	struct picket_slot_view view, same;

	if (!object)
		return;
	th_check(picket_guard_at(th_guard(), object + 47, &view));
	th_check(view.address == object && view.size_bytes == 48 && view.live);
	th_check(picket_guard_slot(th_guard(), view.slot_index, &same) && same.address == object);
	th_check(!picket_guard_at(th_guard(), object - 1, &same));
	th_free(object);
	th_check(picket_guard_at(th_guard(), object, &view));
	th_check(view.address == object && view.size_bytes == 48 && !view.live);
}

static void views_of_all(void)
{
	uptr object = guarded(PICKET_SIDE_AUTO);
	u32 used = 0;

	if (!object)
		return;
	for (u32 i = 0; i < picket_guard_slots(th_guard()); i++) {
		struct picket_slot_view view;
		bool has_object = picket_guard_slot(th_guard(), i, &view);

		th_check(view.slot_index == i && has_object == !!view.address);
		th_check(has_object == view.live && (!has_object || view.address == object));
		used += has_object;
	}
	th_check(used == 1);
}

static void slot_records(void)
{
	uptr object = guarded(PICKET_SIDE_AUTO);
	struct picket_record live = { 0 }, freed = { 0 };
	struct picket_slot_view view;

	if (!object)
		return;
	th_check(picket_guard_at(th_guard(), object, &view));
	th_check(picket_guard_slot_record(th_guard(), view.slot_index, &live));
	th_check(live.object.address == object && live.object.state == PICKET_OBJECT_LIVE);
	th_check(live.alloc_task.time_ns && !live.free_task.time_ns);
	th_free(object);
	th_check(picket_guard_slot_record(th_guard(), view.slot_index, &freed));
	th_check(freed.object.state == PICKET_OBJECT_FREED && freed.free_task.time_ns);
}

static void let_and_closed(void)
{
	uptr object = guarded(PICKET_SIDE_AUTO);

	if (!object)
		return;
	th_free(object);
	picket_guard_let(th_guard(), object);
	th_read(object, 1);
	th_no_report();
	picket_guard_close(th_guard(), object);
	th_read(object, 1);
	th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, object, object);
}

static void live_is_not_closed(void)
{
	uptr object = guarded(PICKET_SIDE_AUTO);

	if (!object)
		return;
	picket_guard_close(th_guard(), object);
	picket_guard_close(th_guard(), object - object % th_page() - 1);
	th_write(object, 1, 1);
}

static void pardoned(void)
{
	uptr object = guarded(PICKET_SIDE_RIGHT);

	if (!object)
		return;
	th_fill(object, 48, 0x5a);
	th_write(object - 4, 8, 0);
	picket_guard_pardon(th_guard(), object - 4, object + 4);
	th_check(th_holds(object, 4, 0) && th_holds(object + 4, 44, 0x5a));
	th_free(object);
	th_no_report();
}

static void pardoned_no_more(void)
{
	uptr object = guarded(PICKET_SIDE_RIGHT);

	if (!object)
		return;
	th_write(object - 9, 1, 0);
	picket_guard_pardon(th_guard(), object - 8, object);
	th_free(object);
	th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object - 9, object);
}

static void forgotten_allocator(void)
{
	uptr object = guarded(PICKET_SIDE_AUTO);
	struct picket_record live = { 0 }, freed = { 0 };
	struct picket_slot_view view;

	if (!object)
		return;
	th_check(picket_guard_at(th_guard(), object, &view));
	picket_guard_forget_allocator(th_guard(), view.slot_index);
	th_check(picket_guard_slot_record(th_guard(), view.slot_index, &live));
	th_check(live.object.allocator[0]);
	th_free(object);
	picket_guard_forget_allocator(th_guard(), view.slot_index);
	th_check(picket_guard_slot_record(th_guard(), view.slot_index, &freed));
	th_check(!freed.object.allocator[0]);
}

static void covered_percent(void)
{
	th_check(picket_guard_set_covered(th_guard(), 101) == -22);
	th_alloc(48, 0, PICKET_SIDE_AUTO);
	th_check(!picket_guard_set_covered(th_guard(), 0) && picket_guard_crowded(th_guard()));
	th_check(!picket_guard_set_covered(th_guard(), 100) && !picket_guard_crowded(th_guard()));
}

const struct th_case th_inspect_cases[] = {
	{ "inspect_placed_before_found", placed_before_found, NULL, NULL, 0 },
	{ "inspect_not_placed_without_pages", not_placed_without_pages, NULL, NULL,
	  TH_NEEDS_FAILURES },
	{ "inspect_views", views, NULL, NULL, 0 },
	{ "inspect_views_of_all", views_of_all, NULL, NULL, 0 },
	{ "inspect_slot_records", slot_records, NULL, NULL, 0 },
	{ "inspect_let_and_closed", let_and_closed, NULL, NULL, 0 },
	{ "inspect_live_is_not_closed", live_is_not_closed, NULL, NULL, 0 },
	{ "inspect_pardoned", pardoned, NULL, NULL, 0 },
	{ "inspect_pardoned_no_more", pardoned_no_more, NULL, NULL, 0 },
	{ "inspect_forgotten_allocator", forgotten_allocator, NULL, NULL, 0 },
	{ "inspect_covered_percent", covered_percent, NULL, NULL, 0 },
	{ NULL, NULL, NULL, NULL, 0 },
};
