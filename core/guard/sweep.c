/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The slow check of live objects: finds a changed canary before the free, and narrows the time. */
#include "pool.h"

/*
 * Give the slot back after looking at it. If a free came meanwhile, then whoever is done last
 * hides the pages (see the states in pool.h).
 */
static void release(struct picket_guard *guard, u32 slot_index)
{
	struct picket_slot *slot = &guard->slots[slot_index];
	u32 state = PICKET_SLOT_CHECKING;

	if (picket_cas(&slot->state, &state, PICKET_SLOT_LIVE))
		return;
	if (state == PICKET_SLOT_FREE_ASKED &&
	    picket_cas(&slot->state, &state, PICKET_SLOT_FREEING))
		return;
	picket_slot_retire(guard, slot_index);
}

static u32 check_slot(struct picket_guard *guard, u32 slot_index, enum picket_found found)
{
	u32 state = PICKET_SLOT_LIVE;
	u32 changed;

	if (!picket_cas(&guard->slots[slot_index].state, &state, PICKET_SLOT_CHECKING))
		return 0;
	picket_add(&guard->stats.swept, 1ull);
	changed = picket_canary_verify(guard, slot_index, found);
	release(guard, slot_index);
	return changed;
}

u32 picket_guard_check(struct picket_guard *guard, uptr address, enum picket_found found)
{
	if (picket_load(&guard->disabled) || !picket_guard_object(guard, address, NULL))
		return 0;
	return check_slot(guard, picket_place_of(&guard->geometry, address).slot, found);
}

u32 picket_guard_sweep(struct picket_guard *guard, u32 max, enum picket_found found)
{
	u32 count = guard->geometry.slot_count;
	u32 changed = 0;

	for (u32 i = 0; i < max && i < count && !picket_load(&guard->disabled); i++) {
		u32 slot_index = picket_add(&guard->sweep_at, 1u) % count;

		changed += check_slot(guard, slot_index, found);
	}
	return changed;
}
