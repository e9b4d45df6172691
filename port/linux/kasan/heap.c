/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What drivers call for kmalloc(), kfree(), and caches. */
#include "heap.h"
#include "redirect.h"

#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/vmalloc.h>

#define ZONES (__GFP_DMA | __GFP_DMA32)

static struct picket_heap_stats stats;
static atomic_t waiting; /* objects to be freed after a grace period */

int picket_heap_start(void)
{
	return picket_caches_start();
}

void picket_heap_stop(void)
{
	picket_rcu_settle();
	picket_areas_stop();
	picket_caches_stop();
}

void picket_heap_stats(struct picket_heap_stats *out)
{
	out->unchecked_zone = READ_ONCE(stats.unchecked_zone);
	out->unchecked_memory = READ_ONCE(stats.unchecked_memory);
}

static noinline void *allocate_unchecked(size_t size, gfp_t flags, int node, u64 *reason)
{
	void *object = kmalloc_node(size, flags, node);

	if (object)
		picket_add(reason, 1ull);
	return object;
}

void *picket_alloc(size_t size, gfp_t flags, int node)
{
	const struct picket_cache *cache;
	void *object;

	if (unlikely(!size))
		return ZERO_SIZE_PTR;
	if (unlikely(flags & ZONES))
		return allocate_unchecked(size, flags, node, &stats.unchecked_zone);
	cache = picket_cache_for(size);
	if (unlikely(!cache))
		return picket_large_alloc(size, flags, node) ?:
			       allocate_unchecked(size, flags, node, &stats.unchecked_memory);
	object = kmem_cache_alloc_node(cache->kernel, flags & ~(__GFP_RECLAIMABLE | __GFP_ZERO),
				       node);
	if (unlikely(!object))
		return NULL;
	/* The caches leave it to us, who know how little it is. */
	if (want_init_on_alloc(flags))
		memset64(object, 0, DIV_ROUND_UP(size, sizeof(u64)));
	picket_cache_announce(cache, object, size);
	return object;
}

/* A cache that is to be destroyed waits for those who are in here: drain() in caches.c. */
static bool is_to_be_released(const void *object)
{
	enum picket_free what;

	preempt_disable();
	what = picket_shadow_free((uptr)object);
	preempt_enable();
	return what == PICKET_FREE_RELEASE || what == PICKET_FREE_FOREIGN;
}

void picket_free(const void *object)
{
	if (!ZERO_OR_NULL_PTR(object) && is_to_be_released(object))
		kfree(object);
}

bool picket_object_size(const void *object, size_t *size)
{
	uptr bytes;

	if (!picket_shadow_size((uptr)object, &bytes, 0))
		return false;
	*size = bytes;
	return true;
}

/* The kernel has disowned objects too, but those are open. */
bool picket_object_is_freed(const void *object)
{
	struct picket_shadow_slot slot;
	bool freed;

	if (!picket_slot_find((uptr)object, &slot))
		return false;
	picket_shadow_pin();
	freed = !picket_shadow_is_open((uptr)object, 1);
	picket_shadow_unpin();
	return freed;
}

/*
 * The kmalloc family. A cache that the caller names is one of the kernel's own, for that size.
 */

#ifndef PICKET_HAVE_NOPROF
#define DECL_BUCKET_PARAMS(size, buckets) size_t size
PICKET_REDIRECT(__kmalloc);
PICKET_REDIRECT(__kmalloc_node);
PICKET_REDIRECT(__kmalloc_node_track_caller);
#else
PICKET_REDIRECT(__kmalloc_noprof);
PICKET_REDIRECT(__kmalloc_node_noprof);
PICKET_REDIRECT(__kmalloc_node_track_caller_noprof);
#endif

void *PICKET_ALLOC(__kmalloc)(size_t size, gfp_t flags)
{
	return picket_alloc(size, flags, NUMA_NO_NODE);
}

void *PICKET_ALLOC(__kmalloc_node)(DECL_BUCKET_PARAMS(size, buckets), gfp_t flags, int node)
{
	return picket_alloc(size, flags, node);
}

void *PICKET_ALLOC(__kmalloc_node_track_caller)(DECL_BUCKET_PARAMS(size, buckets), gfp_t flags,
						int node, unsigned long caller)
{
	return picket_alloc(size, flags, node);
}

#ifdef PICKET_HAVE_KMALLOC_TRACK_CALLER
PICKET_REDIRECT(__kmalloc_track_caller);

void *picket_kasan___kmalloc_track_caller(size_t size, gfp_t flags, unsigned long caller)
{
	return picket_alloc(size, flags, NUMA_NO_NODE);
}
#endif

/* kmalloc() of a size that the compiler knows. */
#if defined(PICKET_HAVE_KMALLOC_CACHE)
#define BY_CACHE __kmalloc_cache_noprof
#define BY_CACHE_NODE __kmalloc_cache_node_noprof
#elif defined(PICKET_HAVE_KMALLOC_TRACE)
#define BY_CACHE kmalloc_trace
#define BY_CACHE_NODE kmalloc_node_trace
#else
#define BY_CACHE kmem_cache_alloc_trace
#define BY_CACHE_NODE kmem_cache_alloc_node_trace
#endif

PICKET_DECLARE_EXPANDED(BY_CACHE);
PICKET_DECLARE_EXPANDED(BY_CACHE_NODE);

void *PICKET_PASTED(picket_kasan_, BY_CACHE)(struct kmem_cache *kernel, gfp_t flags, size_t size)
{
	return picket_alloc(size, flags, NUMA_NO_NODE);
}

void *PICKET_PASTED(picket_kasan_, BY_CACHE_NODE)(struct kmem_cache *kernel, gfp_t flags, int node,
						  size_t size)
{
	return picket_alloc(size, flags, node);
}

/* The same where no cache is large enough. */
#ifdef PICKET_HAVE_KMALLOC_ORDER
PICKET_REDIRECT(kmalloc_order);
PICKET_REDIRECT(kmalloc_order_trace);

void *picket_kasan_kmalloc_order(size_t size, gfp_t flags, unsigned int order)
{
	return picket_alloc(size, flags, NUMA_NO_NODE);
}

void *picket_kasan_kmalloc_order_trace(size_t size, gfp_t flags, unsigned int order)
{
	return picket_alloc(size, flags, NUMA_NO_NODE);
}
#else
#ifdef PICKET_HAVE_NOPROF
#define LARGE __kmalloc_large_noprof
#define LARGE_NODE __kmalloc_large_node_noprof
#else
#define LARGE kmalloc_large
#define LARGE_NODE kmalloc_large_node
#endif

PICKET_DECLARE_EXPANDED(LARGE);
PICKET_DECLARE_EXPANDED(LARGE_NODE);

void *PICKET_PASTED(picket_kasan_, LARGE)(size_t size, gfp_t flags)
{
	return picket_alloc(size, flags, NUMA_NO_NODE);
}

void *PICKET_PASTED(picket_kasan_, LARGE_NODE)(size_t size, gfp_t flags, int node)
{
	return picket_alloc(size, flags, node);
}
#endif

PICKET_REDIRECT(kfree);
PICKET_REDIRECT(kfree_sensitive);
PICKET_REDIRECT(ksize);

void picket_kasan_kfree(const void *object)
{
	picket_free(object);
}

void picket_kasan_kfree_sensitive(const void *object)
{
	size_t size;

	if (ZERO_OR_NULL_PTR(object))
		return;
	if (!picket_object_is_freed(object)) {
		if (!picket_object_size(object, &size)) {
			kfree_sensitive(object);
			return;
		}
		memzero_explicit((void *)object, size);
	}
	picket_free(object);
}

size_t picket_kasan_ksize(const void *object)
{
	size_t size;

	if (ZERO_OR_NULL_PTR(object))
		return 0;
	if (picket_object_size(object, &size))
		return size;
	return picket_object_is_freed(object) ? 0 : ksize(object);
}

static void *move(const void *object, size_t old_size, size_t size, gfp_t flags)
{
	void *moved = picket_alloc(size, flags, NUMA_NO_NODE);

	if (moved) {
		memcpy(moved, object, min(old_size, size));
		picket_free(object);
	}
	return moved;
}

static void *resize(const void *object, size_t old_size, size_t size, gfp_t flags)
{
	if (picket_shadow_resize((uptr)object, size))
		return move(object, old_size, size, flags);
	if (size > old_size && want_init_on_alloc(flags))
		memset((char *)object + old_size, 0, size - old_size);
	return (void *)object;
}

PICKET_REDIRECT_ALLOC(krealloc);

void *PICKET_ALLOC(krealloc)(const void *object, size_t size, gfp_t flags)
{
	size_t old_size;

	if (!size) {
		picket_free(object);
		return ZERO_SIZE_PTR;
	}
	if (ZERO_OR_NULL_PTR(object))
		return picket_alloc(size, flags, NUMA_NO_NODE);
	if (picket_object_size(object, &old_size))
		return resize(object, old_size, size, flags);
	return picket_object_is_freed(object) ? NULL : krealloc(object, size, flags);
}

/*
 * kvmalloc() and those who free what it gave.
 */

/* Pages that lie together are tried for without effort: they need not. */
static gfp_t flags_for_kmalloc(size_t size, gfp_t flags)
{
	if (size <= PAGE_SIZE)
		return flags;
	flags |= __GFP_NOWARN;
	if (!(flags & __GFP_RETRY_MAYFAIL))
		flags |= __GFP_NORETRY;
	return flags & ~__GFP_NOFAIL;
}

static bool may_be_area(size_t size, gfp_t flags)
{
	return size > PAGE_SIZE && size <= INT_MAX && gfpflags_allow_blocking(flags);
}

/* Rather an area than an object that would stay unchecked. */
void *picket_kvalloc(size_t size, gfp_t flags, int node)
{
	gfp_t light = flags_for_kmalloc(size, flags);
	void *memory;

	if (!may_be_area(size, flags))
		return picket_alloc(size, light, node);
	if (picket_cache_for(size))
		memory = picket_alloc(size, light, node);
	else
		memory = picket_large_alloc(size, light, node);
	return memory ?: picket_area_alloc(size, flags, node);
}

void picket_kvfree(const void *memory)
{
	if (!is_vmalloc_addr(memory))
		picket_free(memory);
	else if (!picket_area_free(memory))
		vfree(memory);
}

#ifdef PICKET_HAVE_NOPROF
PICKET_REDIRECT(__kvmalloc_node_noprof);

void *picket_kasan___kvmalloc_node_noprof(DECL_BUCKET_PARAMS(size, buckets), gfp_t flags, int node)
#else
PICKET_REDIRECT(kvmalloc_node);

void *picket_kasan_kvmalloc_node(size_t size, gfp_t flags, int node)
#endif
{
	return picket_kvalloc(size, flags, node);
}

PICKET_REDIRECT(kvfree);
PICKET_REDIRECT(kvfree_sensitive);

void picket_kasan_kvfree(const void *memory)
{
	picket_kvfree(memory);
}

void picket_kasan_kvfree_sensitive(const void *memory, size_t size)
{
	if (ZERO_OR_NULL_PTR(memory))
		return;
	memzero_explicit((void *)memory, size);
	picket_kvfree(memory);
}

static void *kv_move(const void *memory, size_t old_size, size_t size, gfp_t flags)
{
	void *moved = picket_kvalloc(size, flags, NUMA_NO_NODE);

	if (moved) {
		memcpy(moved, memory, min(old_size, size));
		picket_kvfree(memory);
	}
	return moved;
}

PICKET_REDIRECT_ALLOC(kvrealloc);

#ifdef PICKET_HAVE_KVREALLOC_NEW_SIZE
void *PICKET_ALLOC(kvrealloc)(const void *memory, size_t size, gfp_t flags)
{
	size_t old_size;

	if (!is_vmalloc_addr(memory) && size <= PAGE_SIZE)
		return PICKET_ALLOC(krealloc)(memory, size, flags);
	if (ZERO_OR_NULL_PTR(memory))
		return picket_kvalloc(size, flags, NUMA_NO_NODE);
	if (is_vmalloc_addr(memory) ? picket_area_size(memory, &old_size) :
				      picket_object_size(memory, &old_size))
		return kv_move(memory, old_size, size, flags);
	return picket_object_is_freed(memory) ? NULL : kvrealloc(memory, size, flags);
}
#else
void *PICKET_ALLOC(kvrealloc)(const void *memory, size_t old_size, size_t size, gfp_t flags)
{
	if (old_size >= size)
		return (void *)memory;
	return kv_move(memory, old_size, size, flags);
}
#endif

/*
 * Frees after a grace period. The kernel's own go by in bulk, so ours do not go there.
 */

static bool is_ours(const void *memory)
{
	size_t size;

	return is_vmalloc_addr(memory) ? picket_area_size(memory, &size) :
					 picket_object_size(memory, &size);
}

void picket_rcu_settle(void)
{
	if (atomic_read(&waiting))
		rcu_barrier();
}

/* The head is somewhere in the object. */
static void free_waiting(struct rcu_head *head)
{
	struct picket_shadow_slot slot;

	if (picket_slot_find((uptr)head, &slot))
		picket_free((void *)slot.start);
	else
		picket_area_free(head);
	atomic_dec(&waiting);
}

static void free_after_grace(struct rcu_head *head, void *memory)
{
	if (head) {
		atomic_inc(&waiting);
		call_rcu(head, free_waiting);
	} else {
		might_sleep();
		synchronize_rcu();
		picket_kvfree(memory);
	}
}

PICKET_REDIRECT(kvfree_call_rcu);

#ifdef PICKET_HAVE_FREE_RCU_POINTER
void picket_kasan_kvfree_call_rcu(struct rcu_head *head, void *memory)
{
	if (is_ours(memory))
		free_after_grace(head, memory);
	else if (is_vmalloc_addr(memory) || !picket_object_is_freed(memory))
		kvfree_call_rcu(head, memory);
}
#else
void picket_kasan_kvfree_call_rcu(struct rcu_head *head, rcu_callback_t where)
{
	void *memory = head ? (char *)head - (unsigned long)where : (void *)where;

	if (is_ours(memory))
		free_after_grace(head, memory);
	else if (is_vmalloc_addr(memory) || !picket_object_is_freed(memory))
		kvfree_call_rcu(head, where);
}
#endif

/*
 * Caches.
 */

static void *announce(struct kmem_cache *kernel, void *object)
{
	const struct picket_cache *cache = picket_cache_find(kernel);

	if (cache && object)
		picket_cache_announce(cache, object, cache->object_bytes);
	return object;
}

void *picket_cache_alloc(struct kmem_cache *kernel, gfp_t flags)
{
	return announce(kernel, kmem_cache_alloc(kernel, flags));
}

void picket_cache_release(struct kmem_cache *kernel, void *object)
{
	if (object && is_to_be_released(object))
		kmem_cache_free(kernel, object);
}

PICKET_REDIRECT_ALLOC(kmem_cache_alloc);
PICKET_REDIRECT_ALLOC(kmem_cache_alloc_node);
PICKET_REDIRECT_ALLOC(kmem_cache_alloc_bulk);
PICKET_REDIRECT(kmem_cache_free);
PICKET_REDIRECT(kmem_cache_free_bulk);

void *PICKET_ALLOC(kmem_cache_alloc)(struct kmem_cache *kernel, gfp_t flags)
{
	return picket_cache_alloc(kernel, flags);
}

void *PICKET_ALLOC(kmem_cache_alloc_node)(struct kmem_cache *kernel, gfp_t flags, int node)
{
	return announce(kernel, kmem_cache_alloc_node(kernel, flags, node));
}

#ifdef PICKET_HAVE_CACHE_ALLOC_LRU
PICKET_REDIRECT_ALLOC(kmem_cache_alloc_lru);

void *PICKET_ALLOC(kmem_cache_alloc_lru)(struct kmem_cache *kernel, struct list_lru *lru,
					 gfp_t flags)
{
	return announce(kernel, kmem_cache_alloc_lru(kernel, lru, flags));
}
#endif

void picket_kasan_kmem_cache_free(struct kmem_cache *kernel, void *object)
{
	picket_cache_release(kernel, object);
}

/* Without a cache: objects of any. */
void picket_kasan_kmem_cache_free_bulk(struct kmem_cache *kernel, size_t count, void **objects)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (kernel)
			picket_cache_release(kernel, objects[i]);
		else
			picket_free(objects[i]);
	}
}

int PICKET_ALLOC(kmem_cache_alloc_bulk)(struct kmem_cache *kernel, gfp_t flags, size_t count,
					void **objects)
{
	size_t i;

	for (i = 0; i < count; i++) {
		objects[i] = picket_cache_alloc(kernel, flags);
		if (!objects[i]) {
			picket_kasan_kmem_cache_free_bulk(kernel, i, objects);
			return 0;
		}
	}
	return count;
}

/*
 * A buffer of unknown size becomes a network packet with all that the allocator has behind it.
 */

static void open_whole(const void *object)
{
	struct picket_shadow_slot slot;

	if (picket_slot_find((uptr)object, &slot) && slot.start == (uptr)object)
		picket_shadow_disown(&slot);
}

PICKET_REDIRECT(build_skb);

struct sk_buff *picket_kasan_build_skb(void *data, unsigned int frag_size)
{
	if (!frag_size)
		open_whole(data);
	return build_skb(data, frag_size);
}
