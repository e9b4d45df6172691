/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Slots: whose object is in one, and which of its pages may be touched.
 *
 * The fault path reads what others write, and may have interrupted the writer itself, so readers
 * never wait: they try a bounded number of times for an even, unchanged sequence count and then
 * take what they have, marked as torn.
 */
#include "../report/report.h"
#include "pool.h"

#define READ_TRIES 64

void picket_slot_write_begin(struct picket_slot *slot)
{
	picket_store(&slot->sequence, slot->sequence + 1);
	picket_fence_release();
}

void picket_slot_write_end(struct picket_slot *slot)
{
	picket_store_release(&slot->sequence, slot->sequence + 1);
}

static bool read_retry(const struct picket_slot *slot, u32 sequence)
{
	picket_fence_acquire();
	return (sequence & 1) || picket_load(&slot->sequence) != sequence;
}

struct picket_life *picket_slot_life(struct picket_slot *slot)
{
	return &slot->life[slot->newest & 1];
}

bool picket_state_is_live(u32 state)
{
	return state == PICKET_SLOT_LIVE || state == PICKET_SLOT_CHECKING;
}

void picket_slot_bounds(const struct picket_slot *slot, struct picket_bounds *bounds)
{
	bounds->torn = true;
	for (u32 i = 0; i < READ_TRIES && bounds->torn; i++) {
		u32 sequence = picket_load_acquire(&slot->sequence);
		const struct picket_life *life;

		bounds->state = picket_load_acquire(&slot->state);
		bounds->newest = picket_load(&slot->newest) & 1;
		life = &slot->life[bounds->newest];
		bounds->address = (uptr)picket_load(&life->address);
		bounds->size_bytes = (uptr)picket_load(&life->size_bytes);
		life = &slot->life[!bounds->newest];
		bounds->previous_address = (uptr)picket_load(&life->address);
		bounds->previous_size_bytes = (uptr)picket_load(&life->size_bytes);
		bounds->torn = read_retry(slot, sequence);
	}
}

/* Who is here now, and the stack that brought it here. */
void picket_track_fill(struct picket_guard *guard, struct picket_track *track, const u64 *pc,
		       u32 count)
{
	u32 packed;

	picket_plat_task(guard->platform, &track->task);
	track->task.time_ns = picket_plat_time_ns(guard->platform);
	track->stack_bytes =
		picket_stack_pack(pc, count, track->stack, PICKET_TRACK_STACK_BYTES, &packed);
	track->stack_flags =
		packed < count || count == PICKET_STACK_FRAMES ? PICKET_STACK_TRUNCATED : 0;
}

static void track_to_record(const struct picket_track *track, struct picket_task *task,
			    struct picket_stack *stack)
{
	u32 bytes = track->stack_bytes;

	if (bytes > PICKET_TRACK_STACK_BYTES)
		bytes = 0;
	*task = track->task;
	task->name[PICKET_TASK_NAME_BYTES - 1] = 0;
	stack->flags = track->stack_flags;
	stack->count = picket_stack_unpack(track->stack, bytes, stack->pc, PICKET_STACK_FRAMES);
}

static void life_to_record(const struct picket_life *life, struct picket_record *record)
{
	record->object.address = life->address;
	record->object.size_bytes = life->size_bytes;
	record->object.align_bytes = life->align_bytes;
	record->object.site = life->site;
	record->object.side = life->side;
	record->object.family = life->family;
	memcpy(record->object.allocator, life->allocator, PICKET_ALLOCATOR_NAME_BYTES);
	record->object.allocator[PICKET_ALLOCATOR_NAME_BYTES - 1] = 0;
	record->corruption.since_ns = picket_load(&life->checked_ns);
	track_to_record(&life->alloc, &record->alloc_task, &record->alloc_stack);
	track_to_record(&life->free, &record->free_task, &record->free_stack);
}

/*
 * Fill the record's object, tasks and stacks from one life of a slot.
 * Return: false if the life was being written all the while, so that parts may not fit together.
 */
bool picket_slot_to_record(const struct picket_slot *slot, u32 slot_index, u32 life_index,
			   struct picket_record *record)
{
	for (u32 i = 0; i < READ_TRIES; i++) {
		u32 sequence = picket_load_acquire(&slot->sequence);
		bool is_newest = life_index == (picket_load(&slot->newest) & 1);
		bool live = is_newest && picket_state_is_live(picket_load(&slot->state));

		life_to_record(&slot->life[life_index], record);
		record->object.slot_index = slot_index;
		record->object.previous = !is_newest;
		record->object.state = live ? PICKET_OBJECT_LIVE : PICKET_OBJECT_FREED;
		if (!read_retry(slot, sequence))
			return true;
	}
	return false;
}

/* The pages of an object: an object of no bytes still has the page it would stand on. */
uptr picket_span_start(const struct picket_geometry *geometry, uptr address)
{
	return address & ~(uptr)(geometry->page_bytes - 1);
}

uptr picket_span_end(const struct picket_geometry *geometry, uptr address, uptr size_bytes)
{
	uptr last = address + (size_bytes ? size_bytes - 1 : 0);

	return (last & ~(uptr)(geometry->page_bytes - 1)) + geometry->page_bytes;
}

static u32 page_of(const struct picket_guard *guard, uptr address)
{
	return (u32)((address - guard->geometry.start) / guard->geometry.page_bytes);
}

bool picket_opened_test(const struct picket_guard *guard, uptr address)
{
	u32 page = page_of(guard, address);

	return picket_load(&guard->opened[page / 32]) >> (page % 32) & 1;
}

void picket_opened_set(struct picket_guard *guard, uptr start, uptr end)
{
	for (u32 page = page_of(guard, start); page < page_of(guard, end - 1) + 1; page++)
		__atomic_fetch_or(&guard->opened[page / 32], 1u << (page % 32), __ATOMIC_RELAXED);
}

/* Was the page's bit set? A guard has two neighbours: who clears its bit closes it. */
bool picket_opened_clear(struct picket_guard *guard, uptr address)
{
	u32 page = page_of(guard, address);
	u32 bit = 1u << (page % 32);

	return __atomic_fetch_and(&guard->opened[page / 32], ~bit, __ATOMIC_RELAXED) & bit;
}

/*
 * Pages in [start, end) that a report had left visible: forget it, and hide them again (@hide;
 * without it the caller answers for their visibility).
 */
void picket_opened_close(struct picket_guard *guard, uptr start, uptr end, bool hide)
{
	uptr page_bytes = guard->geometry.page_bytes;

	for (uptr at = start; at < end; at += page_bytes) {
		if (!picket_opened_clear(guard, at) || !hide)
			continue;
		picket_plat_discard(guard->platform, at, page_bytes);
		if (picket_plat_hide(guard->platform, at, page_bytes))
			picket_opened_set(guard, at, at + page_bytes);
	}
}

static bool slot_page_visible(const struct picket_guard *guard, u32 slot_index, uptr address)
{
	const struct picket_slot *slot = &guard->slots[slot_index];
	const struct picket_life *life = &slot->life[slot->newest & 1];

	switch (slot->state) {
	case PICKET_SLOT_UNUSED:
	case PICKET_SLOT_FREED:
		return false;
	default:
		return address >= picket_span_start(&guard->geometry, (uptr)life->address) &&
		       address < picket_span_end(&guard->geometry, (uptr)life->address,
						 (uptr)life->size_bytes);
	}
}

bool picket_guard_page_visible(const struct picket_guard *guard, uptr address)
{
	struct picket_place place = picket_place_of(&guard->geometry, address);

	if (picket_opened_test(guard, address))
		return true;
	return place.slot != PICKET_NONE && slot_page_visible(guard, place.slot, address);
}
