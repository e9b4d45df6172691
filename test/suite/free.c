/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Wrong frees: of what is no object, twice, by the wrong family, size or alignment. */
#include "tables.h"

static uptr alloc_family(uptr size_bytes, uptr align_bytes, enum picket_family family)
{
	struct picket_request request = {
		.size_bytes = size_bytes,
		.align_bytes = align_bytes,
		.family = family,
	};

	return th_request(&request);
}

static void families(void)
{
	for (u32 made = 0; made < PICKET_FAMILY_COUNT; made++) {
		for (u32 freed = 0; freed < PICKET_FAMILY_COUNT; freed++) {
			struct picket_free_request request = { .family =
								       (enum picket_family)freed };
			uptr object = alloc_family(32, 0, (enum picket_family)made);
			const struct picket_record *record;

			th_check(!th_free_as(object, &request));
			if (!made || !freed || made == freed) {
				th_no_report();
				continue;
			}
			record = th_expect(PICKET_BUG_MISMATCH, PICKET_ACCESS_UNKNOWN, object,
					   object);
			th_check(record->object.family == made);
			th_check(record->mismatch.family == freed);
		}
	}
}

static void sizes(void)
{
	struct picket_free_request right = { .size_bytes = 48 };
	struct picket_free_request wrong = { .size_bytes = 47, .family = PICKET_FAMILY_NEW };
	uptr object = alloc_family(48, 0, PICKET_FAMILY_NEW);

	th_check(!th_free_as(object, &right));
	th_no_report();
	object = alloc_family(48, 0, PICKET_FAMILY_NEW);
	th_check(!th_free_as(object, &wrong));
	th_check(th_expect(PICKET_BUG_MISMATCH, PICKET_ACCESS_UNKNOWN, object, object)
			 ->mismatch.size_bytes == 47);
}

static void claimed_alignments(void)
{
	struct picket_free_request right = { .align_bytes = 64 };
	struct picket_free_request wrong = { .align_bytes = 32 };
	uptr object = alloc_family(48, 64, PICKET_FAMILY_NEW_ALIGNED);

	th_check(!th_free_as(object, &right));
	th_no_report();
	object = alloc_family(48, 64, PICKET_FAMILY_NEW_ALIGNED);
	th_check(!th_free_as(object, &wrong));
	th_check(th_expect(PICKET_BUG_MISMATCH, PICKET_ACCESS_UNKNOWN, object, object)
			 ->mismatch.align_bytes == 32);
}

static void inside_object(void)
{
	uptr object = th_alloc(100, 0, PICKET_SIDE_LEFT);
	const struct picket_record *record;

	for (u32 offset = 1; offset < 100; offset += 33) {
		th_check(th_free(object + offset) == -22);
		record = th_expect(PICKET_BUG_INVALID_FREE, PICKET_ACCESS_UNKNOWN, object + offset,
				   object);
		th_check(record->position == PICKET_POSITION_INSIDE);
		th_check(record->distance_bytes == offset);
		th_check(record->object.state == PICKET_OBJECT_LIVE);
	}
	th_check(!th_free(object));
}

static void beside_object(void)
{
	uptr object = th_alloc(40, 0, PICKET_SIDE_LEFT);
	const struct picket_record *record;

	th_check(th_free(object + 48) == -22);
	record = th_expect(PICKET_BUG_INVALID_FREE, PICKET_ACCESS_UNKNOWN, object + 48, object);
	th_check(record->position == PICKET_POSITION_RIGHT && record->distance_bytes == 9);
	th_check(th_free(object - 16) == -22);
	th_expect(PICKET_BUG_INVALID_FREE, PICKET_ACCESS_UNKNOWN, object - 16, object);
}

static void of_nothing(void)
{
	uptr start, size_bytes;

	picket_guard_range(th_guard(), &start, &size_bytes);
	for (uptr at = start; at < start + size_bytes; at += 5 * th_page()) {
		th_check(th_free(at) == -22);
		th_expect(PICKET_BUG_INVALID_FREE, PICKET_ACCESS_UNKNOWN, at, 0);
	}
	th_check(th_free(start + size_bytes - 1) == -22);
	th_expect(PICKET_BUG_INVALID_FREE, PICKET_ACCESS_UNKNOWN, start + size_bytes - 1, 0);
}

/* Freed inside, then freed again inside: never a double free, the start is another address. */
static void double_or_invalid(void)
{
	uptr object = th_alloc(64, 0, PICKET_SIDE_AUTO);

	th_check(!th_free(object));
	th_check(th_free(object + 8) == -22);
	th_expect(PICKET_BUG_INVALID_FREE, PICKET_ACCESS_UNKNOWN, object + 8, object);
	th_check(th_free(object) == -22);
	th_expect(PICKET_BUG_DOUBLE_FREE, PICKET_ACCESS_UNKNOWN, object, object);
	th_check(th_free(object) == -22);
	th_expect(PICKET_BUG_DOUBLE_FREE, PICKET_ACCESS_UNKNOWN, object, object);
}

static void realloc_of_freed(void)
{
	uptr object = th_alloc(64, 0, PICKET_SIDE_AUTO);

	th_free(object);
	th_check(!th_realloc(object, 128));
	th_check(th_expect(PICKET_BUG_DOUBLE_FREE, PICKET_ACCESS_UNKNOWN, object, object)->found ==
		 PICKET_FOUND_REALLOC);
}

static void realloc_inside(void)
{
	uptr object = th_alloc(64, 0, PICKET_SIDE_AUTO);

	th_check(!th_realloc(object + 16, 128));
	th_check(th_expect(PICKET_BUG_INVALID_FREE, PICKET_ACCESS_UNKNOWN, object + 16, object)
			 ->found == PICKET_FOUND_REALLOC);
	th_check(!th_free(object));
}

const struct th_case th_free_cases[] = {
	{ "free_families", families, NULL, NULL, 0 },
	{ "free_sizes", sizes, NULL, NULL, 0 },
	{ "free_claimed_alignments", claimed_alignments, NULL, NULL, 0 },
	{ "free_inside_object", inside_object, NULL, NULL, 0 },
	{ "free_beside_object", beside_object, NULL, NULL, 0 },
	{ "free_of_nothing", of_nothing, NULL, NULL, 0 },
	{ "free_double_or_invalid", double_or_invalid, NULL, NULL, 0 },
	{ "free_realloc_of_freed", realloc_of_freed, NULL, NULL, 0 },
	{ "free_realloc_inside", realloc_inside, NULL, NULL, 0 },
	{ NULL, NULL, NULL, NULL, 0 },
};
