/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the allocator promises beyond allocating and freeing. */
#include "kfence.h"

#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#define PATIENCE (2 * HZ)
#define TURNS_MAX 2000 /* of a pool of some hundred objects */
#define BULK 100

static noinline void test_shrink_memcache(void)
{
	void *object = object_new(OBJECT_BYTES, GFP_KERNEL, SIDE_ANY);

	if (!object)
		return;
	kmem_cache_shrink(object_cache);
	object_free(object);
}

static void construct(void *object)
{
	memset(object, 'x', 8);
}

static noinline void test_memcache_ctor(void)
{
	u8 *object;

	if (!cache_open(OBJECT_BYTES, 0, construct))
		return;
	object = object_new(OBJECT_BYTES, GFP_KERNEL, SIDE_ANY);
	if (!object)
		return;
	case_check(!memchr_inv(object, 'x', 8));
	object_free(object);
}

/* Every zeroed object is looked at, until it is the one that was dirty. */
static noinline void test_gfpzero(void)
{
	u8 *dirty = object_new(PAGE_SIZE, GFP_KERNEL, SIDE_ANY);
	u8 *object = NULL;
	int turn;

	if (!dirty)
		return;
	memset(dirty, 'x', PAGE_SIZE);
	object_free(dirty);
	for (turn = 0; turn < TURNS_MAX && object != dirty; turn++) {
		object = object_new(PAGE_SIZE, GFP_KERNEL | __GFP_ZERO, SIDE_ANY);
		if (!object || !case_check(!memchr_inv(object, 0, PAGE_SIZE)))
			return;
		object_free(object);
	}
	if (object != dirty)
		case_skip("the page went to another user of the heap");
}

/* Who looks at a freed object under RCU is right to do so until the grace period is over. */
static noinline void test_memcache_typesafe_by_rcu(void)
{
	u8 *object;

	if (!cache_open(OBJECT_BYTES, SLAB_TYPESAFE_BY_RCU, NULL))
		return;
	object = object_try(OBJECT_BYTES, GFP_KERNEL, SIDE_ANY);
	if (!object && !detector_is_native()) {
		case_skip("objects of SLAB_TYPESAFE_BY_RCU caches are not guarded");
		return;
	}
	if (!case_check(object))
		return;
	write_byte(object, 42);
	rcu_read_lock();
	object_free(object);
	case_check(read_byte(object) == 42);
	case_check(reports_none());
	rcu_read_unlock();
	rcu_barrier();
	case_check(read_byte(object) == 42);
	report_expect("use-after-free read", object);
}

/* Return: the object that has taken its place, with the same content. */
static u8 *resize(u8 *object, size_t from, size_t to)
{
	size_t i;

	for (i = 0; i < from; i++)
		write_byte(object + i, 'a' + i % 26);
	object = krealloc(object, to, GFP_KERNEL);
	if (!case_check(object))
		return NULL;
	for (i = 0; i < from && i < to; i++)
		case_check(read_byte(object + i) == 'a' + i % 26);
	return object;
}

static noinline void test_krealloc(void)
{
	u8 *first = object_new(OBJECT_BYTES, GFP_KERNEL, SIDE_ANY);
	u8 *object = first;

	if (!object)
		return;
	case_check(ksize(object) == OBJECT_BYTES);
	object = resize(object, OBJECT_BYTES, 3 * OBJECT_BYTES);
	if (object)
		object = resize(object, 3 * OBJECT_BYTES, 2 * OBJECT_BYTES);
	if (!object)
		return;
	case_check(object != first);
	case_check(ZERO_OR_NULL_PTR(krealloc(object, 0, GFP_KERNEL)));
	read_byte(first);
	report_expect("use-after-free read", first);
}

/* Return: is one of the bulk guarded? */
static bool bulk_is_sampled(void)
{
	void *objects[BULK];
	bool found = false;
	size_t i;

	if (!case_check(kmem_cache_alloc_bulk(object_cache, GFP_KERNEL, BULK, objects) == BULK))
		return true;
	for (i = 0; i < BULK; i++)
		found |= is_guarded(objects[i]);
	kmem_cache_free_bulk(object_cache, BULK, objects);
	return found;
}

static noinline void test_memcache_alloc_bulk(void)
{
	unsigned long end = jiffies + PATIENCE;

	while (time_before(jiffies, end)) {
		if (bulk_is_sampled())
			return;
		cond_resched();
	}
	if (detector_is_native())
		case_check(!"no object of a bulk was guarded");
	else
		case_skip("objects that are allocated in bulk are not guarded");
}

const struct kfence_case kfence_cache_cases[] = { CASE_OF_CACHE(test_shrink_memcache),
						  CASE(test_memcache_ctor),
						  CASE(test_gfpzero),
						  CASE(test_memcache_typesafe_by_rcu),
						  CASE(test_krealloc),
						  CASE_OF_CACHE(test_memcache_alloc_bulk),
						  {} };
