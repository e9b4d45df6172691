/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the kernel by itself does to memory of drivers, as its events tell, with preemption off.
 * They come for every allocation and free of the kernel: the first test must let almost all pass.
 *
 * Where the event of kmem_cache_free() comes after the free, the object may be somebody else's by
 * then, so there it is not listened to.
 */
#include "heap.h"
#include "shadow.h"
#include "../compat/extent.h"
#include "../compat/head.h"
#include "../compat/mark.h"

static bool is_own(unsigned long call_site)
{
	return call_site - picket_module_base(THIS_MODULE) < picket_module_text_bytes(THIS_MODULE);
}

static struct picket_cache *cache_of(struct page *head)
{
	return picket_head_is_slab(head) ? picket_cache_of(head) : NULL;
}

static void freed(unsigned long call_site, const void *object)
{
	if (is_own(call_site) || ZERO_OR_NULL_PTR(object))
		return;
	if (picket_is_marked(virt_to_head_page(object)))
		picket_shadow_freed((uptr)object);
}

static void on_kfree(void *data, unsigned long call_site, const void *object)
{
	freed(call_site, object);
}

#ifdef PICKET_HAVE_CACHE_FREE_EVENT
static void on_cache_free(void *data, unsigned long call_site, const void *object,
			  const struct kmem_cache *cache)
{
	freed(call_site, object);
}
#endif

static void allocated(unsigned long call_site, const void *object)
{
	const struct picket_cache *cache;

	if (is_own(call_site) || ZERO_OR_NULL_PTR(object))
		return;
	cache = cache_of(picket_head_of((uptr)object));
	if (cache)
		picket_cache_disown(cache, object);
}

#ifdef PICKET_HAVE_ALLOC_NODE_EVENT
static void on_cache_alloc(void *data, unsigned long call_site, const void *object,
			   size_t bytes_asked, size_t bytes, gfp_t flags)
{
	allocated(call_site, object);
}

static void on_cache_alloc_node(void *data, unsigned long call_site, const void *object,
				size_t bytes_asked, size_t bytes, gfp_t flags, int node)
{
	allocated(call_site, object);
}
#else
static void on_cache_alloc(void *data, unsigned long call_site, const void *object,
			   struct kmem_cache *cache, gfp_t flags, int node)
{
	allocated(call_site, object);
}
#endif

/* Others use that mark for pages of other kinds; to open those is no harm. */
static void on_page_free(void *data, struct page *page, unsigned int order)
{
	if (picket_is_marked(page))
		picket_shadow_open((uptr)page_address(page), PAGE_SIZE << order);
	if (picket_area_filter[page_to_pfn(page) % PICKET_AREA_FILTER])
		picket_area_page_freed(page_to_pfn(page));
}

const struct picket_heap_probe picket_heap_probes[] = {
	{ "kfree", on_kfree },
#ifdef PICKET_HAVE_CACHE_FREE_EVENT
	{ "kmem_cache_free", on_cache_free },
#endif
	{ "kmem_cache_alloc", on_cache_alloc },
#ifdef PICKET_HAVE_ALLOC_NODE_EVENT
	{ "kmem_cache_alloc_node", on_cache_alloc_node },
#endif
	{ "mm_page_free", on_page_free },
	{},
};
