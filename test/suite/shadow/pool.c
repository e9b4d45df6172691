/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* KASAN's cases about pools, by its names. */
#include "tables.h"

#define GRANULE 8
#define ELEMENTS 4

static void oob_right(enum sh_pool_kind kind, picket_uptr bytes)
{
	struct sh_mempool *pool = sh_mempool_create(kind, ELEMENTS, bytes);
	char *element = sh_mempool_alloc(pool);

	sh_hide(element);
	sh_silent(sh_write(element + bytes - 1, 'x'));
	sh_expect(OUT_OF_BOUNDS, UNKNOWN, WRITE, 1, sh_write(element + bytes, 'x'));
	sh_expect(OUT_OF_BOUNDS, UNKNOWN, READ, 1, sh_read(element + sh_round_up(bytes, GRANULE)));
	sh_mempool_free(pool, element);
	sh_mempool_destroy(pool);
}

static void uaf(enum sh_pool_kind kind, picket_uptr bytes)
{
	struct sh_mempool *pool = sh_mempool_create(kind, ELEMENTS, bytes);
	char *element = sh_mempool_alloc(pool);

	sh_hide(element);
	sh_mempool_free(pool, element);
	sh_expect(USE_AFTER_FREE, UNKNOWN, READ, 1, sh_read(element));
	sh_mempool_destroy(pool);
}

static void double_free(enum sh_pool_kind kind, picket_uptr bytes)
{
	struct sh_mempool *pool = sh_mempool_create(kind, ELEMENTS, bytes);
	char *element = sh_mempool_alloc(pool);

	sh_hide(element);
	sh_mempool_free(pool, element);
	sh_expect(NONE, UNKNOWN, UNKNOWN, 0, sh_mempool_free(pool, element));
	sh_mempool_destroy(pool);
}

static void invalid_free(enum sh_pool_kind kind, picket_uptr bytes)
{
	struct sh_mempool *pool = sh_mempool_create(kind, ELEMENTS, bytes);
	char *element = sh_mempool_alloc(pool);

	sh_hide(element);
	sh_expect(INVALID_FREE, UNKNOWN, UNKNOWN, 0, sh_mempool_free(pool, element + 1));
	sh_mempool_free(pool, element);
	sh_mempool_destroy(pool);
}

static picket_uptr large(void)
{
	return sh_slab_max() + 1;
}

static void mempool_kmalloc_oob_right(void)
{
	oob_right(SH_POOL_KMALLOC, 128 - GRANULE - 5);
}

static void mempool_kmalloc_large_oob_right(void)
{
	oob_right(SH_POOL_KMALLOC, large());
}

static void mempool_slab_oob_right(void)
{
	oob_right(SH_POOL_SLAB, 123);
}

static void mempool_kmalloc_uaf(void)
{
	uaf(SH_POOL_KMALLOC, 128);
}

static void mempool_kmalloc_large_uaf(void)
{
	uaf(SH_POOL_KMALLOC, large());
}

static void mempool_slab_uaf(void)
{
	uaf(SH_POOL_SLAB, 123);
}

static void mempool_page_alloc_uaf(void)
{
	uaf(SH_POOL_PAGES, 4 * sh_page_bytes());
}

static void mempool_kmalloc_double_free(void)
{
	double_free(SH_POOL_KMALLOC, 128);
}

static void mempool_kmalloc_large_double_free(void)
{
	double_free(SH_POOL_KMALLOC, large());
}

static void mempool_page_alloc_double_free(void)
{
	double_free(SH_POOL_PAGES, 4 * sh_page_bytes());
}

static void mempool_kmalloc_invalid_free(void)
{
	invalid_free(SH_POOL_KMALLOC, 128);
}

static void mempool_kmalloc_large_invalid_free(void)
{
	invalid_free(SH_POOL_KMALLOC, large());
}

const struct sh_case sh_pool_cases[] = {
	SH_CASE(mempool_kmalloc_oob_right, SH_NEEDS_MEMPOOL),
	SH_CASE(mempool_kmalloc_large_oob_right, SH_NEEDS_MEMPOOL),
	SH_CASE(mempool_slab_oob_right, SH_NEEDS_MEMPOOL),
	SH_CASE(mempool_kmalloc_uaf, SH_NEEDS_MEMPOOL),
	SH_CASE(mempool_kmalloc_large_uaf, SH_NEEDS_MEMPOOL),
	SH_CASE(mempool_slab_uaf, SH_NEEDS_MEMPOOL),
	SH_CASE(mempool_page_alloc_uaf, SH_NEEDS_MEMPOOL | SH_NEEDS_PAGES),
	SH_CASE(mempool_kmalloc_double_free, SH_NEEDS_MEMPOOL),
	SH_CASE(mempool_kmalloc_large_double_free, SH_NEEDS_MEMPOOL),
	SH_CASE(mempool_page_alloc_double_free, SH_NEEDS_MEMPOOL | SH_NEEDS_PAGES),
	SH_CASE(mempool_kmalloc_invalid_free, SH_NEEDS_MEMPOOL),
	SH_CASE(mempool_kmalloc_large_invalid_free, SH_NEEDS_MEMPOOL),
	SH_CASES_END,
};
