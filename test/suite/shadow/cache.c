/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* KASAN's cases about caches, by its names. */
#include "tables.h"

static void kmem_cache_oob(void)
{
	struct sh_cache *cache = sh_cache_create("test_cache", 200, 0, 0);
	char *object = sh_cache_alloc(cache);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, READ, 1, sh_read(object + 200));
	sh_cache_free(cache, object);
	sh_cache_destroy(cache);
}

static void kmem_cache_double_free(void)
{
	struct sh_cache *cache = sh_cache_create("test_cache", 200, 0, 0);
	char *object = sh_cache_alloc(cache);

	sh_hide(object);
	sh_cache_free(cache, object);
	sh_expect(DOUBLE_FREE, HEAP, UNKNOWN, 0, sh_cache_free(cache, object));
	sh_check(sh_last()->found == PICKET_FOUND_FREE);
	sh_cache_destroy(cache);
}

static void kmem_cache_invalid_free(void)
{
	struct sh_cache *cache = sh_cache_create("test_cache", 200, SH_CACHE_BY_RCU, 0);
	char *object = sh_cache_alloc(cache);

	sh_hide(object);
	sh_expect(INVALID_FREE, HEAP, UNKNOWN, 0, sh_cache_free(cache, object + 1));
	sh_check(sh_last()->found == PICKET_FOUND_FREE);
	sh_cache_free(cache, object);
	sh_cache_destroy(cache);
}

static void kmem_cache_rcu_reuse(void)
{
	struct sh_cache *cache = sh_cache_create("test_cache", 200, SH_CACHE_BY_RCU, 0);
	char *object = sh_cache_alloc(cache);
	char *next;

	sh_cache_free(cache, object);
	sh_hide(object);
	sh_silent(sh_read(object));
	next = sh_cache_alloc(cache);
	sh_check(next == object);
	sh_cache_free(cache, next);
	sh_cache_destroy(cache);
}

static void construct(void *object)
{
	memset(object, 0x5a, 200);
}

static void kmem_cache_double_destroy(void)
{
	struct sh_cache *cache = sh_cache_create("test_cache", 200, 0, construct);

	sh_hide(cache);
	sh_cache_destroy(cache);
	sh_expect(USE_AFTER_FREE, UNKNOWN, UNKNOWN, 0, sh_cache_destroy(cache));
}

static void kmem_cache_accounted(void)
{
	struct sh_cache *cache = sh_cache_create("test_cache", 200, SH_CACHE_ACCOUNTED, 0);

	for (int i = 0; i < 5; i++) {
		char *object = sh_cache_alloc(cache);

		if (sh_check(object != 0))
			sh_cache_free(cache, object);
	}
	sh_cache_destroy(cache);
}

static void kmem_cache_bulk(void)
{
	struct sh_cache *cache = sh_cache_create("test_cache", 200, 0, 0);
	void *objects[10];
	int error = sh_cache_alloc_bulk(cache, 10, objects);

	if (sh_check(!error)) {
		for (int i = 0; i < 10; i++) {
			char *object = objects[i];

			sh_write(object, 1);
			sh_write(object + 199, 1);
		}
		sh_cache_free_bulk(cache, 10, objects);
	}
	sh_cache_destroy(cache);
}

/* Ours from here. */

static void cache_constructor(void)
{
	struct sh_cache *cache = sh_cache_create("test_cache", 200, 0, construct);
	unsigned char *object = sh_cache_alloc(cache);

	sh_hide(object);
	sh_silent(sh_check(object[0] == 0x5a && object[199] == 0x5a));
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 1, sh_write(object + 200, 0));
	sh_cache_free(cache, object);
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object));
	sh_cache_destroy(cache);
}

static void cache_by_rcu_oob(void)
{
	struct sh_cache *cache = sh_cache_create("test_cache", 200, SH_CACHE_BY_RCU, 0);
	char *object = sh_cache_alloc(cache);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, READ, 1, sh_read(object + 200));
	sh_cache_free(cache, object);
	sh_cache_destroy(cache);
}

static void cache_name(void)
{
	struct sh_cache *cache = sh_cache_create("test_cache", 56, 0, 0);
	char *object = sh_cache_alloc(cache);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 1, sh_write(object + 56, 0));
	sh_check(sh_names(sh_last()->object.allocator, "test_cache"));
	sh_cache_free(cache, object);
	sh_cache_destroy(cache);
}

/* The memory of a cache that has gone is anybody's. */
static void cache_destroyed_leaves_nothing(void)
{
	for (int round = 0; round < 20; round++) {
		struct sh_cache *cache =
			sh_cache_create("test_cache", 24 + 40 * (picket_uptr)round, 0, 0);
		char *objects[8];

		for (int i = 0; i < 8; i++) {
			objects[i] = sh_cache_alloc(cache);
			sh_silent(memset(objects[i], round, sh_opaque(24 + 40 * round)));
		}
		for (int i = 0; i < 8; i++)
			sh_cache_free(cache, objects[i]);
		sh_silent(sh_cache_destroy(cache));
	}
}

/* Freed objects of others stay with the detector, and come back at last. */
static void cache_destroyed_keeps_the_rest(void)
{
	for (int round = 0; round < 12; round++) {
		struct sh_cache *cache = sh_cache_create("test_cache", 200, 0, 0);
		char *object;

		for (int i = 0; i < 150; i++) {
			object = sh_kmalloc(4000);
			if (!sh_check(object != 0))
				return;
			sh_kfree(object);
		}
		sh_cache_free(cache, sh_cache_alloc(cache));
		object = sh_kmalloc(4000);
		sh_kfree(object);
		sh_cache_destroy(cache);
		sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object));
		for (int i = 0; i < 10; i++) {
			char *next = sh_kmalloc(4000);

			sh_check(next != object);
			sh_kfree(next);
		}
	}
}

const struct sh_case sh_cache_cases[] = {
	SH_CASE(kmem_cache_oob, 0),
	SH_CASE(kmem_cache_double_free, 0),
	SH_CASE(kmem_cache_invalid_free, 0),
	{ "kmem_cache_rcu_uaf", 0, SH_NEEDS_RCU_DEBUG },
	SH_CASE(kmem_cache_rcu_reuse, 0),
	SH_CASE(kmem_cache_double_destroy, SH_NEEDS_CACHE_CHECK),
	SH_CASE(kmem_cache_accounted, 0),
	SH_CASE(kmem_cache_bulk, 0),
	SH_CASE(cache_constructor, 0),
	SH_CASE(cache_by_rcu_oob, 0),
	SH_CASE(cache_name, 0),
	SH_CASE(cache_destroyed_leaves_nothing, 0),
	SH_CASE(cache_destroyed_keeps_the_rest, 0),
	SH_CASES_END,
};
