/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Frees, and questions about the size, of addresses in the pool. */
#include "handlers.h"
#include "slab.h"
#include "../../../core/guard/pool.h"

static const struct picket_result handled = { 0, 1 };

/*
 * On its way to us the allocator has linked the object into a list: it wrote a pointer into the
 * object, or beside it if the object is shorter than its cache's. That is no overrun.
 */
static void mend_canary(struct picket_guard *guard, unsigned long object, u32 slot_index)
{
	struct kmem_cache *cache = picket_slab_owner(picket_pages_at(object));
	unsigned long start = object + picket_cache_freelist_offset(cache);
	unsigned long end = start + sizeof(void *);
	struct picket_bounds bounds;
	unsigned long page_end;

	picket_slot_bounds(&guard->slots[slot_index], &bounds);
	if (!picket_state_is_live(bounds.state))
		return;
	page_end = picket_span_end(&guard->geometry, bounds.address, bounds.size_bytes);
	end = min(end, page_end);
	if (start < bounds.address)
		picket_canary_fill(start, min(end, (unsigned long)bounds.address));
	start = max(start, (unsigned long)(bounds.address + bounds.size_bytes));
	if (start < end)
		picket_canary_fill(start, end);
}

static void release(unsigned long object)
{
	static const struct picket_free_request request = { .found = PICKET_FOUND_FREE };
	struct picket_guard *guard = picket_linux.guard;
	u32 slot_index = picket_place_of(&guard->geometry, object).slot;

	if (slot_index != PICKET_NONE)
		mend_canary(guard, object, slot_index);
	picket_guard_free(guard, object, &request);
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
	struct picket_guard *guard = picket_linux.guard;
	u32 slot_index = picket_place_of(&guard->geometry, object).slot;
	struct picket_bounds bounds = { 0 };

	if (slot_index != PICKET_NONE)
		picket_slot_bounds(&guard->slots[slot_index], &bounds);
	return bounds.size_bytes;
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

/*
 * (cache): it goes away, and its objects with it. Who uses one later finds it freed, by whoever
 * destroyed the cache.
 */
struct picket_result picket_on_cache_destroy(struct picket_args *args)
{
	static const struct picket_free_request request = { .found = PICKET_FOUND_FREE };
	struct picket_guard *guard = picket_linux.guard;
	u32 i;

	for (i = 0; i < guard->geometry.slot_count; i++) {
		struct page *page = picket_pages_at(picket_slot_start(&guard->geometry, i));
		struct picket_bounds bounds;

		if ((unsigned long)picket_slab_owner(page) != args->di)
			continue;
		picket_slot_bounds(&guard->slots[i], &bounds);
		if (picket_state_is_live(bounds.state))
			picket_guard_free(guard, bounds.address, &request);
		picket_slab_adopt(page, NULL);
	}
	return (struct picket_result){ 0, 0 };
}
