/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Frees, and questions about the size, of addresses in the pool. */
#include "handlers.h"
#include "slab.h"

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

	pardon_link(object);
	/* On its way here a second free was let touch the object. */
	if (picket_guard_free(picket_linux.guard, object, &request))
		picket_guard_close(picket_linux.guard, object);
}

/* (cache, slab, first, last, count, ...): a page has one object, so the list has one. */
struct picket_result picket_on_slab_free(struct picket_args *args)
{
	release(args->dx);
	return handled;
}

/* (object) */
struct picket_result picket_on_kfree(struct picket_args *args)
{
	release(args->di);
	return handled;
}

/* (cache, object) */
struct picket_result picket_on_cache_free(struct picket_args *args)
{
	release(args->si);
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
			release((unsigned long)objects[i]);
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

/* (object, size, flags), in kernels where it asks the cache for the old size. */
struct picket_result picket_on_krealloc(struct picket_args *args)
{
	void *old = (void *)args->di;
	unsigned long old_size = size_of(args->di);
	void *new;

	/* The original frees, and asks for no size. */
	if (!args->si)
		return (struct picket_result){ 0, 0 };
	if (args->si <= old_size)
		return (struct picket_result){ args->di, 1 };
	new = kmalloc_track_caller(args->si, args->dx);
	if (new) {
		memcpy(new, old, old_size);
		kfree(old);
	}
	return (struct picket_result){ (unsigned long)new, 1 };
}

static void abandon(struct kmem_cache *cache, u32 slot_index)
{
	static const struct picket_free_request request = { .found = PICKET_FOUND_FREE };
	struct picket_guard *guard = picket_linux.guard;
	struct picket_slot_view view;
	struct page *page;

	if (!picket_guard_slot(guard, slot_index, &view))
		return;
	page = picket_pages_at(view.address);
	if (picket_slab_owner(page) != cache)
		return;
	if (view.live) {
		picket_guard_free(guard, view.address, &request);
		__atomic_fetch_add(&picket_zombies, 1, __ATOMIC_RELAXED);
	}
	picket_slab_adopt(page, NULL);
	picket_guard_forget_allocator(guard, slot_index);
}

/*
 * (cache): it goes away, and its objects with it. Who uses one later finds it freed, by whoever
 * destroyed the cache.
 */
struct picket_result picket_on_cache_destroy(struct picket_args *args)
{
	u32 i;

	for (i = 0; i < picket_guard_slots(picket_linux.guard); i++)
		abandon((struct kmem_cache *)args->di, i);
	return (struct picket_result){ 0, 0 };
}
