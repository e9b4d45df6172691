/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * From an address to a bug: pure functions of the pool's geometry, its slots and the address. The
 * same code serves a fault handler, another process, and a core file.
 */
#include "pool.h"

/* Where the address lies as seen from an object, and how far from its nearest end. */
void picket_position(uptr address, uptr object, uptr size_bytes, struct picket_record *record)
{
	if (address < object) {
		record->position = PICKET_POSITION_LEFT;
		record->distance_bytes = object - address;
		record->kfence_distance_bytes = object - address;
		return;
	}
	record->kfence_distance_bytes = address - object;
	if (address - object < size_bytes) {
		record->position = PICKET_POSITION_INSIDE;
		record->distance_bytes = address - object;
		return;
	}
	record->position = PICKET_POSITION_RIGHT;
	record->distance_bytes = address - object - size_bytes + 1;
}

static void name_object(const struct picket_slot *slots, u32 slot_index, u32 life_index,
			uptr address, struct picket_record *record)
{
	if (!picket_slot_to_record(&slots[slot_index], slot_index, life_index, record))
		record->confidence = PICKET_CONFIDENCE_LOW;
	picket_position(address, (uptr)record->object.address, (uptr)record->object.size_bytes,
			record);
}

static bool contains(uptr object, uptr size_bytes, uptr address)
{
	return object && address - object < (size_bytes ? size_bytes : 1);
}

static bool is_freed(const struct picket_bounds *bounds)
{
	return bounds->address && !picket_state_is_live(bounds->state);
}

/* Bytes between the address and the object of a neighbour; ~0 if it has none of that kind. */
static uptr gap_to(const struct picket_slot *slots, u32 slot_index, uptr address, bool live,
		   struct picket_bounds *bounds)
{
	if (slot_index == PICKET_NONE)
		return ~(uptr)0;
	picket_slot_bounds(&slots[slot_index], bounds);
	if (!bounds->address || live != picket_state_is_live(bounds->state))
		return ~(uptr)0;
	if (address < bounds->address)
		return bounds->address - address;
	return address - bounds->address - bounds->size_bytes;
}

/* The nearest object of the two neighbours; as KFENCE does, the left one wins a tie. */
static bool nearest(const struct picket_slot *slots, const struct picket_place *place, uptr address,
		    bool live, u32 *slot_index, u32 *life_index)
{
	struct picket_bounds left, right;
	uptr left_gap = gap_to(slots, place->left, address, live, &left);
	uptr right_gap = gap_to(slots, place->right, address, live, &right);

	if (left_gap == ~(uptr)0 && right_gap == ~(uptr)0)
		return false;
	*slot_index = left_gap <= right_gap ? place->left : place->right;
	*life_index = left_gap <= right_gap ? left.newest : right.newest;
	return true;
}

/*
 * In a guard, or in a slot that never held an object: a live neighbour was overrun; or, if there
 * is none, perhaps a freed one.
 */
static void diagnose_beside(const struct picket_slot *slots, const struct picket_place *place,
			    uptr address, struct picket_record *record)
{
	u32 slot_index, life_index;

	record->bug = PICKET_BUG_INVALID_ACCESS;
	if (nearest(slots, place, address, true, &slot_index, &life_index)) {
		record->bug = PICKET_BUG_OUT_OF_BOUNDS;
	} else if (nearest(slots, place, address, false, &slot_index, &life_index)) {
		record->bug = PICKET_BUG_USE_AFTER_FREE;
		record->confidence = PICKET_CONFIDENCE_LOW;
	} else {
		return;
	}
	if (place->slot != PICKET_NONE)
		record->confidence = PICKET_CONFIDENCE_LOW;
	name_object(slots, slot_index, life_index, address, record);
}

/* In the slot of a freed object: of that one, or of the one before it, or a far overrun. */
static void diagnose_freed(const struct picket_slot *slots, u32 slot_index, uptr address,
			   const struct picket_bounds *bounds, struct picket_record *record)
{
	u32 life_index = bounds->newest;

	record->bug = PICKET_BUG_USE_AFTER_FREE;
	if (bounds->torn || !contains(bounds->address, bounds->size_bytes, address))
		record->confidence = PICKET_CONFIDENCE_LOW;
	if (!contains(bounds->address, bounds->size_bytes, address) &&
	    contains(bounds->previous_address, bounds->previous_size_bytes, address))
		life_index = !bounds->newest;
	name_object(slots, slot_index, life_index, address, record);
}

/*
 * picket_diagnose_fault() - what does an access to this hidden address mean?
 *
 * Fills bug, object, position, distances, confidence and the stacks of the object.
 * Return: false if the address should be visible: somebody was faster, and there is no bug.
 */
bool picket_diagnose_fault(const struct picket_geometry *geometry, const struct picket_slot *slots,
			   uptr address, struct picket_record *record)
{
	struct picket_place place = picket_place_of(geometry, address);
	struct picket_bounds bounds = { 0 };

	if (place.slot != PICKET_NONE)
		picket_slot_bounds(&slots[place.slot], &bounds);
	if (place.slot == PICKET_NONE || !bounds.address) {
		diagnose_beside(slots, &place, address, record);
	} else if (is_freed(&bounds)) {
		diagnose_freed(slots, place.slot, address, &bounds, record);
	} else {
		if (address >= picket_span_start(geometry, bounds.address) &&
		    address < picket_span_end(geometry, bounds.address, bounds.size_bytes))
			return false;
		record->bug = PICKET_BUG_OUT_OF_BOUNDS;
		name_object(slots, place.slot, bounds.newest, address, record);
	}
	return true;
}

/* Which object a wrong free in a slot means, and how it is wrong. */
static void diagnose_free_in_slot(const struct picket_slot *slots, u32 slot_index, uptr address,
				  struct picket_record *record)
{
	struct picket_bounds bounds;
	u32 life_index;

	picket_slot_bounds(&slots[slot_index], &bounds);
	life_index = bounds.newest;
	if (bounds.torn)
		record->confidence = PICKET_CONFIDENCE_LOW;
	if (bounds.address == address && is_freed(&bounds)) {
		record->bug = PICKET_BUG_DOUBLE_FREE;
	} else if (bounds.previous_address == address &&
		   !contains(bounds.address, bounds.size_bytes, address)) {
		record->bug = PICKET_BUG_DOUBLE_FREE;
		life_index = !bounds.newest;
	}
	if (bounds.address)
		name_object(slots, slot_index, life_index, address, record);
}

/*
 * picket_diagnose_free() - why is this address no live object's start?
 *
 * Fills the same fields as picket_diagnose_fault().
 */
void picket_diagnose_free(const struct picket_geometry *geometry, const struct picket_slot *slots,
			  uptr address, struct picket_record *record)
{
	struct picket_place place = picket_place_of(geometry, address);
	u32 slot_index, life_index;

	record->bug = PICKET_BUG_INVALID_FREE;
	if (place.slot != PICKET_NONE) {
		diagnose_free_in_slot(slots, place.slot, address, record);
		return;
	}
	if (nearest(slots, &place, address, true, &slot_index, &life_index) ||
	    nearest(slots, &place, address, false, &slot_index, &life_index))
		name_object(slots, slot_index, life_index, address, record);
}
