/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Areas of vmalloc(). Behind the last byte that was asked for everything is poisoned, up to the end
 * of the guard page. A freed area is poisoned as a whole and held for a while, so that nobody else
 * gets its addresses. Its shadow is opened before they are used again, and stays where it is for as
 * long as that may take: to have it anew costs more than an area itself.
 *
 * An area that somebody else frees is noticed when its first page goes.
 */
#include "heap.h"
#include "redirect.h"
#include "shadow.h"

#include <linux/cpumask.h>
#include <linux/hashtable.h>
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/rbtree.h>
#include <linux/rwsem.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#define HELD_MAX 256u /* areas; half of them go when there are more */
#define HELD_BYTES_MAX SZ_4M
#define AREA_BYTES_MAX SZ_1M /* a larger one goes first: to poison it takes too much shadow */

struct area {
	struct rb_node node;
	struct hlist_node by_pfn;
	struct list_head list; /* held, or taken from there */
	struct area *next;     /* spare */
	uptr held_bytes;       /* as they count for the limit */
	bool is_freed;
	uptr start;
	uptr size_bytes;
	uptr span_bytes;
	unsigned long pfn;
};

bool picket_areas_checked = true;
u8 picket_area_filter[PICKET_AREA_FILTER];

static struct rb_root areas = RB_ROOT;
static DEFINE_HASHTABLE(first_pages, 8);
static LIST_HEAD(held);
static u32 held_count;
static uptr held_bytes;
static uptr held_bytes_max = HELD_BYTES_MAX;
static struct area *spare; /* for new areas */
static u32 spare_count;
static DEFINE_SPINLOCK(areas_lock); /* of all above */
static DECLARE_RWSEM(shadow_rwsem); /* areas begin; or shadow is given back */

static void trim(struct work_struct *work);
static DECLARE_WORK(trim_work, trim);

#define area_of(rb) rb_entry(rb, struct area, node)

static struct area *find(uptr start)
{
	struct rb_node *node = areas.rb_node;

	while (node) {
		struct area *area = area_of(node);

		if (start - area->start < area->span_bytes)
			return area;
		node = start < area->start ? node->rb_left : node->rb_right;
	}
	return NULL;
}

/* A count that has reached its end stays there, and tells less. */
static void filter_add(unsigned long pfn)
{
	u8 *count = &picket_area_filter[pfn % PICKET_AREA_FILTER];

	if (*count < U8_MAX)
		WRITE_ONCE(*count, *count + 1);
}

static void filter_remove(unsigned long pfn)
{
	u8 *count = &picket_area_filter[pfn % PICKET_AREA_FILTER];

	if (*count < U8_MAX)
		WRITE_ONCE(*count, *count - 1);
}

static void insert(struct area *area)
{
	struct rb_node **link = &areas.rb_node;
	struct rb_node *parent = NULL;

	while (*link) {
		parent = *link;
		link = area->start < area_of(parent)->start ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&area->node, parent, link);
	rb_insert_color(&area->node, &areas);
	hash_add(first_pages, &area->by_pfn, area->pfn);
	filter_add(area->pfn);
}

static void erase(struct area *area)
{
	rb_erase(&area->node, &areas);
	hash_del(&area->by_pfn);
	filter_remove(area->pfn);
}

static struct area *new_area(void)
{
	struct area *area;

	spin_lock_irq(&areas_lock);
	area = spare;
	if (area) {
		spare = area->next;
		spare_count--;
	}
	spin_unlock_irq(&areas_lock);
	return area ?: kmalloc(sizeof(*area), GFP_NOIO | __GFP_NOWARN);
}

static void free_area(struct area *area)
{
	bool is_spare;

	spin_lock_irq(&areas_lock);
	is_spare = spare_count < HELD_MAX;
	if (is_spare) {
		area->next = spare;
		spare = area;
		spare_count++;
	}
	spin_unlock_irq(&areas_lock);
	if (!is_spare)
		kfree(area);
}

static int map(struct area *area)
{
	int error;

	down_read(&shadow_rwsem);
	error = picket_shadow_map(area->start, area->size_bytes, area->span_bytes);
	if (!error) {
		spin_lock_irq(&areas_lock);
		insert(area);
		spin_unlock_irq(&areas_lock);
	}
	up_read(&shadow_rwsem);
	return error;
}

/* Every new area comes by here. If there is no memory for what is to be known of it, it is open. */
static void *adopt(void *memory, unsigned long size)
{
	struct area *area = NULL;

	if (memory && READ_ONCE(picket_areas_checked))
		area = new_area();
	if (!area)
		return memory;
	*area = (struct area){
		.start = (uptr)memory,
		.size_bytes = size,
		.span_bytes = PAGE_ALIGN(size) + PAGE_SIZE,
		.pfn = vmalloc_to_pfn(memory),
	};
	if (map(area))
		free_area(area);
	return memory;
}

/* Take as many of the areas held longest as it needs to have no more than so many. */
static void take(u32 count_max, uptr bytes_max, struct list_head *taken)
{
	struct area *area;
	unsigned long flags;

	spin_lock_irqsave(&areas_lock, flags);
	list_for_each_entry(area, &held, list) {
		if (held_count <= count_max && held_bytes <= bytes_max)
			break;
		erase(area);
		held_count--;
		held_bytes -= area->held_bytes;
	}
	list_cut_before(taken, &held, &area->list);
	spin_unlock_irqrestore(&areas_lock, flags);
}

/* Is no area of ours there? */
static bool is_free(uptr start, uptr bytes)
{
	struct rb_node *node;
	bool found = false;

	spin_lock_irq(&areas_lock);
	for (node = areas.rb_node; node && !found;) {
		struct area *area = area_of(node);

		found = area->start < start + bytes && start < area->start + area->span_bytes;
		node = start < area->start ? node->rb_left : node->rb_right;
	}
	spin_unlock_irq(&areas_lock);
	return !found;
}

/* What is not ours shares no shadow. */
static void purge(uptr shadow)
{
	const uptr bytes = PAGE_SIZE << PICKET_SHADOW_SCALE;
	uptr start = (shadow - PICKET_SHADOW_OFFSET) << PICKET_SHADOW_SCALE;

	if (is_free(start, bytes))
		picket_shadow_purge(start, bytes, start, start + bytes);
}

/*
 * The kernel uses addresses again when 32 MB of them are free, twice that where there are two CPUs,
 * and so on: shadow of as many stays, of those that we hold, and of what lies between areas in use.
 */
static u32 idle_max(void)
{
	return (fls(num_online_cpus()) + 2) * (READ_ONCE(held_bytes_max) >> PAGE_SHIFT);
}

static void purge_idle(void)
{
	u32 keep = idle_max();
	uptr shadow;

	if (!picket_room_is_crowded(keep))
		return;
	down_write(&shadow_rwsem);
	while ((shadow = picket_room_take_idle(keep - keep / 8)))
		purge(shadow);
	picket_room_flush();
	up_write(&shadow_rwsem);
}

/* What reads as open must be so, on this CPU too. */
static void open_all(struct list_head *taken)
{
	struct area *area;

	list_for_each_entry(area, taken, list) {
		picket_shadow_open(area->start, area->span_bytes);
		picket_room_idle((area->start >> PICKET_SHADOW_SCALE) + PICKET_SHADOW_OFFSET,
				 area->span_bytes >> PICKET_SHADOW_SCALE);
	}
}

static void release(struct list_head *taken)
{
	struct area *area, *next;

	open_all(taken);
	purge_idle();
	list_for_each_entry_safe(area, next, taken, list) {
		vfree((void *)area->start);
		free_area(area);
	}
}

static void trim(struct work_struct *work)
{
	LIST_HEAD(taken);

	take(HELD_MAX / 2, READ_ONCE(held_bytes_max) / 2, &taken);
	release(&taken);
}

static bool is_too_much(void)
{
	return READ_ONCE(held_count) > HELD_MAX ||
	       READ_ONCE(held_bytes) > READ_ONCE(held_bytes_max);
}

/* Only one who frees it gets an area; it is not in the list yet. */
static struct area *claim(uptr start, bool *again)
{
	struct area *area;
	unsigned long flags;

	spin_lock_irqsave(&areas_lock, flags);
	area = find(start);
	*again = area && area->is_freed;
	if (*again)
		area = NULL;
	else if (area)
		area->is_freed = true;
	spin_unlock_irqrestore(&areas_lock, flags);
	return area;
}

static void hold(struct area *area)
{
	bool is_large = area->span_bytes > AREA_BYTES_MAX;
	unsigned long flags;

	if (!is_large)
		picket_shadow_unmap(area->start, area->size_bytes);
	area->held_bytes = is_large ? HELD_BYTES_MAX : area->span_bytes;
	spin_lock_irqsave(&areas_lock, flags);
	if (is_large)
		list_add(&area->list, &held);
	else
		list_add_tail(&area->list, &held);
	held_count++;
	held_bytes += area->held_bytes;
	spin_unlock_irqrestore(&areas_lock, flags);
}

static void trim_soon(void)
{
	if (!is_too_much())
		return;
	if (in_interrupt() || irqs_disabled())
		schedule_work(&trim_work);
	else
		trim(NULL);
}

bool picket_area_free(const void *memory)
{
	bool again;
	struct area *area = claim((uptr)memory, &again);

	/* What is reported is that nothing may be accessed there. */
	if (again)
		picket_shadow_check((uptr)memory, 1, PICKET_ACCESS_WRITE, 0);
	if (area) {
		hold(area);
		trim_soon();
	}
	return area || again;
}

void picket_areas_limit(uptr bytes)
{
	WRITE_ONCE(held_bytes_max, min_t(uptr, bytes, HELD_BYTES_MAX));
	if (is_too_much())
		trim(NULL);
	purge_idle();
}

bool picket_area_size(const void *memory, size_t *size)
{
	unsigned long flags;
	struct area *area;
	bool found;

	spin_lock_irqsave(&areas_lock, flags);
	area = find((uptr)memory);
	found = area && area->start == (uptr)memory && !area->is_freed;
	if (found)
		*size = area->size_bytes;
	spin_unlock_irqrestore(&areas_lock, flags);
	return found;
}

void picket_area_page_freed(unsigned long pfn)
{
	struct area *area, *found = NULL;
	unsigned long flags;

	spin_lock_irqsave(&areas_lock, flags);
	hash_for_each_possible(first_pages, area, by_pfn, pfn)
		if (area->pfn == pfn && !area->is_freed)
			found = area;
	if (found) {
		erase(found);
		picket_shadow_open(found->start, found->span_bytes);
	}
	spin_unlock_irqrestore(&areas_lock, flags);
	kfree(found);
}

bool picket_plat_is_mapped_area(struct picket_platform *platform, uptr address)
{
	return is_vmalloc_addr((void *)address);
}

/* Those in use stay with whoever uses them; their shadow goes with all the rest. */
static void abandon(void)
{
	struct rb_node *node;

	while ((node = rb_first(&areas))) {
		struct area *area = area_of(node);

		erase(area);
		kfree(area);
	}
}

static void free_spare(void)
{
	while (spare) {
		struct area *area = spare;

		spare = area->next;
		kfree(area);
	}
}

void picket_areas_stop(void)
{
	LIST_HEAD(taken);

	cancel_work_sync(&trim_work);
	take(0, 0, &taken);
	release(&taken);
	abandon();
	free_spare();
}

void *picket_area_alloc(unsigned long size, gfp_t flags, int node)
{
	void *memory;

	if (node == NUMA_NO_NODE)
		memory = __vmalloc(size, flags);
	else
		memory = flags & __GFP_ZERO ? vzalloc_node(size, node) : vmalloc_node(size, node);
	return adopt(memory, size);
}

/*
 * What drivers call.
 */

PICKET_REDIRECT_ALLOC(vmalloc);
PICKET_REDIRECT_ALLOC(vzalloc);
PICKET_REDIRECT_ALLOC(vmalloc_user);
PICKET_REDIRECT_ALLOC(vmalloc_node);
PICKET_REDIRECT_ALLOC(vzalloc_node);
PICKET_REDIRECT_ALLOC(vmalloc_32);
PICKET_REDIRECT_ALLOC(vmalloc_32_user);
PICKET_REDIRECT_ALLOC(__vmalloc);
PICKET_REDIRECT_ALLOC(__vmalloc_array);
PICKET_REDIRECT_ALLOC(vmalloc_array);
PICKET_REDIRECT_ALLOC(__vcalloc);
PICKET_REDIRECT_ALLOC(vcalloc);
PICKET_REDIRECT(vfree);

void *PICKET_ALLOC(vmalloc)(unsigned long size)
{
	return adopt(vmalloc(size), size);
}

void *PICKET_ALLOC(vzalloc)(unsigned long size)
{
	return adopt(vzalloc(size), size);
}

void *PICKET_ALLOC(vmalloc_user)(unsigned long size)
{
	return adopt(vmalloc_user(size), size);
}

void *PICKET_ALLOC(vmalloc_node)(unsigned long size, int node)
{
	return adopt(vmalloc_node(size, node), size);
}

void *PICKET_ALLOC(vzalloc_node)(unsigned long size, int node)
{
	return adopt(vzalloc_node(size, node), size);
}

void *PICKET_ALLOC(vmalloc_32)(unsigned long size)
{
	return adopt(vmalloc_32(size), size);
}

void *PICKET_ALLOC(vmalloc_32_user)(unsigned long size)
{
	return adopt(vmalloc_32_user(size), size);
}

void *PICKET_ALLOC(__vmalloc)(unsigned long size, gfp_t flags)
{
	return adopt(__vmalloc(size, flags), size);
}

#ifdef PICKET_HAVE_VMALLOC_HUGE
PICKET_REDIRECT_ALLOC(vmalloc_huge);

void *PICKET_ALLOC(vmalloc_huge)(unsigned long size, gfp_t flags)
{
	return adopt(vmalloc_huge(size, flags), size);
}
#endif

static void *allocate_array(size_t count, size_t size, gfp_t flags)
{
	size_t bytes;

	return check_mul_overflow(count, size, &bytes) ? NULL :
							 adopt(__vmalloc(bytes, flags), bytes);
}

void *PICKET_ALLOC(__vmalloc_array)(size_t count, size_t size, gfp_t flags)
{
	return allocate_array(count, size, flags);
}

void *PICKET_ALLOC(vmalloc_array)(size_t count, size_t size)
{
	return allocate_array(count, size, GFP_KERNEL);
}

void *PICKET_ALLOC(__vcalloc)(size_t count, size_t size, gfp_t flags)
{
	return allocate_array(count, size, flags | __GFP_ZERO);
}

void *PICKET_ALLOC(vcalloc)(size_t count, size_t size)
{
	return allocate_array(count, size, GFP_KERNEL | __GFP_ZERO);
}

void picket_kasan_vfree(const void *memory)
{
	if (memory && !picket_area_free(memory))
		vfree(memory);
}
