/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Caches of the kernel's slab allocator whose objects have room for the detector's data behind
 * them: some of the heap's own, from which kmalloc() is served, and those of drivers.
 *
 * A cache has a place in a table for as long as it lives. Places are used again and never freed,
 * so whoever comes upon one by accident may read it.
 */
#include "heap.h"
#include "redirect.h"
#include "shadow.h"
#include "../base/kernel.h"
#include "../base/members.h"
#include "../compat/head.h"
#include "../compat/kfence.h"
#include "../compat/mark.h"

#include <linux/delay.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/nodemask.h>

#define TABLE_BITS 9
#define TABLE_PLACES (1u << TABLE_BITS)
#define CACHES_MAX (TABLE_PLACES / 2)

#define SLOT_BYTES_MIN 64u
#define DATA_BYTES 40u /* the detector's, and the allocator's link before it */
#define DEBUG_FLAGS (SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)

/* Slots of the heap's own caches; each is aligned to the largest power of two that divides it. */
static const u16 class_bytes[] = { 64,	128,  192,  256,  320,	384,  448,  512,  640, 768,
				   896, 1024, 1280, 1536, 2048, 3072, 4096, 6144, 8192 };

#define CLASSES ARRAY_SIZE(class_bytes)
#define SIZE_MAX_CHECKED 8192u /* larger ones have no class, nor has that */
#define NO_CLASS 0xff

#define SETTLE_TRIES 100
#define SETTLE_MS 10

/* Of struct kmem_cache, of what it has for each node, and of a slab. */
static struct {
	u32 flags;
	u32 size;
	u32 red_left_pad;
	u32 node;
	u32 nr_slabs;
	u32 slab_cache;
	u32 counters;
} layout;

static const struct picket_member members[] = {
	{ "kmem_cache", "flags", &layout.flags },
	{ "kmem_cache", "size", &layout.size },
	{ "kmem_cache", "red_left_pad", &layout.red_left_pad },
	{ "kmem_cache", "node", &layout.node },
	{ "kmem_cache_node", "nr_slabs", &layout.nr_slabs },
	{ "slab", "slab_cache", &layout.slab_cache },
	{ "slab", "counters", &layout.counters },
};

#define WAS_USED ((struct kmem_cache *)1) /* searches go on behind this place */

static struct picket_cache table[TABLE_PLACES];
static u32 caches;
static DEFINE_MUTEX(caches_mutex);
static struct picket_cache *classes[CLASSES];
static DEFINE_RAW_SPINLOCK(slabs_lock);

#define MEMBER(type, structure, member) (*(type *)((char *)(structure) + layout.member))

struct picket_cache *picket_cache_find(const struct kmem_cache *kernel)
{
	u32 place = hash_ptr(kernel, TABLE_BITS);
	const struct kmem_cache *found;

	for (; (found = smp_load_acquire(&table[place].kernel)); place = (place + 1) % TABLE_PLACES)
		if (found == kernel)
			return &table[place];
	return NULL;
}

struct picket_cache *picket_cache_of(struct page *slab)
{
	return picket_cache_find(READ_ONCE(MEMBER(struct kmem_cache *, slab, slab_cache)));
}

static void describe(struct picket_cache *cache, struct kmem_cache *kernel, const char *name,
		     u32 object_bytes, u32 slot_bytes, slab_flags_t flags)
{
	cache->object_bytes = object_bytes;
	cache->slot_bytes = slot_bytes;
	cache->stride = MEMBER(unsigned int, kernel, size);
	cache->offset = MEMBER(unsigned int, kernel, red_left_pad);
	cache->flags = flags & SLAB_TYPESAFE_BY_RCU ? PICKET_SLOT_BY_RCU : 0;
	strscpy(cache->name, name, sizeof(cache->name));
}

/* Return: NULL: there are too many, and the cache stays the kernel's business. */
static struct picket_cache *enter(struct kmem_cache *kernel, const char *name, u32 object_bytes,
				  u32 slot_bytes, slab_flags_t flags)
{
	u32 place = hash_ptr(kernel, TABLE_BITS);

	mutex_lock(&caches_mutex);
	if (caches == CACHES_MAX) {
		mutex_unlock(&caches_mutex);
		return NULL;
	}
	while (table[place].kernel && table[place].kernel != WAS_USED)
		place = (place + 1) % TABLE_PLACES;
	describe(&table[place], kernel, name, object_bytes, slot_bytes, flags);
	smp_store_release(&table[place].kernel, kernel);
	caches++;
	mutex_unlock(&caches_mutex);
	return &table[place];
}

static void leave(struct picket_cache *cache)
{
	mutex_lock(&caches_mutex);
	WRITE_ONCE(cache->kernel, WAS_USED);
	caches--;
	mutex_unlock(&caches_mutex);
}

/*
 * The heap's own.
 */

static u32 class_align(u32 class)
{
	return class_bytes[class] & -class_bytes[class];
}

/* Objects are aligned to the largest power of two that divides their size, says kmalloc(). */
static u8 find_class(size_t size)
{
	u32 class;

	for (class = 0; class < CLASSES; class ++)
		if (class_bytes[class] >= picket_shadow_slot_bytes(size) &&
		    class_align(class) >= (size & -size))
			return class;
	return NO_CLASS;
}

/* By the size in granules, of which only whole ones matter. */
static u8 class_of[SIZE_MAX_CHECKED / PICKET_GRANULE_BYTES + 1];

struct picket_cache *picket_cache_for(size_t size)
{
	u8 class = size <= SIZE_MAX_CHECKED ? class_of[DIV_ROUND_UP(size, PICKET_GRANULE_BYTES)] :
					      NO_CLASS;

	return class == NO_CLASS ? NULL : classes[class];
}

static __always_inline u32 objects_of(struct page *slab)
{
	return READ_ONCE(MEMBER(unsigned long, slab, counters)) >> 16 & 0x7fff;
}

/*
 * The pages of KFENCE, and those of our own guard module, look like slabs of the caches that they
 * take samples of. The latter have one object each.
 */
static __always_inline bool is_sampled(struct page *slab, const void *object)
{
	return is_kfence_address(object) || (objects_of(slab) == 1 && !picket_is_compound(slab));
}

/*
 * Poison a slab on first sight, with the objects on it that nobody has yet. If there is no memory
 * for that it stays open, and is as good as poisoned: it must not be done later, beside objects.
 */
static noinline void see_first(struct page *slab)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&slabs_lock, flags);
	if (!picket_is_marked(slab)) {
		picket_shadow_slab((uptr)page_address(slab), PAGE_SIZE << compound_order(slab));
		picket_mark(slab);
	}
	raw_spin_unlock_irqrestore(&slabs_lock, flags);
}

static __always_inline void see(struct page *slab)
{
	if (unlikely(!picket_is_marked(slab)))
		see_first(slab);
	smp_rmb(); /* the mark is read before shadow is written */
}

void picket_cache_announce(const struct picket_cache *cache, void *object, size_t size)
{
	struct page *slab = picket_head_of((uptr)object);
	struct picket_shadow_slot slot = {
		.start = (uptr)object,
		.bytes = cache->slot_bytes,
		.allocator = cache->name,
		.flags = cache->flags,
	};

	if (is_sampled(slab, object))
		return;
	see(slab);
	picket_shadow_alloc(&slot, size);
}

void picket_cache_disown(const struct picket_cache *cache, const void *object)
{
	struct page *slab = picket_head_of((uptr)object);
	struct picket_shadow_slot slot = { .start = (uptr)object, .bytes = cache->slot_bytes };

	if (is_sampled(slab, object))
		return;
	see(slab);
	picket_shadow_disown(&slot);
}

static bool find_in_slab(struct page *slab, uptr address, struct picket_shadow_slot *slot)
{
	const struct picket_cache *cache = picket_cache_of(slab);
	uptr base = (uptr)page_address(slab);
	u32 index;

	if (!cache || is_sampled(slab, (void *)address))
		return false;
	index = (u32)(address - base) / cache->stride;
	if (index >= objects_of(slab))
		return false;
	slot->start = base + index * cache->stride + cache->offset;
	slot->bytes = cache->slot_bytes;
	slot->allocator = cache->name;
	slot->flags = cache->flags;
	return address - slot->start < slot->bytes;
}

/* Sections of memory that was there at boot, and so stays; what is known of them is kept. */
#define SECTIONS_KNOWN 32768
static DECLARE_BITMAP(sections, SECTIONS_KNOWN);

static noinline bool is_memory(uptr address, uptr section)
{
	if (address < PAGE_OFFSET || !virt_addr_valid((void *)address))
		return false;
	if (section < SECTIONS_KNOWN && early_section(__pfn_to_section(PHYS_PFN(__pa(address)))))
		set_bit(section, sections);
	return true;
}

bool picket_slot_find(uptr address, struct picket_shadow_slot *slot)
{
	uptr section = (address - PAGE_OFFSET) >> SECTION_SIZE_BITS;
	struct page *head;

	if (!(section < SECTIONS_KNOWN && test_bit(section, sections)) &&
	    !is_memory(address, section))
		return false;
	head = picket_head_of(address);
	return picket_head_is_slab(head) ? find_in_slab(head, address, slot) :
					   picket_large_slot(head, slot);
}

bool picket_plat_slot(struct picket_platform *platform, uptr address,
		      struct picket_shadow_slot *slot)
{
	return picket_slot_find(address, slot);
}

/* What is not on a slab goes back to the system, and nothing of it may look like ours there. */
void picket_plat_slot_release(struct picket_platform *platform, uptr object)
{
	kfree((void *)object);
}

/*
 * Caches with a region for user copies are never merged with others. Where the driver has none,
 * it is in the detector's part of the slot, so that the object has none.
 */
static void choose_region(u32 slot_bytes, unsigned int *offset, unsigned int *size)
{
	if (*size)
		return;
	*offset = slot_bytes - sizeof(u64);
	*size = sizeof(u64);
}

/* No room is lost between slots, if the allocator aligns as it is told. */
static u32 slot_for(unsigned int size, unsigned int align, slab_flags_t flags, bool link_behind)
{
	u32 link = link_behind ? sizeof(void *) : 0;
	u32 bytes = max_t(u32, picket_shadow_slot_bytes(size), SLOT_BYTES_MIN);

	align = max_t(u32, align, flags & SLAB_HWCACHE_ALIGN ? cache_line_size() : sizeof(void *));
	return round_up(bytes + link, align) - link;
}

static bool has_room(unsigned int size, unsigned int align)
{
	return size && size <= KMALLOC_MAX_SIZE / 2 && align <= PAGE_SIZE &&
	       (!align || is_power_of_2(align));
}

#ifdef PICKET_HAVE_CACHE_ARGS
PICKET_REDIRECT(__kmem_cache_create_args);

struct kmem_cache *picket_kasan___kmem_cache_create_args(const char *name, unsigned int size,
							 struct kmem_cache_args *args,
							 slab_flags_t flags)
{
	struct kmem_cache_args ours = *args;
	struct kmem_cache *kernel;
	u32 slot_bytes;

	if (!has_room(size, args->align))
		return __kmem_cache_create_args(name, size, args, flags);
	slot_bytes =
		slot_for(size, args->align, flags,
			 args->ctor || (flags & SLAB_TYPESAFE_BY_RCU && !args->use_freeptr_offset));
	choose_region(slot_bytes, &ours.useroffset, &ours.usersize);
	kernel = __kmem_cache_create_args(name, slot_bytes, &ours, flags);
	if (kernel)
		enter(kernel, name, size, slot_bytes, flags);
	return kernel;
}
#else
static struct kmem_cache *create(const char *name, unsigned int size, unsigned int align,
				 slab_flags_t flags, unsigned int useroffset, unsigned int usersize,
				 void (*construct)(void *))
{
	struct kmem_cache *kernel;
	u32 slot_bytes;

	if (!has_room(size, align))
		return kmem_cache_create_usercopy(name, size, align, flags, useroffset, usersize,
						  construct);
	slot_bytes = slot_for(size, align, flags, construct || flags & SLAB_TYPESAFE_BY_RCU);
	choose_region(slot_bytes, &useroffset, &usersize);
	kernel = kmem_cache_create_usercopy(name, slot_bytes, align, flags, useroffset, usersize,
					    construct);
	if (kernel)
		enter(kernel, name, size, slot_bytes, flags);
	return kernel;
}

PICKET_REDIRECT(kmem_cache_create);
PICKET_REDIRECT(kmem_cache_create_usercopy);

struct kmem_cache *picket_kasan_kmem_cache_create(const char *name, unsigned int size,
						  unsigned int align, slab_flags_t flags,
						  void (*construct)(void *))
{
	return create(name, size, align, flags, 0, 0, construct);
}

struct kmem_cache *picket_kasan_kmem_cache_create_usercopy(const char *name, unsigned int size,
							   unsigned int align, slab_flags_t flags,
							   unsigned int useroffset,
							   unsigned int usersize,
							   void (*construct)(void *))
{
	return create(name, size, align, flags, useroffset, usersize, construct);
}
#endif

static bool is_in_cache(void *kernel, uptr object)
{
	struct page *head = picket_head_of(object);

	return picket_head_is_slab(head) &&
	       MEMBER(struct kmem_cache *, head, slab_cache) == (struct kmem_cache *)kernel;
}

/* None of its objects is retained, or on the way back from that. */
static void drain(struct kmem_cache *kernel)
{
	picket_rcu_settle();
	picket_shadow_drain(is_in_cache, kernel);
	synchronize_rcu();
}

PICKET_REDIRECT(kmem_cache_destroy);
PICKET_REDIRECT(kmem_cache_shrink);
PICKET_REDIRECT(kmem_cache_size);

void picket_kasan_kmem_cache_destroy(struct kmem_cache *kernel)
{
	struct picket_cache *cache = kernel ? picket_cache_find(kernel) : NULL;

	if (cache) {
		drain(kernel);
		leave(cache);
	}
	kmem_cache_destroy(kernel);
}

int picket_kasan_kmem_cache_shrink(struct kmem_cache *kernel)
{
	if (picket_cache_find(kernel))
		drain(kernel);
	return kmem_cache_shrink(kernel);
}

unsigned int picket_kasan_kmem_cache_size(struct kmem_cache *kernel)
{
	const struct picket_cache *cache = picket_cache_find(kernel);

	return cache ? cache->object_bytes : kmem_cache_size(kernel);
}

/* Objects that the kernel still had when we left last time keep their cache, and its name. */
static bool is_taken(const char *name)
{
	char file[64];
	struct path path;

	scnprintf(file, sizeof(file), "/sys/kernel/slab/%s", name);
	if (kern_path(file, 0, &path))
		return false;
	path_put(&path);
	return true;
}

static struct kmem_cache *create_class(const char *name, u32 class, u32 bytes, slab_flags_t flags)
{
#ifdef PICKET_HAVE_CACHE_ARGS
	struct kmem_cache_args args = { .align = class_align(class), .usersize = bytes };

	return __kmem_cache_create_args(name, bytes, &args, flags);
#else
	return kmem_cache_create_usercopy(name, bytes, class_align(class), flags, 0, bytes, NULL);
#endif
}

/*
 * The allocator is told of no more than the object, so that it wipes nothing, and of readers under
 * RCU, so that it keeps its link between the object and the detector's data. Where it has data of
 * its own behind objects (slub_debug) all of the slot must be the object.
 */
static struct kmem_cache *create_class_best(const char *name, u32 class)
{
	u32 bytes = class_bytes[class];
	struct kmem_cache *kernel =
		create_class(name, class, bytes - DATA_BYTES, SLAB_TYPESAFE_BY_RCU);

	if (!kernel || !(MEMBER(unsigned int, kernel, flags) & (__force unsigned int)DEBUG_FLAGS))
		return kernel;
	kmem_cache_destroy(kernel);
	rcu_barrier();
	return create_class(name, class, bytes, 0);
}

static int start_class(u32 class)
{
	u32 bytes = class_bytes[class];
	struct kmem_cache *kernel;
	char name[32];
	int again = 1;

	scnprintf(name, sizeof(name), "picket-%u", bytes);
	while (is_taken(name))
		scnprintf(name, sizeof(name), "picket-%u-%d", bytes, ++again);
	kernel = create_class_best(name, class);
	if (!kernel)
		return -ENOMEM;
	classes[class] = enter(kernel, name, bytes, bytes, 0);
	return 0;
}

static unsigned long slabs_of(struct kmem_cache *kernel)
{
	void **nodes = &MEMBER(void *, kernel, node);
	unsigned long slabs = 0;
	int node;

	for_each_node_state(node, N_MEMORY)
		if (nodes[node])
			slabs += atomic_long_read(&MEMBER(atomic_long_t, nodes[node], nr_slabs));
	return slabs;
}

/* Return: false if the kernel still has objects of it. */
static bool stop_class(struct picket_cache *cache)
{
	struct kmem_cache *kernel = cache->kernel;
	int tries;

	leave(cache);
	for (tries = 0; tries < SETTLE_TRIES; tries++) {
		kmem_cache_shrink(kernel);
		if (!slabs_of(kernel)) {
			kmem_cache_destroy(kernel);
			return true;
		}
		msleep(SETTLE_MS);
	}
	return false;
}

int picket_caches_start(void)
{
	int error = picket_members_find(members, ARRAY_SIZE(members));
	u32 class, granules;

	for (class = 0; class < CLASSES && !error; class ++)
		error = start_class(class);
	for (granules = 0; granules < ARRAY_SIZE(class_of); granules++)
		class_of[granules] = find_class(granules * PICKET_GRANULE_BYTES);
	if (error)
		picket_caches_stop();
	return error;
}

void picket_caches_stop(void)
{
	unsigned int left = 0;
	u32 class;

	for (class = 0; class < CLASSES; class ++) {
		if (classes[class] && !stop_class(classes[class]))
			left++;
		classes[class] = NULL;
	}
	if (left)
		pr_info("the kernel still uses objects of the driver's: %u caches stay\n", left);
}
