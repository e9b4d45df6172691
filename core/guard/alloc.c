/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Giving an allocation a slot: choose, take, place, show, fill, publish. */
#include "pool.h"

/* The largest power of two not above the value. */
static uptr floor_power(uptr value)
{
	uptr power = 1;

	while (power <= value / 2)
		power *= 2;
	return power;
}

/*
 * What a right-placed object must be aligned to. C lets an object of n bytes hold only types of
 * at most n bytes, and no type is aligned more strictly than its size.
 */
static uptr alignment_of(const struct picket_guard *guard, const struct picket_request *request)
{
	uptr size = request->size_bytes ? request->size_bytes : 1;
	uptr tightest = floor_power(size);

	if (request->align_bytes)
		return request->align_bytes;
	if (guard->config.align_right)
		return guard->config.align_right;
	return tightest < guard->config.align_default ? tightest : guard->config.align_default;
}

static u32 class_for(const struct picket_guard *guard, uptr size, uptr align)
{
	const struct picket_geometry *geometry = &guard->geometry;
	uptr slot_bytes = geometry->classes[geometry->class_count - 1].slot_bytes;

	if (align > geometry->page_bytes || size > slot_bytes)
		return PICKET_NONE;
	size = (size + align - 1) & ~(align - 1);
	for (u32 i = 0; i < geometry->class_count; i++)
		if (size <= geometry->classes[i].slot_bytes)
			return i;
	return PICKET_NONE;
}

/* A hint, read without the lock: it spares a full pool the walk of every refused stack. */
static bool has_room(const struct picket_guard *guard, u32 class_index)
{
	return picket_load(&guard->lists[class_index].head) != PICKET_NONE ||
	       picket_load(&guard->inbox) != PICKET_NONE;
}

/* Sides alternate at each site, so that two samples of one site see both ends of its objects. */
static enum picket_side side_for(struct picket_guard *guard, const struct picket_request *request,
				 u64 site)
{
	u32 bit = (u32)(site >> 40) % PICKET_SIDE_BITS;
	u32 turned;
	bool right;

	if (request->side != PICKET_SIDE_AUTO)
		return request->side;
	turned = __atomic_fetch_xor(&guard->side_bits[bit / 32], 1u << (bit % 32),
				    __ATOMIC_RELAXED) >>
			 (bit % 32) &
		 1;
	if (guard->config.first_side == PICKET_SIDE_AUTO)
		right = picket_mix(guard->seed ^ site) & 1;
	else
		right = guard->config.first_side == PICKET_SIDE_RIGHT;
	return right != turned ? PICKET_SIDE_RIGHT : PICKET_SIDE_LEFT;
}

/* Under the lock: from here on the slot is its taker's, and its old data is nobody's. */
static void slot_own(struct picket_guard *guard, struct picket_slot *slot)
{
	picket_store_release(&slot->state, PICKET_SLOT_TAKEN);
	picket_sub(&guard->retained_pages, slot->retained);
	slot->retained = 0;
}

static u32 slot_take(struct picket_guard *guard, u32 class_index, u64 site, enum picket_skip *why)
{
	u32 slot_index;

	*why = PICKET_SKIP_BUSY;
	if (!picket_lock_try(&guard->lock))
		return PICKET_NONE;
	picket_inbox_drain(guard);
	slot_index = picket_list_take(guard, class_index);
	if (slot_index != PICKET_NONE) {
		slot_own(guard, &guard->slots[slot_index]);
		picket_coverage_add(&guard->coverage, site);
	}
	picket_lock_release(&guard->lock);
	*why = PICKET_SKIP_CAPACITY;
	return slot_index;
}

static uptr object_place(const struct picket_guard *guard, u32 slot_index, uptr size, uptr align,
			 enum picket_side side)
{
	uptr start = picket_slot_start(&guard->geometry, slot_index);
	uptr end = start + picket_class_of(&guard->geometry, slot_index)->slot_bytes;

	if (side == PICKET_SIDE_LEFT)
		return start;
	return (end - (size ? size : 1)) & ~(align - 1);
}

/* Only the object's own pages are shown: the rest of a larger slot guards it too. */
static int span_show(struct picket_guard *guard, u32 slot_index, uptr address, uptr size)
{
	uptr start = picket_slot_start(&guard->geometry, slot_index);
	uptr end = start + picket_class_of(&guard->geometry, slot_index)->slot_bytes;
	uptr span_start = picket_span_start(&guard->geometry, address);
	uptr span_end = picket_span_end(&guard->geometry, address, size);
	int error = picket_plat_show_fresh(guard->platform, span_start, span_end - span_start);

	if (error)
		return error;
	picket_opened_close(guard, start, span_start, true);
	picket_opened_close(guard, span_start, span_end, false);
	picket_opened_close(guard, span_end, end, true);
	return 0;
}

static void name_copy(char *to, const char *from)
{
	u32 i = 0;

	for (; i < PICKET_ALLOCATOR_NAME_BYTES - 1 && from[i]; i++)
		to[i] = from[i];
	for (; i < PICKET_ALLOCATOR_NAME_BYTES; i++)
		to[i] = 0;
}

/* What is known of an allocation before it has a slot. */
struct plan {
	u64 pc[PICKET_STACK_FRAMES];
	u32 frames;
	u64 site;
	uptr align;
	enum picket_side side;
};

static void life_begin(struct picket_guard *guard, struct picket_slot *slot, uptr address,
		       const struct picket_request *request, const struct plan *plan)
{
	struct picket_life *life;

	picket_slot_write_begin(slot);
	/* A life that never was (its pages could not be shown) is no "object before". */
	picket_store(&slot->newest, slot->newest ^ 1u);
	life = picket_slot_life(slot);
	picket_store(&life->address, (u64)address);
	picket_store(&life->size_bytes, (u64)request->size_bytes);
	life->align_bytes = plan->align;
	life->site = plan->site;
	life->side = (u16)plan->side;
	life->family = (u16)request->family;
	life->flags = 0;
	name_copy(life->allocator,
		  request->allocator ? request->allocator : guard->config.allocator);
	picket_track_fill(guard, &life->alloc, plan->pc, plan->frames);
	life->free.task.time_ns = 0;
	life->free.stack_bytes = 0;
	life->free.stack_flags = 0;
	life->checked_ns = life->alloc.task.time_ns;
	picket_slot_write_end(slot);
}

static void live_count(struct picket_guard *guard)
{
	u64 live = picket_add(&guard->stats.live, 1ull) + 1;
	u64 max = picket_load(&guard->stats.live_max);

	picket_add(&guard->stats.guarded, 1ull);
	while (live > max && !picket_cas(&guard->stats.live_max, &max, live))
		;
}

/* The slot goes back as it came; it was at rest, and is again. */
static void slot_return(struct picket_guard *guard, u32 slot_index, u64 site)
{
	struct picket_slot *slot = &guard->slots[slot_index];

	picket_coverage_remove(&guard->coverage, site);
	picket_store_release(&slot->state, picket_slot_life(slot)->address ? PICKET_SLOT_FREED :
									     PICKET_SLOT_UNUSED);
	picket_inbox_push(guard, slot_index);
}

static void *slot_fill(struct picket_guard *guard, u32 slot_index,
		       const struct picket_request *request, const struct plan *plan)
{
	struct picket_slot *slot = &guard->slots[slot_index];
	uptr size = request->size_bytes;
	uptr address = object_place(guard, slot_index, size, plan->align, plan->side);

	if (span_show(guard, slot_index, address, size)) {
		slot_return(guard, slot_index, plan->site);
		return NULL;
	}
	picket_canary_fill(picket_span_start(&guard->geometry, address), address);
	picket_canary_fill(address + size, picket_span_end(&guard->geometry, address, size));
	if (request->zero)
		memset((void *)address, 0, size);
	if (request->placed)
		request->placed(request, address);
	life_begin(guard, slot, address, request, plan);
	picket_store_release(&slot->state, PICKET_SLOT_LIVE);
	live_count(guard);
	return (void *)address;
}

static void *refuse(struct picket_guard *guard, struct picket_gate *gate, enum picket_skip why)
{
	picket_gate_refused(guard, gate, why);
	return NULL;
}

void *picket_guard_alloc(struct picket_guard *guard, struct picket_gate *gate,
			 const struct picket_request *request)
{
	struct plan plan;
	u32 class_index, slot_index;
	enum picket_skip why;
	void *object;

	if (picket_load(&guard->disabled))
		return NULL;
	plan.align = alignment_of(guard, request);
	class_index = class_for(guard, request->size_bytes, plan.align);
	if (class_index == PICKET_NONE)
		return refuse(guard, gate, PICKET_SKIP_INCOMPATIBLE);
	if (!has_room(guard, class_index))
		return refuse(guard, gate, PICKET_SKIP_CAPACITY);
	plan.frames = picket_plat_stack(guard->platform, NULL, plan.pc, PICKET_STACK_FRAMES);
	plan.site = picket_site(guard->platform, plan.pc, plan.frames);
	if (picket_guard_crowded(guard) && picket_coverage_has(&guard->coverage, plan.site))
		return refuse(guard, gate, PICKET_SKIP_COVERED);
	slot_index = slot_take(guard, class_index, plan.site, &why);
	if (slot_index == PICKET_NONE)
		return refuse(guard, gate, why);
	plan.side = side_for(guard, request, plan.site);
	object = slot_fill(guard, slot_index, request, &plan);
	if (!object)
		return refuse(guard, gate, PICKET_SKIP_NO_MEMORY);
	if (guard->config.sweep_slots)
		picket_guard_sweep(guard, guard->config.sweep_slots, PICKET_FOUND_SWEEP);
	return object;
}
