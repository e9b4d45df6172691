/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Mapped areas, by cases and at random against an oracle that keeps a byte for each granule of
 * shadow: areas [--seed=N]
 */
#include "../tap.h"
#include "port.h"
#include "seed.h"

#define PAGE 4096u
#define SHARE (8u * PAGE) /* of memory by one page of shadow */
#define PAGES (uptr)((PORT_ARENA_BYTES - PORT_HEAP_BYTES) / PAGE)
#define GRANULES_PER_PAGE (PAGE / 8)
#define AREAS 60u
#define ROUNDS 6
#define ROUND_STEPS 3000

enum fate { NONE, MAPPED, HELD };

struct area {
	enum fate fate;
	uptr page; /* of the first */
	uptr pages;
};

static struct area areas[AREAS];
static u8 taken[PAGES];			     /* by an area, mapped or held */
static u8 oracle[PAGES * GRANULES_PER_PAGE]; /* what the shadow should be */
static uptr start;			     /* of all areas */
static bool wrong;

#define EXPECT(condition)                                                                          \
	do {                                                                                       \
		if (!(condition) && !wrong) {                                                      \
			wrong = true;                                                              \
			printf("# line %d: %s\n", __LINE__, #condition);                           \
		}                                                                                  \
	} while (0)

static void begin(u64 seed)
{
	port_start(0, 0, seed);
	start = port_arena + PORT_HEAP_BYTES;
}

static bool is_open(uptr from, uptr bytes)
{
	return picket_shadow_is_open(from, bytes);
}

static bool is_closed(uptr from, uptr bytes)
{
	for (uptr i = from; i < from + bytes; i++)
		if (picket_shadow_is_open(i, 1))
			return false;
	return true;
}

static void test_one(void)
{
	uptr size = 2 * PAGE + 1005;

	begin(1);
	tap_ok(!picket_shadow_map(start, 3 * PAGE, 3 * PAGE) && !port_pages_backed(start, SHARE),
	       "an area without anything to poison needs no shadow");
	tap_ok(!picket_shadow_map(start, size, 4 * PAGE) && is_open(start, size) &&
		       is_closed(start + size, 4 * PAGE - size) && is_open(start + 4 * PAGE, PAGE),
	       "an area is open to its last byte, and closed to the end of its span");
	tap_ok(port_pages_backed(start, SHARE) == 1, "for which shadow is backed");
	picket_shadow_unmap(start, 4 * PAGE);
	tap_ok(is_closed(start, 4 * PAGE) && is_open(start + 4 * PAGE, PAGE),
	       "a freed one is closed");
	picket_shadow_purge(start, 4 * PAGE, start, start + 4 * PAGE);
	tap_ok(is_open(start, SHARE) && port_pages_backed(start, SHARE) == 1,
	       "one that was purged is open; its neighbours may need the shadow");
	picket_shadow_purge(start, 4 * PAGE, start, start + SHARE);
	tap_ok(!port_pages_backed(start, SHARE), "which goes when there are none");
	port_stop();
}

/* What is left of three pages of shadow after an area over them is purged. */
static u32 pages_left(uptr free_before, uptr free_behind)
{
	uptr from = start + 2 * SHARE + PAGE;
	uptr span = 2 * SHARE;

	picket_shadow_unmap(from, span);
	picket_shadow_purge(from, span, from - free_before, from + span + free_behind);
	return port_pages_backed(start + 2 * SHARE, 3 * SHARE);
}

static void test_edges(void)
{
	begin(1);
	tap_ok(pages_left(0, 0) == 2, "no free region around: the inner page goes");
	tap_ok(pages_left(PAGE, 0) == 1, "the first goes if all before the area is free");
	tap_ok(pages_left(0, 7 * PAGE) == 1, "the last if all behind is");
	tap_ok(pages_left(0, 6 * PAGE) == 2, "not if a page is missing");
	tap_ok(pages_left(PAGE, 7 * PAGE) == 0, "both");
	tap_ok(pages_left(3 * SHARE, 9 * SHARE) == 0, "and no more than that");
	port_stop();
}

static void test_no_memory(void)
{
	struct picket_shadow_stats stats;

	begin(1);
	port.fail_back_percent = 100;
	tap_ok(picket_shadow_map(start, 100, PAGE) < 0 && is_open(start, PAGE),
	       "without memory for shadow an area stays open");
	picket_shadow_unmap(start, PAGE);
	picket_shadow_stats(&stats);
	tap_ok(is_open(start, PAGE) && stats.not_backed == 2, "freed too, and that is counted");
	picket_shadow_purge(start, PAGE, start, start + SHARE);
	port.fail_back_percent = 0;
	tap_ok(!picket_shadow_map(start, 100, PAGE) && is_closed(start + 100, PAGE - 100),
	       "and the next is well again");
	port_stop();
}

static void fill(uptr page, uptr pages, u8 shade)
{
	memset(&oracle[page * GRANULES_PER_PAGE], shade, pages * GRANULES_PER_PAGE);
}

static bool find_place(struct area *area)
{
	area->pages = 1 + port_random(port_random(4) ? 6 : 40);
	area->page = port_random(PAGES - area->pages);
	for (uptr i = 0; i < area->pages; i++)
		if (taken[area->page + i])
			return false;
	return true;
}

static void step_map(struct area *area)
{
	uptr size, span;
	int error;

	if (!find_place(area))
		return;
	span = area->pages * PAGE;
	size = port_random(3) ? span - port_random(area->pages > 1 ? 2 * PAGE : PAGE) : span;
	error = picket_shadow_map(start + area->page * PAGE, size, span);
	EXPECT(!error || port.back_failures);
	fill(area->page, area->pages, 0);
	if (!error) {
		u8 *shades = &oracle[area->page * GRANULES_PER_PAGE];
		uptr whole = (size + 7) / 8;

		memset(shades + whole, PICKET_SHADE_VMALLOC, span / 8 - whole);
		if (size % 8)
			shades[size / 8] = size % 8;
	}
	memset(&taken[area->page], 1, area->pages);
	area->fate = MAPPED;
}

static void step_unmap(struct area *area)
{
	u64 failures = port.back_failures;

	picket_shadow_unmap(start + area->page * PAGE, area->pages * PAGE);
	if (port.back_failures == failures)
		fill(area->page, area->pages, PICKET_SHADE_VMALLOC);
	area->fate = HELD;
}

static void step_purge(struct area *area)
{
	uptr first = area->page;
	uptr end = area->page + area->pages;

	memset(&taken[area->page], 0, area->pages);
	while (first && !taken[first - 1])
		first--;
	while (end < PAGES && !taken[end])
		end++;
	picket_shadow_purge(start + area->page * PAGE, area->pages * PAGE, start + first * PAGE,
			    start + end * PAGE);
	fill(area->page, area->pages, 0);
	area->fate = NONE;
}

static void step(void)
{
	struct area *area = &areas[port_random(AREAS)];

	if (area->fate == NONE)
		step_map(area);
	else if (area->fate == MAPPED)
		step_unmap(area);
	else
		step_purge(area);
}

static void expect_shadow(uptr page, uptr pages)
{
	EXPECT(!memcmp(picket_shadow_of(start + page * PAGE), &oracle[page * GRANULES_PER_PAGE],
		       pages * GRANULES_PER_PAGE));
}

/* Shadow is backed only where there is an area. */
static void expect_backed(void)
{
	for (uptr page = 0; page < PAGES; page += SHARE / PAGE) {
		bool used = false;

		for (uptr i = 0; i < SHARE / PAGE; i++)
			used |= taken[page + i];
		EXPECT(used || !port_pages_backed(start + page * PAGE, SHARE));
	}
}

static void play(u64 seed)
{
	begin(seed);
	memset(areas, 0, sizeof(areas));
	memset(taken, 0, sizeof(taken));
	memset(oracle, 0, sizeof(oracle));
	port.fail_back_percent = port_random(2) ? 0 : (u32)port_random(50);
	for (u32 i = 0; i < ROUND_STEPS && !wrong; i++) {
		step();
		expect_shadow(port_random(PAGES - 64), 64);
		expect_backed();
		if (i % 100 == 0)
			expect_shadow(0, PAGES);
		if (wrong)
			printf("# step %u\n", i);
	}
	port.fail_back_percent = 0;
	for (u32 i = 0; i < AREAS; i++)
		while (areas[i].fate != NONE)
			(areas[i].fate == MAPPED ? step_unmap : step_purge)(&areas[i]);
	expect_shadow(0, PAGES);
	EXPECT(!port_pages_backed(port_arena, PORT_ARENA_BYTES));
	port_stop();
}

int main(int argc, char **argv)
{
	u64 seed = seed_from(argc, argv);

	test_one();
	test_edges();
	test_no_memory();
	for (u32 i = 0; i < ROUNDS; i++) {
		play(seed_next(&seed) >> 2);
		tap_ok(!wrong,
		       "%u steps, %llu of %llu calls to back shadow failed; no page is left",
		       ROUND_STEPS, port.back_failures, port.back_calls);
	}
	return tap_done();
}
