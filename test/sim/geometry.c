/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Page sizes, slot classes, guards, sides, alignments and sizes, each with each: allocate, touch
 * both ends and the bytes beside them, free, touch again; all against the oracle.
 */
#include "../tap.h"
#include "oracle.h"

static const u32 page_sizes[] = { 256, 4096, 16384, 65536 };
static const u32 guard_pages[] = { 1, 3 };
static const u32 aligns_right[] = { 0, 1, 8 };
static const struct picket_class_config shapes[][3] = {
	{ { 1, 1 } },
	{ { 1, 2 }, { 2, 2 } },
	{ { 1, 2 }, { 2, 0 }, { 4, 2 } },
	{ { 3, 2 }, { 7, 1 } },
};

struct geometry {
	u32 page_bytes;
	u32 guard_pages;
	u32 align_right;
	const struct picket_class_config *classes;
};

static struct oracle oracle;

static void configure(const struct geometry *geometry, struct picket_guard_config *config)
{
	memset(config, 0, sizeof(*config));
	config->caps.page_bytes = geometry->page_bytes;
	config->guard_pages = geometry->guard_pages;
	config->align_default = 16;
	config->align_right = geometry->align_right;
	config->retain_pages = 4;
	config->policy = PICKET_POLICY_COUNT;
	config->policy_param = 1;
	config->covered_percent = 100;
	config->seed = 3;
	while (config->class_count < 3 && geometry->classes[config->class_count].slot_pages) {
		config->classes[config->class_count] = geometry->classes[config->class_count];
		config->caps.slot_pages_max = config->classes[config->class_count].slot_pages;
		config->class_count++;
	}
}

static void try_object(uptr size_bytes, uptr align_bytes, enum picket_side side)
{
	struct picket_request request = {
		.size_bytes = size_bytes,
		.align_bytes = align_bytes,
		.side = side,
	};
	struct picket_free_request release = { .found = PICKET_FOUND_FREE };
	uptr object = oracle_alloc(&oracle, &request);

	if (!object)
		return;
	if (size_bytes) {
		oracle_write(&oracle, object, 1, 0x31);
		oracle_write(&oracle, object + size_bytes - 1, 1, 0x32);
	}
	oracle_read(&oracle, object - 1, 1);
	oracle_read(&oracle, object + size_bytes, 1);
	oracle_write(&oracle, object + size_bytes + (side == PICKET_SIDE_LEFT ? 0 : 16), 1, 0x33);
	oracle_write(&oracle, object - 3, 2, 0x3434);
	oracle_free(&oracle, object, &release);
	oracle_read(&oracle, object + size_bytes / 2, 1);
	oracle_free(&oracle, object, &release);
}

/* Sizes around every power of two and every edge of a page. */
static void try_sizes(u32 page_bytes, uptr align_bytes)
{
	for (uptr power = 1; power <= 8u * page_bytes; power *= 2) {
		for (uptr size_bytes = power - 1; size_bytes <= power + 1; size_bytes++) {
			try_object(size_bytes, align_bytes, PICKET_SIDE_LEFT);
			try_object(size_bytes, align_bytes, PICKET_SIDE_RIGHT);
		}
	}
	for (uptr size_bytes = 3u * page_bytes - 17; size_bytes <= 3u * page_bytes + 1;
	     size_bytes++)
		try_object(size_bytes, align_bytes, PICKET_SIDE_RIGHT);
}

static void try_geometry(const struct geometry *geometry)
{
	struct picket_guard_config config;

	configure(geometry, &config);
	if (!oracle_start(&oracle, &config, 1)) {
		tap_ok(false, "no detector");
		return;
	}
	try_sizes(geometry->page_bytes, 0);
	for (uptr align = 1; align <= 2 * geometry->page_bytes && !oracle.wrong[0]; align *= 4)
		try_sizes(geometry->page_bytes, align);
	oracle_stop(&oracle);
	tap_ok(!oracle.wrong[0], "pages of %u, first slots of %u, %u guard pages, align %u: %s",
	       geometry->page_bytes, config.classes[0].slot_pages, geometry->guard_pages,
	       geometry->align_right, oracle.wrong[0] ? oracle.wrong : "agrees");
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int main(void)
{
	for (u32 p = 0; p < COUNT(page_sizes); p++)
		for (u32 g = 0; g < COUNT(guard_pages); g++)
			for (u32 a = 0; a < COUNT(aligns_right); a++)
				for (u32 s = 0; s < COUNT(shapes); s++)
					try_geometry(
						&(struct geometry){ page_sizes[p], guard_pages[g],
								    aligns_right[a], shapes[s] });
	return tap_done();
}
