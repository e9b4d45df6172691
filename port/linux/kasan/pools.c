/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Memory pools. An element that is given back to a pool with too few of them stays there, and
 * counts as freed; when it comes out again, it is a new object.
 */
#include "heap.h"
#include "redirect.h"

#include <linux/mempool.h>

PICKET_REDIRECT(mempool_alloc_slab);
PICKET_REDIRECT(mempool_free_slab);
PICKET_REDIRECT(mempool_kmalloc);
PICKET_REDIRECT(mempool_kfree);
PICKET_REDIRECT_ALLOC(mempool_alloc);
PICKET_REDIRECT(mempool_free);

/* What was in the pool counts as freed already, and is only to be handed on. */
static void release(void *element)
{
	if (picket_object_is_freed(element))
		kfree(element);
	else
		picket_free(element);
}

void *picket_kasan_mempool_alloc_slab(gfp_t flags, void *data)
{
	return picket_cache_alloc(data, flags);
}

void picket_kasan_mempool_free_slab(void *element, void *data)
{
	release(element);
}

void *picket_kasan_mempool_kmalloc(gfp_t flags, void *data)
{
	return picket_alloc((size_t)data, flags, NUMA_NO_NODE);
}

void picket_kasan_mempool_kfree(void *element, void *data)
{
	release(element);
}

#ifdef PICKET_HAVE_POOL_KVMALLOC
PICKET_REDIRECT(mempool_kvmalloc);
PICKET_REDIRECT(mempool_kvfree);

void *picket_kasan_mempool_kvmalloc(gfp_t flags, void *data)
{
	return picket_kvalloc((size_t)data, flags, NUMA_NO_NODE);
}

void picket_kasan_mempool_kvfree(void *element, void *data)
{
	picket_kvfree(element);
}
#endif

static bool is_of_slab(const mempool_t *pool)
{
	return pool->alloc == picket_kasan_mempool_alloc_slab;
}

static bool is_of_kmalloc(const mempool_t *pool)
{
	return pool->alloc == picket_kasan_mempool_kmalloc;
}

static void *revive(mempool_t *pool, void *element)
{
	struct picket_shadow_slot slot;
	const struct picket_cache *cache;

	if (!element || !(is_of_slab(pool) || is_of_kmalloc(pool)) ||
	    !picket_object_is_freed(element) || !picket_slot_find((uptr)element, &slot))
		return element;
	if (is_of_kmalloc(pool)) {
		picket_shadow_alloc(&slot, (size_t)pool->pool_data);
	} else {
		cache = picket_cache_find(pool->pool_data);
		picket_shadow_alloc(&slot, cache->object_bytes);
	}
	return element;
}

void *PICKET_ALLOC(mempool_alloc)(mempool_t *pool, gfp_t flags)
{
	return revive(pool, mempool_alloc(pool, flags));
}

#ifdef PICKET_HAVE_POOL_PREALLOCATED
PICKET_REDIRECT(mempool_alloc_preallocated);

void *picket_kasan_mempool_alloc_preallocated(mempool_t *pool)
{
	return revive(pool, mempool_alloc_preallocated(pool));
}
#endif

/* Return: false if it is a bug, and was reported. */
static bool may_go_back(void *element)
{
	struct picket_shadow_slot slot;

	if (!picket_slot_find((uptr)element, &slot))
		return true;
	if (slot.start == (uptr)element && !picket_object_is_freed(element))
		return true;
	return picket_shadow_free((uptr)element) != PICKET_FREE_DROPPED;
}

/* What the pool does not keep it frees. If it changes its mind, a bug may be missed. */
static bool keeps(const mempool_t *pool)
{
	return READ_ONCE(pool->curr_nr) < READ_ONCE(pool->min_nr);
}

void picket_kasan_mempool_free(void *element, mempool_t *pool)
{
	if (element && (is_of_slab(pool) || is_of_kmalloc(pool))) {
		if (!may_go_back(element))
			return;
		if (keeps(pool))
			picket_shadow_freed((uptr)element);
	}
	mempool_free(element, pool);
}
