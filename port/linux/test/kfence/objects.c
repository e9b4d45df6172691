/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Objects that the detector of the running kernel has taken, or has not. */
#include "kfence.h"

#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#ifdef CONFIG_KFENCE
#include <linux/kfence.h>
#endif

#define PATIENCE (10 * HZ)
#define SHORT_PATIENCE (2 * HZ)

struct kmem_cache *object_cache;

static struct {
	const char *name;
	unsigned long start;
	unsigned long bytes;
} detector;

static unsigned long value_of(const char *symbol)
{
	const unsigned long *address = __symbol_get(symbol);
	unsigned long value = address ? *address : 0;

	if (address)
		__symbol_put(symbol);
	return value;
}

const char *detector_find(void)
{
	detector.start = value_of("picket_pool_start");
	detector.bytes = value_of("picket_pool_bytes");
	if (detector.start)
		return detector.name = "picket";
#ifdef CONFIG_KFENCE
	detector.start = (unsigned long)__kfence_pool;
	detector.bytes = KFENCE_POOL_SIZE;
	if (detector.start)
		return detector.name = "kfence";
#endif
	return NULL;
}

bool detector_is_native(void)
{
	return !strcmp(detector.name, "kfence");
}

const u8 *detector_pool(void)
{
	return (const u8 *)detector.start;
}

bool is_guarded(const void *object)
{
	return (unsigned long)object - detector.start < detector.bytes;
}

bool cache_open(size_t size, slab_flags_t flags, void (*construct)(void *))
{
#ifdef SLAB_NO_MERGE
	flags |= SLAB_NO_MERGE;
#endif
	object_cache = kmem_cache_create("picket-kfence", size, 1, flags | SLAB_ACCOUNT, construct);
	return case_check(object_cache);
}

bool cache_open_if_wanted(size_t size, void (*construct)(void *))
{
	return !from_cache() || cache_open(size, 0, construct);
}

void cache_close(void)
{
	kmem_cache_destroy(object_cache);
	object_cache = NULL;
}

static bool fits(const void *object, enum side side)
{
	if (!is_guarded(object))
		return side == SIDE_NONE;
	switch (side) {
	case SIDE_ANY:
		return true;
	case SIDE_LEFT:
		return offset_in_page(object) == 0;
	case SIDE_RIGHT:
		return offset_in_page(object) != 0;
	default:
		return false;
	}
}

static noinline void *wait_for_object(size_t size, gfp_t flags, enum side side,
				      unsigned long patience)
{
	unsigned long end = jiffies + patience;

	while (time_before(jiffies, end)) {
		void *object =
			object_cache ? kmem_cache_alloc(object_cache, flags) : kmalloc(size, flags);

		if (!object || fits(object, side))
			return object;
		object_free(object);
		cond_resched();
	}
	return NULL;
}

void *object_try(size_t size, gfp_t flags, enum side side)
{
	return wait_for_object(size, flags, side, SHORT_PATIENCE);
}

void *object_new(size_t size, gfp_t flags, enum side side)
{
	void *object = wait_for_object(size, flags, side, PATIENCE);

	case_check(object);
	return object;
}
