/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The suite's heap, caches and pools: the kernel's, as any driver calls them. */
#include "conformance.h"

#include <linux/io.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/slab.h>

#define SLAB_BYTES_MAX 8144 /* 8192, without what the detector needs beside an object */

void *sh_kmalloc(picket_uptr bytes)
{
	return kmalloc(bytes, GFP_KERNEL);
}

void *sh_kzalloc(picket_uptr bytes)
{
	return kzalloc(bytes, GFP_KERNEL);
}

void *sh_kmalloc_node(picket_uptr bytes)
{
	return kmalloc_node(bytes, GFP_KERNEL, 0);
}

void *sh_kmalloc_track_caller(picket_uptr bytes)
{
	return kmalloc_track_caller(bytes, GFP_KERNEL);
}

void *sh_krealloc(void *object, picket_uptr bytes)
{
	return krealloc(object, bytes, GFP_KERNEL);
}

void sh_kfree(const void *object)
{
	kfree(object);
}

void sh_kfree_sensitive(const void *object)
{
	kfree_sensitive(object);
}

picket_uptr sh_ksize(const void *object)
{
	return ksize(object);
}

picket_uptr sh_slab_max(void)
{
	return SLAB_BYTES_MAX;
}

void *sh_via_page(void *object)
{
	return page_address(virt_to_page(object)) + offset_in_page(object);
}

void *sh_via_phys(void *object)
{
	return phys_to_virt(virt_to_phys(object));
}

/*
 * Caches.
 */

struct sh_cache *sh_cache_create(const char *name, picket_uptr bytes, picket_u32 flags,
				 void (*constructor)(void *))
{
	slab_flags_t slab_flags = 0;

	if (flags & SH_CACHE_BY_RCU)
		slab_flags |= SLAB_TYPESAFE_BY_RCU;
	if (flags & SH_CACHE_ACCOUNTED)
		slab_flags |= SLAB_ACCOUNT;
	return (struct sh_cache *)kmem_cache_create(name, bytes, 0, slab_flags, constructor);
}

static struct kmem_cache *kernel_cache(struct sh_cache *cache)
{
	return (struct kmem_cache *)cache;
}

void sh_cache_destroy(struct sh_cache *cache)
{
	kmem_cache_destroy(kernel_cache(cache));
}

void *sh_cache_alloc(struct sh_cache *cache)
{
	return kmem_cache_alloc(kernel_cache(cache), GFP_KERNEL);
}

void sh_cache_free(struct sh_cache *cache, void *object)
{
	kmem_cache_free(kernel_cache(cache), object);
}

int sh_cache_alloc_bulk(struct sh_cache *cache, picket_u32 count, void **objects)
{
	return kmem_cache_alloc_bulk(kernel_cache(cache), GFP_KERNEL, count, objects) ? 0 : -ENOMEM;
}

void sh_cache_free_bulk(struct sh_cache *cache, picket_u32 count, void **objects)
{
	kmem_cache_free_bulk(kernel_cache(cache), count, objects);
}

/*
 * Pools.
 */

struct sh_mempool {
	mempool_t *kernel;
	struct kmem_cache *cache; /* NULL: none of its own */
};

static mempool_t *create(struct sh_mempool *pool, enum sh_pool_kind kind, picket_u32 count,
			 picket_uptr bytes)
{
	switch (kind) {
	case SH_POOL_SLAB:
		pool->cache = kmem_cache_create("picket_pool", bytes, 0, 0, NULL);
		return mempool_create_slab_pool(count, pool->cache);
	case SH_POOL_PAGES:
		return mempool_create_page_pool(count, get_order(bytes));
	default:
		return mempool_create_kmalloc_pool(count, bytes);
	}
}

struct sh_mempool *sh_mempool_create(enum sh_pool_kind kind, picket_u32 count, picket_uptr bytes)
{
	struct sh_mempool *pool = kzalloc(sizeof(*pool), GFP_KERNEL);

	if (pool)
		pool->kernel = create(pool, kind, count, bytes);
	return pool;
}

void sh_mempool_destroy(struct sh_mempool *pool)
{
	mempool_destroy(pool->kernel);
	kmem_cache_destroy(pool->cache);
	kfree(pool);
}

/* Of kmalloc() there is never as much as that, so the element is one that the pool has. */
void *sh_mempool_alloc(struct sh_mempool *pool)
{
	void *data = pool->kernel->pool_data;
	void *element;

	if (!pool->cache)
		pool->kernel->pool_data = (void *)(KMALLOC_MAX_SIZE + 1);
	element = mempool_alloc(pool->kernel, GFP_NOWAIT | __GFP_NOWARN);
	pool->kernel->pool_data = data;
	return element;
}

void sh_mempool_free(struct sh_mempool *pool, void *element)
{
	mempool_free(element, pool->kernel);
}
