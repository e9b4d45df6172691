/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a port may know of slots and their objects: for questions about an object's size, for
 * lists, and for allocators that are not as the detector would have them.
 */
#include "pool.h"

u32 picket_guard_slots(const struct picket_guard *guard)
{
	return guard->geometry.slot_count;
}

bool picket_guard_slot(const struct picket_guard *guard, u32 slot_index,
		       struct picket_slot_view *view)
{
	const struct picket_slot *slot = &guard->slots[slot_index];
	struct picket_bounds bounds;

	picket_slot_bounds(slot, &bounds);
	view->slot_index = slot_index;
	view->address = bounds.address;
	view->size_bytes = bounds.size_bytes;
	view->family = picket_load(&slot->life[bounds.newest].family);
	view->live = picket_state_is_live(bounds.state);
	return bounds.address;
}

bool picket_guard_at(const struct picket_guard *guard, uptr address, struct picket_slot_view *view)
{
	u32 slot_index = picket_place_of(&guard->geometry, address).slot;

	return slot_index != PICKET_NONE && picket_guard_slot(guard, slot_index, view);
}

bool picket_guard_slot_record(const struct picket_guard *guard, u32 slot_index,
			      struct picket_record *record)
{
	const struct picket_slot *slot = &guard->slots[slot_index];

	picket_slot_to_record(slot, slot_index, picket_load(&slot->newest) & 1, record);
	return record->object.address;
}

static void fill_between(uptr start, uptr end, uptr low, uptr high)
{
	start = start < low ? low : start;
	end = end > high ? high : end;
	if (start < end)
		picket_canary_fill(start, end);
}

void picket_guard_pardon(struct picket_guard *guard, uptr start, uptr end)
{
	struct picket_slot_view view;
	uptr page_start, page_end;

	if (!picket_guard_at(guard, start, &view) || !view.live)
		return;
	page_start = picket_span_start(&guard->geometry, view.address);
	page_end = picket_span_end(&guard->geometry, view.address, view.size_bytes);
	fill_between(start, end, page_start, view.address);
	fill_between(start, end, view.address + view.size_bytes, page_end);
}

/* Under the lock a slot at rest stays as it is: who takes one takes it off its list first. */
void picket_guard_forget_allocator(struct picket_guard *guard, u32 slot_index)
{
	struct picket_slot *slot = &guard->slots[slot_index];
	struct picket_life *life = picket_slot_life(slot);

	if (!picket_lock_try(&guard->lock))
		return;
	if (picket_load_acquire(&slot->state) == PICKET_SLOT_FREED)
		*(volatile char *)life->allocator = '\0';
	picket_lock_release(&guard->lock);
}
