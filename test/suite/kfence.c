/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The 27 cases of KFENCE's own suite, by its names. "-memcache" runs the same with objects of a
 * named allocator. What belongs to one kernel allocator is tested as the nearest behaviour that
 * every port has; each such case says how.
 */
#include "tables.h"

#define CACHE "test-cache"
#define TEST_BYTES 32

static void out_of_bounds_read(void)
{
	uptr object = th_alloc(TEST_BYTES, 0, PICKET_SIDE_LEFT);
	const struct picket_record *record;

	th_read(object - 1, 1);
	record = th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_READ, object - 1, object);
	th_check(record->position == PICKET_POSITION_LEFT && record->distance_bytes == 1);
	th_free(object);

	object = th_alloc(TEST_BYTES, 0, PICKET_SIDE_RIGHT);
	th_read(object + TEST_BYTES, 1);
	record = th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_READ, object + TEST_BYTES,
			   object);
	th_check(record->position == PICKET_POSITION_RIGHT && record->distance_bytes == 1);
	th_check(record->kfence_distance_bytes == TEST_BYTES);
	th_free(object);
}

static void out_of_bounds_write(void)
{
	uptr object = th_alloc(TEST_BYTES, 0, PICKET_SIDE_LEFT);

	th_write(object - 1, 1, 'a');
	th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_WRITE, object - 1, object);
	th_free(object);
}

static void use_after_free_read(void)
{
	uptr object = th_alloc(TEST_BYTES, 0, PICKET_SIDE_AUTO);
	const struct picket_record *record;

	th_free(object);
	th_read(object, 1);
	record = th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, object, object);
	th_check(record->object.state == PICKET_OBJECT_FREED && record->free_stack.count);
}

static void use_after_free_read_nofault(void)
{
	uptr object = th_alloc(TEST_BYTES, 0, PICKET_SIDE_AUTO);

	th_check(th_read_nofault(object) == 0);
	th_free(object);
	th_check(th_read_nofault(object) == -14);
}

static void double_free(void)
{
	uptr object = th_alloc(TEST_BYTES, 0, PICKET_SIDE_AUTO);

	th_check(!th_free(object));
	th_check(th_free(object));
	th_expect(PICKET_BUG_DOUBLE_FREE, PICKET_ACCESS_UNKNOWN, object, object);
}

static void invalid_addr_free(void)
{
	uptr object = th_alloc(TEST_BYTES, 0, PICKET_SIDE_AUTO);

	th_check(th_free(object + 1));
	th_expect(PICKET_BUG_INVALID_FREE, PICKET_ACCESS_UNKNOWN, object + 1, object);
	th_check(!th_free(object));
}

static void corruption(void)
{
	uptr object = th_alloc(TEST_BYTES, 0, PICKET_SIDE_LEFT);

	th_write(object + TEST_BYTES, 1, 'a');
	th_free(object);
	th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object + TEST_BYTES, object);

	object = th_alloc(TEST_BYTES, 0, PICKET_SIDE_RIGHT);
	th_write(object - 1, 1, 'a');
	th_free(object);
	th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object - 1, object);
}

/* Guarded objects and the host's own, freed in one go. */
static void free_bulk(void)
{
	for (u32 round = 0; round < 5; round++) {
		uptr size_bytes = 8 + (round * 61) % 100;
		uptr bulk[4];

		bulk[0] = th_alloc(size_bytes, 0, PICKET_SIDE_RIGHT);
		th_check(!picket_guard_set_policy(th_guard(), PICKET_POLICY_OFF, 0));
		bulk[1] = th_malloc(size_bytes);
		bulk[2] = th_alloc(size_bytes, 0, PICKET_SIDE_LEFT);
		bulk[3] = th_malloc(size_bytes);
		for (u32 i = 0; i < 4; i++)
			th_check(!th_free(bulk[i]));
	}
}

/* The host's allocator clears at free: the cleared bytes are what a late read sees. */
static void init_on_free(void)
{
	uptr object = th_alloc(TEST_BYTES, 0, PICKET_SIDE_AUTO);

	th_fill(object, TEST_BYTES, 'x');
	th_fill(object, TEST_BYTES, 0);
	th_free(object);
	th_check(th_read(object, 1) == 0);
	th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, object, object);
	th_check(th_holds(object, TEST_BYTES, 0));
}

/* 73 bytes leave room between the object's end and the guard. */
static void kmalloc_aligned_oob_read(void)
{
	uptr object = th_alloc(73, 0, PICKET_SIDE_RIGHT);

	th_check(object % 16 == 0);
	th_read(object - 1, 1);
	th_read(object + 73, 1);
	th_no_report();
	th_read(object + 73 + 16, 1);
	th_expect(PICKET_BUG_OUT_OF_BOUNDS, PICKET_ACCESS_READ, object + 73 + 16, object);
	th_free(object);
}

static void kmalloc_aligned_oob_write(void)
{
	uptr object = th_alloc(73, 0, PICKET_SIDE_RIGHT);

	th_write(object + 73, 1, th_read(object + 73, 1) ^ 0xff);
	th_no_report();
	th_free(object);
	th_expect(PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, object + 73, object);
}

/* A cache that is asked to shrink visits its objects; a sweep is our visit. */
static void shrink_memcache(void)
{
	uptr object = th_alloc(TEST_BYTES, 0, PICKET_SIDE_AUTO);

	th_check(!picket_guard_sweep(th_guard(), 100, PICKET_FOUND_SWEEP));
	th_check(!th_free(object));
}

/* The constructor runs on an object that the detector has just given out. */
static void memcache_ctor(void)
{
	uptr object = th_alloc(TEST_BYTES, 0, PICKET_SIDE_AUTO);

	th_fill(object, 8, 'x');
	th_check(th_holds(object, 8, 'x'));
	th_free(object);
}

static void invalid_access(void)
{
	uptr start, size_bytes;

	picket_guard_range(th_guard(), &start, &size_bytes);
	th_read(start + 10, 1);
	th_expect(PICKET_BUG_INVALID_ACCESS, PICKET_ACCESS_READ, start + 10, 0);
}

static void gfpzero(void)
{
	struct picket_request zeroed = { .size_bytes = th_page(), .zero = true };
	uptr dirty = th_alloc(th_page(), 0, PICKET_SIDE_AUTO);
	uptr object = 0;

	th_fill(dirty, th_page(), 'x');
	th_free(dirty);
	for (u32 i = 0; i < 64 && object != dirty; i++) {
		object = th_request(&zeroed);
		th_check(!object || th_holds(object, th_page(), 0));
		if (object)
			th_free(object);
	}
	th_check(object == dirty);
}

/* A deferred free: the object lives until the grace period is over. */
static void memcache_typesafe_by_rcu(void)
{
	uptr object = th_alloc(TEST_BYTES, 0, PICKET_SIDE_AUTO);

	th_fill(object, TEST_BYTES, 'r');
	th_check(th_read(object, 1) == 'r');
	th_no_report();
	th_free(object);
	th_check(th_read(object, 1) == 'r');
	th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, object, object);
}

static void krealloc(void)
{
	uptr object = th_alloc(TEST_BYTES, 0, PICKET_SIDE_AUTO);
	uptr first = object;
	uptr size_bytes = 0;

	th_check(picket_guard_object(th_guard(), object, &size_bytes) && size_bytes == TEST_BYTES);
	th_fill(object, TEST_BYTES, 'k');
	object = th_realloc(object, TEST_BYTES * 3);
	th_check(th_holds(object, TEST_BYTES, 'k'));
	object = th_realloc(object, TEST_BYTES * 2);
	th_check(th_holds(object, TEST_BYTES, 'k'));
	th_free(object);
	th_read(first, 1);
	th_expect(PICKET_BUG_USE_AFTER_FREE, PICKET_ACCESS_READ, first, first);
}

static void bulk_config(struct picket_guard_config *config)
{
	config->policy_param = 150;
}

static void memcache_alloc_bulk(void)
{
	bool found = false;

	for (u32 round = 0; round < 40 && !found; round++) {
		uptr bulk[100];

		for (u32 i = 0; i < 100; i++) {
			bulk[i] = th_malloc(TEST_BYTES);
			found |= th_guarded(bulk[i]);
		}
		for (u32 i = 0; i < 100; i++)
			th_check(!th_free(bulk[i]));
	}
	th_check(found);
}

#define BOTH(name, needs)                                                                          \
	{ "test_" #name, name, NULL, NULL, needs },                                                \
	{                                                                                          \
		"test_" #name "-memcache", name, NULL, CACHE, needs                                \
	}

const struct th_case th_kfence_cases[] = {
	BOTH(out_of_bounds_read, 0),
	BOTH(out_of_bounds_write, 0),
	BOTH(use_after_free_read, 0),
	BOTH(use_after_free_read_nofault, TH_NEEDS_NOFAULT),
	BOTH(double_free, 0),
	BOTH(invalid_addr_free, 0),
	BOTH(corruption, 0),
	BOTH(free_bulk, 0),
	BOTH(init_on_free, 0),
	{ "test_kmalloc_aligned_oob_read", kmalloc_aligned_oob_read, NULL, NULL, 0 },
	{ "test_kmalloc_aligned_oob_write", kmalloc_aligned_oob_write, NULL, NULL, 0 },
	{ "test_shrink_memcache", shrink_memcache, NULL, CACHE, 0 },
	{ "test_memcache_ctor", memcache_ctor, NULL, CACHE, 0 },
	{ "test_invalid_access", invalid_access, NULL, NULL, 0 },
	{ "test_gfpzero", gfpzero, NULL, NULL, 0 },
	{ "test_memcache_typesafe_by_rcu", memcache_typesafe_by_rcu, NULL, CACHE, 0 },
	{ "test_krealloc", krealloc, NULL, NULL, 0 },
	{ "test_memcache_alloc_bulk", memcache_alloc_bulk, bulk_config, CACHE, 0 },
	{ NULL, NULL, NULL, NULL, 0 },
};
