/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Objects of the heap: their shadow, and what is known of them.
 *
 * A port that cannot back shadow, or a slot that is too small, leaves the slot open: then it is
 * nobody's business here, as if the allocator had never told.
 */
#include "object.h"

#define SIZE_BYTES_MAX 0x7fffffffu /* a seal has room for it */
#define BESIDE_BYTES (PICKET_REDZONE_BYTES + sizeof(struct picket_shadow_object))

static uptr round_to_granules(uptr value)
{
	return (value + PICKET_GRANULE_BYTES - 1) & ~(uptr)(PICKET_GRANULE_BYTES - 1);
}

#define ALL_BYTES 0x0101010101010101ull

/* Shadow at any place, by eights. Volatile: compilers make one call of many of them. */
struct word {
	volatile u64 value;
} __attribute__((packed, may_alias));

/*
 * memset, for the few bytes that objects have: a call would cost more than the work. The last
 * word may overlap the one before.
 */
static inline void fill(u8 *shadow, u8 *end, u64 shades)
{
	u8 *last = end - sizeof(struct word);

	if (shadow <= last) {
		for (; shadow < last; shadow += sizeof(struct word))
			((struct word *)shadow)->value = shades;
		((struct word *)last)->value = shades;
	} else {
		for (; shadow < end; shadow++)
			picket_store(shadow, (u8)shades);
	}
}

static bool is_freed(u8 shade)
{
	return shade == PICKET_SHADE_SLAB_FREED || shade == PICKET_SHADE_SLAB_FREE;
}

/* Of an object that is no more, or there was none yet. */
static inline bool is_vacant(u8 shade)
{
	return is_freed(shade) || shade == PICKET_SHADE_SLAB_REDZONE;
}

static inline bool has_room_for(const struct picket_shadow_slot *slot, u32 size_bytes)
{
	return slot->bytes >= (uptr)size_bytes + BESIDE_BYTES;
}

u8 picket_shade_afresh(uptr address)
{
	u8 shade;

	picket_shadow_pin();
	shade = picket_shade_of(address);
	picket_shadow_unpin();
	return shade;
}

/* Return: the seal of the object that is known to be in a slot, in any state; 0: none is. */
static inline u64 seal_of(const struct picket_shadow_slot *slot)
{
	struct picket_shadow_object *object = picket_shadow_object_at(slot);
	u64 seal;

	if (!has_room_for(slot, 0) || !picket_has_shadow(slot->start) ||
	    !picket_is_redzone(picket_shade_surely((uptr)object)) ||
	    picket_shade_of(slot->start) == PICKET_SHADE_SLAB_REDZONE)
		return 0;
	seal = picket_load_acquire(&object->seal);
	return picket_seal_is_good(seal, slot->start) ? seal : 0;
}

/* The slot that an address is in, of no bytes if there is none; and its seal, as above. */
static inline u64 find(uptr address, struct picket_shadow_slot *slot)
{
	if (!picket_plat_slot(picket_shadow_state.platform, address, slot)) {
		slot->bytes = 0;
		return 0;
	}
	return seal_of(slot);
}

uptr picket_shadow_slot_bytes(uptr size_bytes)
{
	if (size_bytes > ~(uptr)0 - BESIDE_BYTES - PICKET_GRANULE_BYTES)
		return ~(uptr)(PICKET_GRANULE_BYTES - 1);
	return round_to_granules(size_bytes) + BESIDE_BYTES;
}

int picket_shadow_slab(uptr start, uptr bytes)
{
	if (!picket_shadow_is_enabled())
		return 0;
	return picket_shadow_poison(start, bytes, PICKET_SHADE_SLAB_REDZONE);
}

static inline bool fits(const struct picket_shadow_slot *slot, uptr size_bytes)
{
	return size_bytes <= SIZE_BYTES_MAX && has_room_for(slot, size_bytes) &&
	       picket_has_shadow(slot->start);
}

/* Real memory for all of a slot's shadow. */
static bool back(const struct picket_shadow_slot *slot)
{
	u8 *first = picket_shadow_of(slot->start);
	u8 *last = picket_shadow_of(slot->start + slot->bytes - 1);

	if (!picket_plat_shadow_back(picket_shadow_state.platform, (uptr)first,
				     (uptr)(last - first) + 1))
		return true;
	picket_add(&picket_shadow_state.not_backed, 1ull);
	return false;
}

/* What may be accessed stays so at every moment: a resize works on an object in use. */
static inline void shade_live(const struct picket_shadow_slot *slot, uptr size_bytes)
{
	u64 redzone = ALL_BYTES * (slot->flags & PICKET_SLOT_LARGE ? PICKET_SHADE_LARGE_REDZONE :
								     PICKET_SHADE_SLAB_REDZONE);
	u8 *shadow = picket_shadow_of(slot->start);
	u8 *end = shadow + (slot->bytes >> PICKET_SHADOW_SCALE);
	u8 *at = shadow + (size_bytes >> PICKET_SHADOW_SCALE);
	u8 rest = size_bytes & (PICKET_GRANULE_BYTES - 1);

	fill(shadow, at, ALL_BYTES * PICKET_SHADE_OPEN);
	if (rest)
		picket_store(at++, rest);
	fill(at, end, redzone);
	if (!size_bytes)
		picket_store(shadow, (u8)PICKET_SHADE_LARGE_REDZONE);
}

static inline void shade_freed(const struct picket_shadow_slot *slot, u64 seal)
{
	u8 *shadow = picket_shadow_of(slot->start);
	uptr granules = round_to_granules(picket_seal_size(seal)) >> PICKET_SHADOW_SCALE;

	if (slot->flags & PICKET_SLOT_BY_RCU)
		return;
	picket_store(shadow, (u8)PICKET_SHADE_SLAB_FREED);
	fill(shadow + 1, shadow + granules, ALL_BYTES * PICKET_SHADE_SLAB_FREE);
}

static s32 current_pid(void)
{
	struct picket_task task;

	picket_plat_task(picket_shadow_state.platform, &task);
	return task.pid;
}

/* Who and where; only with stacks, without which a report has no place for it. */
__attribute__((__noinline__)) static void track(u32 *stack, s32 *pid)
{
	*stack = picket_plat_stack_handle(picket_shadow_state.platform);
	*pid = current_pid();
}

/* Is there an object still, which has gone away unseen and would be counted twice? */
static bool is_live(const struct picket_shadow_slot *slot)
{
	return !is_vacant(picket_shade_of(slot->start)) &&
	       picket_seal_state(seal_of(slot)) == PICKET_SHADOW_OBJECT_LIVE;
}

/*
 * Is there no object, and real memory for the slot's shadow? So it is for sure where the shadow is
 * within one page and any byte of it is not 0.
 */
static inline bool is_ready(const struct picket_shadow_slot *slot)
{
	uptr first = (uptr)picket_shadow_of(slot->start);
	uptr last = (uptr)picket_shadow_of(slot->start + slot->bytes - 1);

	return (first ^ last) < PICKET_SHADOW_PAGE_BYTES && is_vacant(picket_load((u8 *)first));
}

static inline void make(const struct picket_shadow_slot *slot, u32 size_bytes)
{
	struct picket_shadow_object *object = picket_shadow_object_at(slot);

	shade_live(slot, size_bytes);
	object->alloc_stack = 0;
	object->alloc_pid = 0;
	object->free_stack = 0;
	object->free_pid = 0;
	picket_store_release(&object->seal, picket_seal_for(slot->start, size_bytes));
	if (picket_shadow_state.stacks)
		track(&object->alloc_stack, &object->alloc_pid);
}

__attribute__((__noinline__)) static void make_carefully(const struct picket_shadow_slot *slot,
							 uptr size_bytes)
{
	if (!picket_shadow_is_enabled() || !fits(slot, size_bytes) || !back(slot)) {
		picket_shadow_disown(slot);
		return;
	}
	if (!is_live(slot))
		picket_add(&picket_shadow_state.objects_live, 1ull);
	make(slot, (u32)size_bytes);
}

void picket_shadow_alloc(const struct picket_shadow_slot *slot, uptr size_bytes)
{
	if (!picket_shadow_is_enabled() || !fits(slot, size_bytes) || !is_ready(slot)) {
		make_carefully(slot, size_bytes);
		return;
	}
	picket_add(&picket_shadow_state.objects_live, 1ull);
	make(slot, (u32)size_bytes);
}

/* Return: false if somebody else was faster. */
static inline bool change(struct picket_shadow_object *object, u64 seal,
			  enum picket_shadow_object_state state)
{
	return picket_cas(&object->seal, &seal, picket_seal_with(seal, state));
}

static enum picket_free drop(uptr address, enum picket_bug bug, uptr pc)
{
	picket_shadow_report_free(address, bug, pc);
	return PICKET_FREE_DROPPED;
}

/*
 * The address is in no object that is known. What the detector's own shadow forbids is no address
 * to free; all else is another allocator's business.
 */
static enum picket_free free_unknown(const struct picket_shadow_slot *slot, uptr address, uptr pc)
{
	u8 shade;

	if (!slot->bytes || !picket_has_shadow(address))
		return PICKET_FREE_FOREIGN;
	shade = picket_shade_of(address);
	if (!picket_is_redzone(shade) && !is_freed(shade))
		return PICKET_FREE_FOREIGN;
	return drop(address,
		    is_freed(shade) && address == slot->start ? PICKET_BUG_DOUBLE_FREE :
								PICKET_BUG_INVALID_FREE,
		    pc);
}

/* The object is not live any more, and in the state given: poison it, and say who did it. */
static inline void retire(const struct picket_shadow_slot *slot, u64 seal)
{
	struct picket_shadow_object *object = picket_shadow_object_at(slot);

	shade_freed(slot, seal);
	picket_sub(&picket_shadow_state.objects_live, 1ull);
	if (picket_shadow_state.stacks)
		track(&object->free_stack, &object->free_pid);
}

__attribute__((__noinline__)) static enum picket_free
free_bad(const struct picket_shadow_slot *slot, u64 seal, uptr address, uptr pc)
{
	if (!seal)
		return free_unknown(slot, address, pc);
	return drop(address,
		    address == slot->start ? PICKET_BUG_DOUBLE_FREE : PICKET_BUG_INVALID_FREE, pc);
}

/* It was retained, and the quarantine does not take it. */
__attribute__((__noinline__)) static enum picket_free
free_now(const struct picket_shadow_slot *slot, u64 seal)
{
	change(picket_shadow_object_at(slot), picket_seal_with(seal, PICKET_SHADOW_OBJECT_RETAINED),
	       PICKET_SHADOW_OBJECT_RELEASED);
	return PICKET_FREE_RELEASE;
}

enum picket_free picket_shadow_free(uptr address)
{
	struct picket_shadow_slot slot;
	u64 seal;

	if (!picket_shadow_is_enabled())
		return PICKET_FREE_FOREIGN;
	seal = find(address, &slot);
	if (picket_seal_state(seal) != PICKET_SHADOW_OBJECT_LIVE || address != slot.start ||
	    !change(picket_shadow_object_at(&slot), seal, PICKET_SHADOW_OBJECT_RETAINED))
		return free_bad(&slot, seal, address, (uptr)__builtin_return_address(0));
	retire(&slot, seal);
	if (!(slot.flags & PICKET_SLOT_BY_RCU) && picket_quarantine_push(&slot))
		return PICKET_FREE_RETAINED;
	return free_now(&slot, seal);
}

void picket_shadow_freed(uptr address)
{
	struct picket_shadow_slot slot;
	u64 seal;

	if (!picket_shadow_is_enabled())
		return;
	seal = find(address, &slot);
	if (picket_seal_state(seal) == PICKET_SHADOW_OBJECT_LIVE && address == slot.start &&
	    change(picket_shadow_object_at(&slot), seal, PICKET_SHADOW_OBJECT_RELEASED))
		retire(&slot, seal);
}

void picket_shadow_disown(const struct picket_shadow_slot *slot)
{
	if (picket_has_shadow(slot->start) && is_live(slot))
		picket_sub(&picket_shadow_state.objects_live, 1ull);
	/* Without a redzone at its end the slot is not the detector's, whatever stands there. */
	picket_shadow_open(slot->start, slot->bytes);
}

bool picket_shadow_size(uptr address, uptr *size_bytes, uptr access_pc)
{
	uptr pc = access_pc ? access_pc : (uptr)__builtin_return_address(0);
	struct picket_shadow_slot slot;
	u64 seal;

	if (!picket_shadow_is_enabled())
		return false;
	seal = find(address, &slot);
	if (!seal || address != slot.start)
		return false;
	if (picket_seal_state(seal) != PICKET_SHADOW_OBJECT_LIVE) {
		picket_shadow_check(address, 1, PICKET_ACCESS_READ, pc);
		return false;
	}
	*size_bytes = picket_seal_size(seal);
	return true;
}

int picket_shadow_resize(uptr address, uptr size_bytes)
{
	struct picket_shadow_slot slot;
	u64 seal;

	if (!picket_shadow_is_enabled())
		return -22;
	seal = find(address, &slot);
	if (picket_seal_state(seal) != PICKET_SHADOW_OBJECT_LIVE || address != slot.start ||
	    !fits(&slot, size_bytes))
		return -22;
	if (!picket_cas(&picket_shadow_object_at(&slot)->seal, &seal,
			picket_seal_for(slot.start, (u32)size_bytes)))
		return -22;
	shade_live(&slot, size_bytes);
	return 0;
}

static void describe_position(uptr address, struct picket_record *record)
{
	uptr start = (uptr)record->object.address;
	uptr size_bytes = (uptr)record->object.size_bytes;

	record->kfence_distance_bytes = address < start ? start - address : address - start;
	if (address < start) {
		record->position = PICKET_POSITION_LEFT;
		record->distance_bytes = start - address;
	} else if (address - start < size_bytes) {
		record->position = PICKET_POSITION_INSIDE;
		record->distance_bytes = address - start;
	} else {
		record->position = PICKET_POSITION_RIGHT;
		record->distance_bytes = address - start - size_bytes + 1;
	}
}

static void describe_track(u32 handle, s32 pid, struct picket_task *task,
			   struct picket_stack *stack)
{
	task->pid = pid;
	task->tid = pid;
	task->cpu = -1;
	if (picket_shadow_state.stacks)
		stack->count = picket_stacks_get(picket_shadow_state.stacks, handle, stack->pc,
						 PICKET_STACK_FRAMES);
}

static void describe(const struct picket_shadow_slot *slot, u64 seal, struct picket_record *record)
{
	const struct picket_shadow_object *object = picket_shadow_object_at(slot);
	bool live = picket_seal_state(seal) == PICKET_SHADOW_OBJECT_LIVE;
	const char *name = slot->allocator ? slot->allocator : "";

	record->region = slot->flags & PICKET_SLOT_LARGE ? PICKET_REGION_PAGES : PICKET_REGION_HEAP;
	record->object.address = slot->start;
	record->object.size_bytes = picket_seal_size(seal);
	record->object.state = live ? PICKET_OBJECT_LIVE : PICKET_OBJECT_FREED;
	for (u32 i = 0; i < PICKET_ALLOCATOR_NAME_BYTES - 1 && name[i]; i++)
		record->object.allocator[i] = name[i];
	describe_track(picket_load(&object->alloc_stack), picket_load(&object->alloc_pid),
		       &record->alloc_task, &record->alloc_stack);
	if (!live)
		describe_track(picket_load(&object->free_stack), picket_load(&object->free_pid),
			       &record->free_task, &record->free_stack);
}

bool picket_shadow_find_object(uptr address, struct picket_record *record)
{
	struct picket_shadow_slot slot;
	u64 seal;

	if (!picket_shadow_state.platform)
		return false;
	seal = find(address, &slot);
	if (!seal && slot.bytes)
		seal = find(slot.start + slot.bytes, &slot);
	if (!seal)
		return false;
	describe(&slot, seal, record);
	describe_position(address, record);
	return true;
}

void picket_shadow_objects_start(void)
{
	picket_quarantine_start();
}
