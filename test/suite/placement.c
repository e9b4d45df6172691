/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Where objects lie, and that every access a program may make is silent. */
#include "tables.h"

static const enum picket_side sides[] = { PICKET_SIDE_LEFT, PICKET_SIDE_RIGHT };

static uptr rounded_up(uptr value, uptr to)
{
	return (value + to - 1) & -to;
}

/* What C promises an object of this size: see guard.h, align_right. */
static uptr tightest(uptr size_bytes)
{
	uptr align = 1;

	while (align < 16 && align * 2 <= size_bytes)
		align *= 2;
	return align;
}

static void left_starts_page(void)
{
	for (uptr size_bytes = 1; size_bytes <= 80; size_bytes++) {
		uptr object = th_alloc(size_bytes, 0, PICKET_SIDE_LEFT);

		th_check(object % th_page() == 0);
		th_free(object);
	}
}

static void right_ends_page(void)
{
	for (uptr size_bytes = 1; size_bytes <= 80; size_bytes++) {
		uptr object = th_alloc(size_bytes, 0, PICKET_SIDE_RIGHT);
		uptr end = object + rounded_up(size_bytes, tightest(size_bytes));

		th_check(end % th_page() == 0);
		th_free(object);
	}
}

static void byte_exact_config(struct picket_guard_config *config)
{
	config->align_right = 1;
}

static void byte_exact(void)
{
	for (uptr size_bytes = 1; size_bytes <= 80; size_bytes++) {
		uptr object = th_alloc(size_bytes, 0, PICKET_SIDE_RIGHT);

		th_check((object + size_bytes) % th_page() == 0);
		th_free(object);
	}
}

/* An alignment asked for holds at both sides, whatever the size. */
static void alignments(void)
{
	for (uptr align = 1; align <= th_page(); align *= 2) {
		for (uptr size_bytes = 1; size_bytes <= 100; size_bytes += 33) {
			for (u32 i = 0; i < 2; i++) {
				uptr object = th_alloc(size_bytes, align, sides[i]);

				th_check(object % align == 0);
				th_check(th_page() - (object + size_bytes) % th_page() < align ||
					 sides[i] == PICKET_SIDE_LEFT ||
					 (object + size_bytes) % th_page() == 0);
				th_write(object, 1, 1);
				th_write(object + size_bytes - 1, 1, 1);
				th_free(object);
			}
		}
	}
}

/* First and last byte, and every access that ends there, stay silent. */
static void edges_are_silent(void)
{
	for (uptr size_bytes = 1; size_bytes <= 64; size_bytes += 7) {
		for (u32 i = 0; i < 2; i++) {
			uptr object = th_alloc(size_bytes, 0, sides[i]);

			for (u32 width = 1; width <= 8 && width <= size_bytes; width *= 2) {
				th_write(object, width, 0x55);
				th_write(object + size_bytes - width, width, 0x55);
				th_read(object, width);
				th_read(object + size_bytes - width, width);
			}
			th_free(object);
		}
	}
}

static void several_pages(void)
{
	static const u32 pages[] = { 1, 2, 3, 4, 7, 16 };

	for (u32 p = 0; p < sizeof(pages) / sizeof(pages[0]); p++) {
		for (u32 i = 0; i < 2; i++) {
			uptr size_bytes = pages[p] * th_page() - 32;
			uptr object = th_alloc(size_bytes, 0, sides[i]);

			for (uptr at = 0; at < size_bytes; at += th_page())
				th_write(object + at, 1, 0x11);
			th_write(object + size_bytes - 1, 1, 0x11);
			th_no_report();
			th_free(object);
			th_read(object + size_bytes / 2, 1);
			th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ,
				  object + size_bytes / 2, object);
		}
	}
}

static void several_pages_out_of_bounds(void)
{
	uptr size_bytes = 2 * th_page();
	uptr object = th_alloc(size_bytes, 0, PICKET_SIDE_LEFT);
	const struct picket_record *record;

	th_write(object - 1, 1, 0);
	th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_WRITE, object - 1, object);
	th_read(object + size_bytes, 1);
	record = th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_READ, object + size_bytes,
			   object);
	th_check(record->distance_bytes == 1 && record->kfence_distance_bytes == size_bytes);
}

/* The rest of a large slot is as good as a guard. */
static void rest_of_slot(void)
{
	uptr size_bytes = 5 * th_page();
	uptr left = th_alloc(size_bytes, 0, PICKET_SIDE_LEFT);
	uptr right;

	th_read(left + size_bytes, 1);
	th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_READ, left + size_bytes, left);
	th_free(left);
	right = th_alloc(size_bytes, 0, PICKET_SIDE_RIGHT);
	th_read(right - 1, 1);
	th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_READ, right - 1, right);
}

/*
 * Two samples of one site see both ends, whatever other sites do. The detector remembers sites in a
 * small table, so that two of real code may share a place: one of eight may go wrong.
 */
static void sides_alternate(void)
{
	u32 alternating = 0;

	for (u32 site = 0; site < 8; site++) {
		u32 left = 0;

		for (u32 i = 0; i < 8; i++) {
			uptr object;

			th_site(site);
			object = th_alloc(32, 0, PICKET_SIDE_AUTO);
			left += object % th_page() == 0;
			th_free(object);
			th_site(60);
			th_free(th_alloc(32, 0, PICKET_SIDE_AUTO));
		}
		alternating += left == 4;
	}
	th_check(alternating >= 7);
}

static void right_first_config(struct picket_guard_config *config)
{
	config->first_side = PICKET_SIDE_RIGHT;
}

static void first_side(void)
{
	u32 right = 0;

	for (u32 site = 0; site < 16; site++) {
		uptr object;

		th_site(site);
		object = th_alloc(32, 0, PICKET_SIDE_AUTO);
		right += object % th_page() != 0;
	}
	th_check(right >= 14);
}

/* Malloc of nothing gives a place of its own, where no byte may be touched that Picket can hide. */
static void no_bytes(void)
{
	for (u32 i = 0; i < 2; i++) {
		uptr object = th_alloc(0, 0, sides[i]);
		uptr size_bytes = 1;

		th_check(th_guarded(object));
		th_check(picket_guard_object(th_guard(), object, &size_bytes) && !size_bytes);
		th_check(!th_free(object));
		th_read(object, 1);
		th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, object, object);
	}
}

static void zeroed(void)
{
	struct picket_request request = { .size_bytes = 200, .zero = true };

	for (u32 i = 0; i < 40; i++) {
		uptr object;

		request.side = sides[i % 2];
		request.size_bytes = 1 + i * 5;
		object = th_request(&request);
		th_check(object && th_holds(object, request.size_bytes, 0));
		th_fill(object, request.size_bytes, 0xff);
		th_free(object);
	}
}

/* Farther than one page from any object: the nearest end is meant, and the guess says so. */
static void wide_guards_config(struct picket_guard_config *config)
{
	config->guard_pages = 4;
}

static void distance(void)
{
	uptr object = th_alloc(48, 0, PICKET_SIDE_RIGHT);
	const struct picket_record *record;

	th_read(object + 48 + th_page() + 5, 1);
	record = th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_READ,
			   object + 48 + th_page() + 5, object);
	th_check(record->position == PICKET_POSITION_RIGHT);
	th_check(record->distance_bytes == th_page() + 6);
	th_check(record->kfence_distance_bytes == 48 + th_page() + 5);
	th_free(object);
	object = th_alloc(48, 0, PICKET_SIDE_LEFT);
	th_read(object - 100, 4);
	record = th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_READ, object - 100, object);
	th_check(record->position == PICKET_POSITION_LEFT && record->distance_bytes == 100);
	th_check(record->access_size_bytes == 4 || !record->access_size_bytes);
}

/* An access that begins inside and ends beyond: the fault address is the first byte beyond. */
static void straddling_access(void)
{
	uptr object = th_alloc(32, 0, PICKET_SIDE_RIGHT);

	th_read(object + 28, 8);
	th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_READ, object + 32, object);
	th_free(object);
}

const struct th_case th_placement_cases[] = {
	{ "placement_left_starts_page", left_starts_page, NULL, NULL, 0 },
	{ "placement_right_ends_page", right_ends_page, NULL, NULL, 0 },
	{ "placement_byte_exact", byte_exact, byte_exact_config, NULL, 0 },
	{ "placement_alignments", alignments, NULL, NULL, 0 },
	{ "placement_edges_are_silent", edges_are_silent, NULL, NULL, 0 },
	{ "placement_several_pages", several_pages, NULL, NULL, 0 },
	{ "placement_several_pages_out_of_bounds", several_pages_out_of_bounds, NULL, NULL, 0 },
	{ "placement_rest_of_slot", rest_of_slot, NULL, NULL, 0 },
	{ "placement_sides_alternate", sides_alternate, NULL, NULL, 0 },
	{ "placement_first_side", first_side, right_first_config, NULL, 0 },
	{ "placement_no_bytes", no_bytes, NULL, NULL, 0 },
	{ "placement_zeroed", zeroed, NULL, NULL, 0 },
	{ "placement_distance", distance, wide_guards_config, NULL, 0 },
	{ "placement_straddling_access", straddling_access, NULL, NULL, 0 },
	{ NULL, NULL, NULL, NULL, 0 },
};
