/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Frees, and questions about the size, of addresses in the pool. */
#include "handlers.h"
#include "report.h"
#include "slab.h"

#include <linux/delay.h>
#include <linux/rcupdate.h>

#define SETTLE_MS 10

static const struct picket_result handled = { 0, 1 };

u64 picket_zombies;

/*
 * On its way to us the allocator has linked the object into a list: it wrote a pointer into the
 * object, or beside it if the object is shorter than its cache's. That is no overrun.
 */
static void pardon_link(unsigned long object)
{
	struct kmem_cache *cache = picket_slab_owner(picket_pages_at(object));
	unsigned long link = object + picket_cache_freelist_offset(cache);

	if (link / PAGE_SIZE == object / PAGE_SIZE)
		picket_guard_pardon(picket_linux.guard, link, link + sizeof(void *));
}

static void release(unsigned long object)
{
	static const struct picket_free_request request = { .found = PICKET_FOUND_FREE };
	struct picket_core_call call;

	picket_call_begin(&call, NULL);
	/* On its way here a second free was let touch the object. */
	if (picket_guard_free(picket_linux.guard, object, &request))
		picket_guard_close(picket_linux.guard, object);
	picket_call_end(&call);
}

/* (cache, slab, first, last, count, ...): a page has one object, so the list has one. */
struct picket_result picket_on_slab_free(struct picket_args *args)
{
	pardon_link(args->dx);
	release(args->dx);
	return handled;
}

/*
 * Where freed memory is wiped we are at the allocator's door, and it does not come to wipe. It
 * leaves alone what has a constructor.
 */
static void wipe_and_release(unsigned long object)
{
	struct kmem_cache *cache = picket_slab_owner(picket_pages_at(object));
	uptr size_bytes;

	if (picket_guard_object(picket_linux.guard, object, &size_bytes) &&
	    !picket_cache_ctor(cache))
		memset((void *)object, 0, size_bytes);
	release(object);
}

/* (object) */
struct picket_result picket_on_kfree(struct picket_args *args)
{
	wipe_and_release(args->di);
	return handled;
}

/* (cache, object) */
struct picket_result picket_on_cache_free(struct picket_args *args)
{
	wipe_and_release(args->si);
	return handled;
}

/* (cache, count, objects): ours are freed here and taken out, the rest is left to the original. */
struct picket_result picket_on_bulk_free(struct picket_args *args)
{
	void **objects = (void **)args->dx;
	size_t left = 0;
	size_t i;

	for (i = 0; i < args->si; i++) {
		if (picket_guard_owns(picket_linux.guard, (unsigned long)objects[i]))
			wipe_and_release((unsigned long)objects[i]);
		else
			objects[left++] = objects[i];
	}
	args->si = left;
	return (struct picket_result){ 0, left == 0 };
}

static unsigned long size_of(unsigned long object)
{
	struct picket_slot_view view;

	return picket_guard_at(picket_linux.guard, object, &view) ? view.size_bytes : 0;
}

/* (object): of a freed one too, since who asks will use it, and be told then. */
struct picket_result picket_on_ksize(struct picket_args *args)
{
	return (struct picket_result){ size_of(args->di), 1 };
}

/*
 * A task that sleeps in here for memory counts as out of all hooks for synchronize_rcu_tasks(), so
 * those who may are counted.
 */
static atomic_t reallocating;

static void *reallocate(void *old, size_t old_size, size_t size, gfp_t flags)
{
	void *new;

	atomic_inc(&reallocating);
	new = kmalloc_track_caller(size, flags);
	atomic_dec(&reallocating);
	if (new) {
		memcpy(new, old, old_size);
		kfree(old);
	}
	return new;
}

void picket_free_settle(void)
{
	while (atomic_read(&reallocating))
		msleep(SETTLE_MS);
	synchronize_rcu_tasks();
}

/* (object, size, flags), in kernels where it asks the cache for the old size. */
struct picket_result picket_on_krealloc(struct picket_args *args)
{
	unsigned long old_size = size_of(args->di);
	void *new;

	/* The original frees, and asks for no size. */
	if (!args->si)
		return (struct picket_result){ 0, 0 };
	if (args->si <= old_size)
		return (struct picket_result){ args->di, 1 };
	new = reallocate((void *)args->di, old_size, args->si, args->dx);
	return (struct picket_result){ (unsigned long)new, 1 };
}

/*
 * A slot is adopted before its object can be found, and no object of this cache is made any more:
 * who still owns the page after the look at the slot owns the object that was seen there.
 */
static void abandon(struct kmem_cache *cache, u32 slot_index)
{
	static const struct picket_free_request request = { .found = PICKET_FOUND_FREE };
	struct picket_guard *guard = picket_linux.guard;
	struct picket_slot_view view;

	if (!picket_guard_slot(guard, slot_index, &view))
		return;
	if (!picket_slab_abandon(picket_pages_at(view.address), cache))
		return;
	if (view.live) {
		picket_guard_free(guard, view.address, &request);
		__atomic_fetch_add(&picket_zombies, 1, __ATOMIC_RELAXED);
	}
	picket_guard_forget_allocator(guard, slot_index);
}

/*
 * (cache): it goes away, and its objects with it. Who uses one later finds it freed, by whoever
 * destroyed the cache.
 */
struct picket_result picket_on_cache_destroy(struct picket_args *args)
{
	struct picket_core_call call;
	u32 i;

	picket_call_begin(&call, NULL);
	for (i = 0; i < picket_guard_slots(picket_linux.guard); i++)
		abandon((struct kmem_cache *)args->di, i);
	picket_call_end(&call);
	return (struct picket_result){ 0, 0 };
}
