/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Allocations that came while a sample was due. */
#include "code.h"
#include "filter.h"
#include "handlers.h"
#include "probes.h"
#include "slab.h"
#include "../compat/kmalloc.h"
#include "../compat/memcg.h"

#include <linux/gfp.h>
#include <linux/random.h>
#include <linux/rcupdate.h>

#define CALLER_FRAMES 16 /* our own and the allocator's are fewer */

u64 picket_declined[PICKET_DECLINE_COUNT];

#define DEBUG_FLAGS                                                                                \
	(SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER | SLAB_TRACE)

/* What is asked for, however the caller said it. */
struct wish {
	struct kmem_cache *cache;
	gfp_t flags;
	size_t size;
	bool kmalloc;
};

static bool has_flags(struct kmem_cache *cache, slab_flags_t flags)
{
	return picket_cache_flags(cache) & (__force unsigned int)flags;
}

static bool wants_zone(const struct wish *wish)
{
	return (wish->flags & GFP_ZONEMASK) ||
	       ((wish->flags & __GFP_THISNODE) && num_online_nodes() > 1) ||
	       has_flags(wish->cache, SLAB_CACHE_DMA | SLAB_CACHE_DMA32);
}

/* A breakpoint counts as one NMI. */
static bool is_in_task(void)
{
	unsigned long count = preempt_count();

	if (picket_probes_interrupted())
		count -= NMI_OFFSET + HARDIRQ_OFFSET;
	return !(count & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET));
}

static bool is_charged(const struct wish *wish)
{
	return ((wish->flags & __GFP_ACCOUNT) || has_flags(wish->cache, SLAB_ACCOUNT)) &&
	       is_in_task() && picket_memcg_charges();
}

static bool decline(enum picket_decline why)
{
	__atomic_fetch_add(&picket_declined[why], 1, __ATOMIC_RELAXED);
	return false;
}

/*
 * Before the gate is asked, so that a sample waits for an allocation that is wanted and that we can
 * guard.
 */
static bool is_eligible(const struct wish *wish)
{
	if (!picket_filter_allows(picket_cache_name(wish->cache), wish->size))
		return decline(PICKET_DECLINE_FILTER);
	if (wish->size > PAGE_SIZE)
		return decline(PICKET_DECLINE_SIZE);
	if (wants_zone(wish))
		return decline(PICKET_DECLINE_ZONE);
	if (has_flags(wish->cache, SLAB_TYPESAFE_BY_RCU))
		return decline(PICKET_DECLINE_RCU);
	if (has_flags(wish->cache, DEBUG_FLAGS))
		return decline(PICKET_DECLINE_DEBUG);
	if (is_charged(wish))
		return decline(PICKET_DECLINE_ACCOUNT);
	if (!picket_filter_allows_caller())
		return decline(PICKET_DECLINE_FILTER);
	return true;
}

/*
 * kmalloc() promises the largest power of two that divides the size, and at least the machine's
 * minimum; nothing more, though most callers get more.
 */
static size_t alignment_of(const struct wish *wish)
{
	if (!wish->kmalloc)
		return picket_cache_align(wish->cache);
	if (picket_params.align)
		return picket_params.align;
	return max_t(size_t, ARCH_KMALLOC_MINALIGN, wish->size & -wish->size);
}

/*
 * A cache with a window for user copies checks it from the start of the object as it computes it,
 * by size: after we are gone only an object that starts its page is where it thinks.
 */
static enum picket_side side_of(const struct wish *wish)
{
	if (!wish->kmalloc && picket_cache_usersize(wish->cache))
		return PICKET_SIDE_LEFT;
	return PICKET_SIDE_AUTO;
}

static bool wants_zero(const struct wish *wish)
{
	if (wish->flags & __GFP_ZERO)
		return true;
	return want_init_on_alloc(wish->flags) && !picket_cache_ctor(wish->cache);
}

struct owned_request {
	struct picket_request base;
	struct kmem_cache *owner;
};

static void adopt(const struct picket_request *request, uptr address)
{
	picket_slab_adopt(picket_pages_at(address),
			  container_of(request, const struct owned_request, base)->owner);
}

static void *guarded(const struct wish *wish)
{
	struct owned_request request = {
		.base = {
			.size_bytes = wish->size,
			.align_bytes = alignment_of(wish),
			.family = wish->kmalloc ? PICKET_FAMILY_MALLOC : PICKET_FAMILY_ANY,
			.side = side_of(wish),
			.zero = wants_zero(wish),
			.allocator = picket_cache_name(wish->cache),
			.placed = adopt,
		},
		.owner = wish->cache,
	};
	void *object = picket_guard_alloc(picket_linux.guard, NULL, &request.base);
	picket_ctor ctor = picket_cache_ctor(wish->cache);

	if (object && ctor)
		ctor(object);
	return object;
}

/* The innermost frame that is neither ours nor the allocator's. */
static bool find_caller(u64 *caller)
{
	u64 pc[CALLER_FRAMES];
	u32 count = picket_plat_stack(&picket_linux, NULL, pc, CALLER_FRAMES);

	*caller = count ? pc[0] : 0;
	return count;
}

/* Who will use all that ksize() says there is gets all of it from the start. */
static struct wish fitted(const struct wish *wish)
{
	struct wish result = *wish;
	u64 caller;

	if (wish->kmalloc && picket_code_has(PICKET_CODE_RESIZER) && find_caller(&caller) &&
	    picket_code_is(PICKET_CODE_RESIZER, caller))
		result.size = picket_cache_object_size(wish->cache);
	return result;
}

static struct picket_result sample(const struct wish *wish)
{
	struct wish larger;
	void *object = NULL;

	rcu_read_lock();
	if (is_eligible(wish) && picket_gate_take()) {
		larger = fitted(wish);
		object = guarded(&larger);
		if (!object)
			picket_gate_give_back();
	}
	rcu_read_unlock();
	return (struct picket_result){ (unsigned long)object, !!object };
}

struct picket_result picket_on_cache_alloc(struct picket_args *args)
{
	struct kmem_cache *cache = (struct kmem_cache *)args->di;

	return sample(&(struct wish){ cache, args->si, picket_cache_object_size(cache) });
}

struct picket_result picket_on_cache_alloc_lru(struct picket_args *args)
{
	struct kmem_cache *cache = (struct kmem_cache *)args->di;

	return sample(&(struct wish){ cache, args->dx, picket_cache_object_size(cache) });
}

struct picket_result picket_on_kmalloc_node_size(struct picket_args *args)
{
	return sample(&(struct wish){ (struct kmem_cache *)args->di, args->si, args->cx, true });
}

struct picket_result picket_on_kmalloc_size(struct picket_args *args)
{
	return sample(&(struct wish){ (struct kmem_cache *)args->di, args->si, args->dx, true });
}

static struct picket_result kmalloc_by_size(size_t size, gfp_t flags)
{
	struct kmem_cache *cache = picket_kmalloc_cache(size, flags);

	if (cache)
		return sample(&(struct wish){ cache, flags, size, true });
	decline(PICKET_DECLINE_SIZE);
	return (struct picket_result){ 0, 0 };
}

struct picket_result picket_on_kmalloc(struct picket_args *args)
{
	return kmalloc_by_size(args->di, args->si);
}

/* Buckets are private caches of one user, which we cannot name. */
struct picket_result picket_on_kmalloc_bucket(struct picket_args *args)
{
	if (!args->si)
		return kmalloc_by_size(args->di, args->dx);
	decline(PICKET_DECLINE_BUCKET);
	return (struct picket_result){ 0, 0 };
}
