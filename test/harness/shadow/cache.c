/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Caches and pools of the hosted port. */
#include "host.h"
#include "region.h"
#include <stdlib.h>

#define CACHE_BYTES 0x40000ul
#define UNUSED_MAX 16
#define ELEMENTS_MAX 8

struct sh_cache {
	struct region *region;
	uptr bytes;
	void (*constructor)(void *);
};

struct sh_mempool {
	enum sh_pool_kind kind;
	uptr bytes;
	struct sh_cache *cache;
	u32 wanted;
	u32 count;
	void *elements[ELEMENTS_MAX];
};

static struct region *unused[UNUSED_MAX];
static u32 unused_count;

static struct region *find_region(const char *name, uptr slot_bytes, u32 flags)
{
	struct region *region;

	if (!unused_count)
		return region_create(name, CACHE_BYTES, slot_bytes, flags);
	region = unused[--unused_count];
	region_use(region, name, slot_bytes, flags);
	return region;
}

/* The cache's own memory is an object too, so use of a destroyed one is seen. */
struct sh_cache *sh_cache_create(const char *name, uptr bytes, u32 flags,
				 void (*constructor)(void *))
{
	struct sh_cache *cache = sh_kmalloc(sizeof(*cache));

	cache->region = find_region(name, picket_shadow_slot_bytes(bytes),
				    flags & SH_CACHE_BY_RCU ? PICKET_SLOT_BY_RCU : 0);
	cache->bytes = bytes;
	cache->constructor = constructor;
	if (!cache->region)
		abort();
	return cache;
}

static bool is_in_region(void *context, uptr object)
{
	const struct region *region = context;

	return object - region->start < region->bytes;
}

void sh_cache_destroy(struct sh_cache *cache)
{
	if (!picket_shadow_check((uptr)cache, 1, PICKET_ACCESS_READ,
				 (uptr)__builtin_return_address(0)))
		return;
	picket_shadow_drain(is_in_region, cache->region);
	picket_shadow_open(cache->region->start, cache->region->bytes);
	if (unused_count < UNUSED_MAX)
		unused[unused_count++] = cache->region;
	sh_kfree(cache);
}

void *sh_cache_alloc(struct sh_cache *cache)
{
	void *object = region_alloc(cache->region, cache->bytes);

	if (object && cache->constructor)
		cache->constructor(object);
	return object;
}

void sh_cache_free(struct sh_cache *cache, void *object)
{
	(void)cache;
	sh_kfree(object);
}

int sh_cache_alloc_bulk(struct sh_cache *cache, u32 count, void **objects)
{
	for (u32 i = 0; i < count; i++)
		objects[i] = sh_cache_alloc(cache);
	return 0;
}

void sh_cache_free_bulk(struct sh_cache *cache, u32 count, void **objects)
{
	for (u32 i = 0; i < count; i++)
		sh_cache_free(cache, objects[i]);
}

static u32 order_of(uptr bytes)
{
	u32 order = 0;

	while (HOST_PAGE_BYTES << order < bytes)
		order++;
	return order;
}

static void *element_alloc(struct sh_mempool *pool)
{
	switch (pool->kind) {
	case SH_POOL_SLAB:
		return sh_cache_alloc(pool->cache);
	case SH_POOL_PAGES:
		return sh_pages_alloc(order_of(pool->bytes));
	default:
		return sh_kmalloc(pool->bytes);
	}
}

static void element_free(struct sh_mempool *pool, void *element)
{
	if (pool->kind == SH_POOL_PAGES)
		sh_pages_free(element, order_of(pool->bytes));
	else
		sh_kfree(element);
}

static void fill(struct sh_mempool *pool)
{
	while (pool->count < pool->wanted)
		pool->elements[pool->count++] = element_alloc(pool);
}

struct sh_mempool *sh_mempool_create(enum sh_pool_kind kind, u32 count, uptr bytes)
{
	struct sh_mempool *pool = calloc(1, sizeof(*pool));

	pool->kind = kind;
	pool->bytes = bytes;
	pool->wanted = count;
	if (kind == SH_POOL_SLAB)
		pool->cache = sh_cache_create("test_pool", bytes, 0, NULL);
	fill(pool);
	return pool;
}

void *sh_mempool_alloc(struct sh_mempool *pool)
{
	return pool->elements[--pool->count];
}

/* The allocator keeps what is freed, and a new element takes its place in the reserve. */
void sh_mempool_free(struct sh_mempool *pool, void *element)
{
	element_free(pool, element);
	fill(pool);
}

void sh_mempool_destroy(struct sh_mempool *pool)
{
	while (pool->count)
		element_free(pool, pool->elements[--pool->count]);
	if (pool->cache)
		sh_cache_destroy(pool->cache);
	free(pool);
}
