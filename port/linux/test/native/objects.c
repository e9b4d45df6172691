/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "native.h"

#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#ifdef CONFIG_KFENCE
#include <linux/kfence.h>
#endif

#define PATIENCE (60 * HZ)

static unsigned long value_of(const char *symbol)
{
	const unsigned long *address = __symbol_get(symbol);
	unsigned long value = address ? *address : 0;

	if (address)
		__symbol_put(symbol);
	return value;
}

static char *kernels_pool(void)
{
#ifdef CONFIG_KFENCE
	return __kfence_pool;
#else
	return NULL;
#endif
}

static unsigned long kernels_bytes(void)
{
#ifdef CONFIG_KFENCE
	return KFENCE_POOL_SIZE;
#else
	return 0;
#endif
}

/* Picket first: where it is loaded, the kernel's own is off. */
char *guarded_pool(void)
{
	return (char *)value_of("picket_pool_start") ?: kernels_pool();
}

static bool fits(const void *object, enum side side)
{
	static unsigned long start, bytes;

	if (!start) {
		start = (unsigned long)guarded_pool();
		bytes = value_of("picket_pool_bytes") ?: kernels_bytes();
	}
	return start && (unsigned long)object - start < bytes &&
	       (offset_in_page(object) == 0) == (side == LEFT);
}

noinline void *guarded(size_t size, enum side side)
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

noinline void *guarded_of(struct kmem_cache *cache, enum side side)
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
