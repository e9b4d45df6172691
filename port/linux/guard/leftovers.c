/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Objects that are alive when we go. Their pages stay, each with the guard behind it, looking like
 * slabs that another CPU has in use: the allocator takes a free of such an object, and never looks
 * at its page again. That costs two pages an object, for good.
 *
 * The allocator computes things from a cache's object size that are wrong for an object at the
 * right end of a page. kmalloc()ed ones ask for nothing else of their cache, so they get a copy of
 * it that says: one object, of this size, and user copies up to its end. Others never lie where
 * that would matter (see side_of() in alloc.c).
 *
 * That end counts from the page, as the allocator will count. Our own hook, which still stands,
 * counts from the object, so for its last moments it lets too much pass, and nothing healthy fails.
 */
#include "leftovers.h"

#include "module.h"
#include "slab.h"

/* Flags under which the allocator neither wipes a freed object nor rounds its size up. */
#define COPY_FLAGS SLAB_TYPESAFE_BY_RCU

static struct kmem_cache *copy_cache(struct kmem_cache *cache)
{
	struct kmem_cache *of_caches = picket_slab_owner(virt_to_head_page(cache));

	return kmemdup(cache, picket_cache_object_size(of_caches), GFP_KERNEL);
}

static struct kmem_cache *cache_for(struct kmem_cache *cache, unsigned long offset,
				    unsigned int size)
{
	struct kmem_cache *copy = copy_cache(cache);

	if (!copy)
		return cache;
	PICKET_CACHE_MEMBER(unsigned int, copy, flags) |= (__force unsigned int)COPY_FLAGS;
	PICKET_CACHE_MEMBER(unsigned int, copy, size) = 2 * PAGE_SIZE;
	PICKET_CACHE_MEMBER(unsigned int, copy, object_size) = size;
	PICKET_CACHE_MEMBER(unsigned int, copy, inuse) = size;
	PICKET_CACHE_MEMBER(unsigned int, copy, useroffset) = 0;
	PICKET_CACHE_MEMBER(unsigned int, copy, usersize) = offset + size;
	return copy;
}

static void prepare(const struct picket_slot_view *view)
{
	struct page *page = picket_pages_at(view->address);
	unsigned long offset = offset_in_page(view->address);

	if (offset && view->family == PICKET_FAMILY_MALLOC)
		picket_slab_adopt(page,
				  cache_for(picket_slab_owner(page), offset, view->size_bytes));
	picket_pages_keep(view->address);
	picket_pages_keep(view->address + PAGE_SIZE);
}

void picket_leftovers_prepare(void)
{
	struct picket_guard *guard = picket_linux.guard;
	struct picket_slot_view view;
	u32 live = 0;
	u32 i;

	picket_pages_show_all();
	for (i = 0; i < picket_guard_slots(guard); i++) {
		if (!picket_guard_slot(guard, i, &view) || !view.live)
			continue;
		prepare(&view);
		live++;
	}
	if (live)
		pr_info("%u guarded objects are still in use; their pages (%lu KiB) stay\n", live,
			live * 2 * PAGE_SIZE / 1024);
}
