/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "bugs.h"

#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>

#define PATIENCE (20 * HZ)

static unsigned long value_of(const char *symbol)
{
	const unsigned long *address = __symbol_get(symbol);
	unsigned long value = address ? *address : 0;

	if (address)
		__symbol_put(symbol);
	return value;
}

/* Asked of the detector that is there: ours, or the kernel's own. */
bool is_guarded(const void *object)
{
	static unsigned long start, bytes;

	if (!start) {
		start = value_of("picket_pool_start");
		bytes = value_of("picket_pool_bytes");
	}
	if (!start) {
		start = value_of("__kfence_pool");
		bytes = 2 * 1024 * 1024;
	}
	return start && (unsigned long)object - start < bytes;
}

static bool fits(const void *object, enum side side)
{
	return is_guarded(object) && (offset_in_page(object) == 0) == (side == LEFT);
}

noinline void bug_free(void *object)
{
	kfree(object);
}

noinline void bug_free_to(struct kmem_cache *cache, void *object)
{
	kmem_cache_free(cache, object);
}

/* A caller that asks for a side must not ask for a size that fills a page. */
noinline void *bug_alloc(size_t size, enum side side)
{
	unsigned long end = jiffies + PATIENCE;

	while (time_before(jiffies, end)) {
		void *object = kmalloc(size, GFP_KERNEL);

		if (fits(object, side))
			return object;
		kfree(object);
		cond_resched();
	}
	return NULL;
}

noinline void *bug_alloc_from(struct kmem_cache *cache, size_t size, enum side side)
{
	unsigned long end = jiffies + PATIENCE;

	while (time_before(jiffies, end)) {
		void *object = kmem_cache_alloc(cache, GFP_KERNEL);

		if (fits(object, side))
			return object;
		kmem_cache_free(cache, object);
		cond_resched();
	}
	return NULL;
}

static void construct(void *object)
{
	*(u8 *)object = 'x';
}

/* A constructor keeps it from being merged with another cache. */
struct kmem_cache *bug_cache(size_t size)
{
	return kmem_cache_create("picket-bugs", size, 1, 0, construct);
}
