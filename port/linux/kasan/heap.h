/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The heap of instrumented drivers: they allocate and free here instead of in the kernel.
 *
 * 1. An object starts where the kernel's own allocator has one, so the kernel may free it.
 * 2. What the runtime does not know, it hands to the kernel's function and leaves open.
 * 3. A slab of ours carries a mark (compat/mark.h) from the moment when it was poisoned, which is
 *    before an object on it is announced. So do the pages of a large object. By that mark they are
 *    opened when they go back to the system.
 */
#ifndef PICKET_KASAN_HEAP_H
#define PICKET_KASAN_HEAP_H

#include "../base/base.h"
#include "../../../core/shadow/shadow.h"

#include <linux/gfp.h>
#include <linux/mm_types.h>
#include <linux/slab.h>

/**
 * picket_heap_start() - make the heap ready. After picket_shadow_start().
 *
 * Context: may sleep.
 * Return: 0; -ENOENT, -ENOMEM after saying why.
 */
int picket_heap_start(void);

/**
 * picket_heap_stop() - give everything back. After picket_shadow_stop(), when no probe and no
 * driver is left that could call. May sleep.
 */
void picket_heap_stop(void);

/* What was left to the kernel, unchecked. */
struct picket_heap_stats {
	u64 unchecked_zone;   /* in a zone of its own (DMA) */
	u64 unchecked_memory; /* for want of memory */
};

void picket_heap_stats(struct picket_heap_stats *stats);

/* Events of the kernel that the heap must hear of. */
struct picket_heap_probe {
	const char *event; /* name of the tracepoint */
	void *function;
};

/* Ended by one without a name. A kernel need not have them all. */
extern const struct picket_heap_probe picket_heap_probes[];

/*
 * caches.c: caches of the kernel's allocator with room for what the detector needs.
 */

struct picket_cache {
	struct kmem_cache *kernel; /* NULL: no cache has this place */
	u32 object_bytes;	   /* as its owner asked for */
	u32 slot_bytes;
	u32 stride;    /* from slot to slot */
	u32 offset;    /* of a slot in its stride */
	u32 flags;     /* PICKET_SLOT_ */
	char name[36]; /* all together are 64 bytes */
};

int picket_caches_start(void);
void picket_caches_stop(void);

/** picket_cache_find() - ours, of the kernel's; NULL: it is somebody else's. Any context. */
struct picket_cache *picket_cache_find(const struct kmem_cache *kernel);

/** picket_cache_of() - the cache of ours that a slab belongs to; NULL: none. Any context. */
struct picket_cache *picket_cache_of(struct page *slab);

/** picket_cache_for() - the heap's own for an object of so many bytes; NULL: it is too large. */
struct picket_cache *picket_cache_for(size_t size);

/** picket_cache_announce() - this object was allocated from the cache. Any context. */
void picket_cache_announce(const struct picket_cache *cache, void *object, size_t size);

/** picket_cache_disown() - somebody else allocated it from the cache. Any context. */
void picket_cache_disown(const struct picket_cache *cache, const void *object);

/** picket_slot_find() - as picket_plat_slot(). */
bool picket_slot_find(uptr address, struct picket_shadow_slot *slot);

/*
 * large.c: objects with pages of their own.
 */

/** picket_large_alloc() - NULL: none with room for the detector's data is to be had. */
void *picket_large_alloc(size_t size, gfp_t flags, int node);

/** picket_large_slot() - the slot of an object, if there is one at these pages. */
bool picket_large_slot(struct page *head, struct picket_shadow_slot *slot);

/*
 * heap.c
 */

/** picket_alloc() - kmalloc_node(). */
void *picket_alloc(size_t size, gfp_t flags, int node);

/** picket_free() - kfree(). */
void picket_free(const void *object);

/** picket_kvalloc(), picket_kvfree() - kvmalloc_node(), kvfree(). */
void *picket_kvalloc(size_t size, gfp_t flags, int node);
void picket_kvfree(const void *memory);

/** picket_cache_alloc(), picket_cache_release() - kmem_cache_alloc(), kmem_cache_free(). */
void *picket_cache_alloc(struct kmem_cache *kernel, gfp_t flags);
void picket_cache_release(struct kmem_cache *kernel, void *object);

/** picket_rcu_settle() - wait for what is to be freed after a grace period. May sleep. */
void picket_rcu_settle(void);

/**
 * picket_object_size() - of a live object of the heap, its size as asked for.
 * Return: false: it is somebody else's, or (reported) was freed.
 */
bool picket_object_size(const void *object, size_t *size);

/** picket_object_is_freed() - does the heap know the object, and it was freed? */
bool picket_object_is_freed(const void *object);

/*
 * areas.c: vmalloc.
 */

void picket_areas_stop(void);

/* Are new areas to be checked? May change at any time. */
extern bool picket_areas_checked;

/** picket_areas_limit() - hold so many bytes of freed areas, shadow in proportion. May sleep. */
void picket_areas_limit(uptr bytes);

/** picket_area_alloc() - __vmalloc(), on a node if that is no matter of flags. */
void *picket_area_alloc(unsigned long size, gfp_t flags, int node);

/** picket_area_free() - Return: false if the area is not one of ours. Any context. */
bool picket_area_free(const void *memory);

/** picket_area_size() - Return: false if no area of ours starts there. Any context. */
bool picket_area_size(const void *memory, size_t *size);

/* Of the first pages of our areas, how many there are by the last bits of their number. */
#define PICKET_AREA_FILTER 16384u
extern u8 picket_area_filter[PICKET_AREA_FILTER];

/** picket_area_page_freed() - perhaps an area's first page, by somebody else. Any context. */
void picket_area_page_freed(unsigned long pfn);

#endif
