/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What must be reported, read off the map. */
#include "oracle_map.h"
#include <stdlib.h>

void oracle_predict(struct oracle *oracle, enum picket_bug bug, enum picket_access access,
		    uptr address, uptr object, enum picket_found found)
{
	struct oracle_prediction *next = &oracle->predictions[oracle->prediction_count++];

	if (oracle->prediction_count > ORACLE_PREDICTIONS_MAX)
		abort();
	*next = (struct oracle_prediction){ bug, access, address, object, found, false };
}

static void predict_changed(struct oracle *oracle, struct oracle_object *object, u32 side,
			    uptr from, uptr to, enum picket_found found)
{
	for (uptr at = from; at < to && !object->told[side]; at++) {
		if (oracle->content[at - oracle->start] == canary(at))
			continue;
		oracle_predict(oracle, PICKET_BUG_CORRUPTION, PICKET_ACCESS_WRITE, at,
			       object->address, found);
		object->told[side] = true;
	}
}

void oracle_predict_canaries(struct oracle *oracle, struct oracle_object *object,
			     enum picket_found found)
{
	predict_changed(oracle, object, 0, page_address(oracle, first_page(oracle, object)),
			object->address, found);
	predict_changed(oracle, object, 1, object->address + object->size_bytes,
			page_address(oracle, last_page(oracle, object) + 1), found);
}

static uptr gap(const struct oracle_object *object, uptr address)
{
	if (address < object->address)
		return object->address - address;
	return address - (object->address + object->size_bytes);
}

/* Of the slots next to a guard: the nearest object, living ones before dead ones. */
static const struct oracle_object *neighbour(const struct oracle *oracle, uptr address)
{
	u32 page = page_of(oracle, address);
	u32 around[2] = { page, page };
	const struct oracle_object *best = NULL;

	while (around[0] && oracle->page_slot[around[0]] == oracle->page_slot[page])
		around[0]--;
	while (around[1] < oracle->page_count - 1 &&
	       oracle->page_slot[around[1]] == oracle->page_slot[page])
		around[1]++;
	/* From a slot that never held anything, the guards lie between it and its neighbours. */
	for (u32 i = 0; i < 2 && oracle->page_slot[page] != oracle->slot_count; i++) {
		while (around[i] && around[i] < oracle->page_count - 1 &&
		       oracle->page_slot[around[i]] == oracle->slot_count)
			around[i] += i ? 1 : -1;
	}
	for (u32 i = 0; i < 2; i++) {
		u32 slot = oracle->page_slot[around[i]];
		const struct oracle_object *object;

		if (slot == oracle->slot_count)
			continue;
		object = &oracle->slots[slot].object;
		if (!object->address)
			continue;
		if (!best || object->live > best->live ||
		    (object->live == best->live && gap(object, address) < gap(best, address)))
			best = object;
	}
	return best;
}

static bool covers(const struct oracle_object *object, uptr address)
{
	uptr bytes = object->size_bytes ? object->size_bytes : 1;

	return object->address && address >= object->address && address < object->address + bytes;
}

void oracle_predict_bad_free(struct oracle *oracle, uptr address, enum picket_found found)
{
	u32 s = slot_of(oracle, address);
	const struct oracle_object *named = NULL;
	enum picket_bug bug = PICKET_BUG_INVALID_FREE;

	if (s == oracle->slot_count) {
		named = neighbour(oracle, address);
	} else {
		const struct oracle_slot *slot = &oracle->slots[s];

		named = &slot->object;
		if (slot->object.address == address) {
			bug = PICKET_BUG_DOUBLE_FREE;
		} else if (slot->before.address == address && !covers(&slot->object, address)) {
			bug = PICKET_BUG_DOUBLE_FREE;
			named = &slot->before;
		}
	}
	oracle_predict(oracle, bug, PICKET_ACCESS_UNKNOWN, address, named ? named->address : 0,
		       found);
}

/* A guard that is shown: whose free will hide it again? */
static void answer_for(struct oracle *oracle, u32 page, const struct oracle_object *named)
{
	u32 owner = 0;

	if (oracle->page_slot[page] != oracle->slot_count)
		return;
	if (named)
		owner = slot_of(oracle, named->address);
	else
		while (owner + 1 < oracle->slot_count && oracle->slots[owner + 1].first_page < page)
			owner++;
	oracle->slots[owner].opened[oracle->slots[owner].first_page < page] = true;
}

/* One fault: what it means, and which pages are shown for it. */
static void predict_fault(struct oracle *oracle, uptr address, enum picket_access access)
{
	u32 s = slot_of(oracle, address);
	const struct oracle_slot *slot = &oracle->slots[s];
	const struct oracle_object *named;
	enum picket_bug bug = PICKET_BUG_INVALID_ACCESS;

	if (s < oracle->slot_count && slot->object.address) {
		named = &slot->object;
		bug = named->live ? PICKET_BUG_OUT_OF_BOUNDS : PICKET_BUG_USE_AFTER_FREE;
		if (!named->live && !covers(named, address) && covers(&slot->before, address))
			named = &slot->before;
	} else {
		named = neighbour(oracle, address);
		if (named)
			bug = named->live ? PICKET_BUG_OUT_OF_BOUNDS : PICKET_BUG_USE_AFTER_FREE;
	}
	oracle_predict(oracle, bug, access, address, named ? named->address : 0,
		       PICKET_FOUND_FAULT);
	oracle->visible[page_of(oracle, address)] = true;
	answer_for(oracle, page_of(oracle, address), named);
	if (bug != PICKET_BUG_USE_AFTER_FREE ||
	    page_of(oracle, address) < first_page(oracle, named) ||
	    page_of(oracle, address) > last_page(oracle, named))
		return;
	for (u32 page = first_page(oracle, named); page <= last_page(oracle, named); page++)
		oracle->visible[page] = true;
}

void oracle_predict_faults(struct oracle *oracle, uptr address, u32 size_bytes,
			   enum picket_access access)
{
	for (uptr at = address; at < address + size_bytes; at++) {
		if (in_pool(oracle, at) && !oracle->visible[page_of(oracle, at)])
			predict_fault(oracle, at, access);
	}
}
