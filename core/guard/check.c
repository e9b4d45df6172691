/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The invariants of pool.h, one function each. */
#include "pool.h"

static bool geometry_holds(const struct picket_guard *guard)
{
	const struct picket_geometry *geometry = &guard->geometry;
	uptr at = geometry->start;

	if (geometry->magic != PICKET_STATE_MAGIC)
		return false;
	for (u32 i = 0; i < geometry->slot_count; i++) {
		uptr start = picket_slot_start(geometry, i);

		if (start != at + geometry->guard_bytes ||
		    picket_place_of(geometry, start).slot != i ||
		    picket_place_of(geometry, start - 1).slot != PICKET_NONE)
			return false;
		at = start + picket_class_of(geometry, i)->slot_bytes;
	}
	return at + geometry->guard_bytes == geometry->start + geometry->size_bytes;
}

static bool states_hold(const struct picket_guard *guard)
{
	for (u32 i = 0; i < guard->geometry.slot_count; i++) {
		u32 state = guard->slots[i].state;

		if (state != PICKET_SLOT_UNUSED && state != PICKET_SLOT_LIVE &&
		    state != PICKET_SLOT_FREED)
			return false;
	}
	return true;
}

/* Return: how many slots the chain from @slot_index holds; more than there are if it is bad. */
static u32 chain_length(const struct picket_guard *guard, u32 slot_index, u32 listed)
{
	u32 count = guard->geometry.slot_count;
	u32 length = 0;

	while (slot_index != PICKET_NONE && length <= count) {
		if (slot_index >= count || guard->slots[slot_index].listed != listed ||
		    guard->slots[slot_index].state == PICKET_SLOT_LIVE)
			return count + 1;
		length++;
		slot_index = guard->slots[slot_index].next;
	}
	return length;
}

/* Every slot at rest is listed once if lengths add up and no chain has a wrong member. */
static bool lists_hold(const struct picket_guard *guard)
{
	u32 resting = 0, listed = 0;

	for (u32 i = 0; i < guard->geometry.slot_count; i++)
		resting += guard->slots[i].state != PICKET_SLOT_LIVE;
	for (u32 i = 0; i < guard->geometry.class_count; i++)
		listed += chain_length(guard, guard->lists[i].head, 1);
	listed += chain_length(guard, guard->inbox, 0);
	return listed == resting;
}

static bool object_holds(const struct picket_guard *guard, u32 slot_index)
{
	const struct picket_life *life = picket_slot_life(&guard->slots[slot_index]);
	uptr start = picket_slot_start(&guard->geometry, slot_index);
	uptr end = start + picket_class_of(&guard->geometry, slot_index)->slot_bytes;
	uptr size = life->size_bytes ? (uptr)life->size_bytes : 1;
	uptr address = (uptr)life->address;

	if (address < start || size > end - address || address % (uptr)life->align_bytes)
		return false;
	if (life->side == PICKET_SIDE_LEFT)
		return address == start;
	return end - (address + size) < (uptr)life->align_bytes;
}

static bool objects_hold(const struct picket_guard *guard)
{
	for (u32 i = 0; i < guard->geometry.slot_count; i++)
		if (guard->slots[i].state == PICKET_SLOT_LIVE && !object_holds(guard, i))
			return false;
	return true;
}

static bool live_holds(const struct picket_guard *guard)
{
	u64 live = 0;

	for (u32 i = 0; i < guard->geometry.slot_count; i++)
		live += guard->slots[i].state == PICKET_SLOT_LIVE;
	return live == guard->stats.live;
}

static bool balance_holds(const struct picket_guard *guard)
{
	return guard->stats.guarded - guard->stats.freed == guard->stats.live;
}

static bool coverage_holds(const struct picket_guard *guard)
{
	const struct picket_coverage *coverage = &guard->coverage;
	u64 expected = 2 * guard->stats.live;
	u64 sum = 0;

	for (u32 i = 0; i < PICKET_RECENT_SITES; i++)
		expected += coverage->recent[i] ? 2 : 0;
	for (u32 i = 0; i <= coverage->mask; i++)
		sum += coverage->counters[i];
	return sum == expected;
}

static bool sequences_hold(const struct picket_guard *guard)
{
	for (u32 i = 0; i < guard->geometry.slot_count; i++)
		if (guard->slots[i].sequence & 1)
			return false;
	return true;
}

static bool visibility_holds(const struct picket_guard *guard)
{
	const struct picket_geometry *geometry = &guard->geometry;

	for (uptr at = 0; at < geometry->size_bytes; at += geometry->page_bytes) {
		uptr address = geometry->start + at;
		struct picket_place place = picket_place_of(geometry, address);
		bool live = place.slot != PICKET_NONE &&
			    guard->slots[place.slot].state == PICKET_SLOT_LIVE;

		if (!live && picket_guard_page_visible(guard, address) &&
		    !picket_opened_test(guard, address))
			return false;
	}
	return true;
}

u32 picket_guard_check_all(struct picket_guard *guard)
{
	static bool (*const invariants[])(const struct picket_guard *) = {
		geometry_holds, states_hold,	lists_hold,	objects_hold,	  live_holds,
		balance_holds,	coverage_holds, sequences_hold, visibility_holds,
	};

	for (u32 i = 0; i < sizeof(invariants) / sizeof(invariants[0]); i++)
		if (!invariants[i](guard))
			return i + 1;
	return 0;
}
