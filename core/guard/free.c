/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Taking an object back: claim it, record who frees it, check, hide, and queue its slot. */
#include "pool.h"

#define EINVAL_ERROR (-22)

static int reject(struct picket_guard *guard, uptr address, enum picket_found found)
{
	struct picket_record *record;

	if (picket_load(&guard->disabled))
		return EINVAL_ERROR;
	record = picket_record_open(guard, found);
	if (!record)
		return EINVAL_ERROR;
	record->fault_address = address;
	picket_diagnose_free(&guard->geometry, guard->slots, address, record);
	picket_record_send(guard, record, NULL);
	return EINVAL_ERROR;
}

/*
 * Make the caller the one that frees the object at the address.
 * Return: the state that was left (LIVE or CHECKING); UNUSED if it is not a live object's start.
 */
static u32 claim(struct picket_slot *slot, uptr address)
{
	u32 state = picket_load_acquire(&slot->state);

	while (picket_state_is_live(state)) {
		u32 next = state == PICKET_SLOT_LIVE ? PICKET_SLOT_FREEING : PICKET_SLOT_FREE_ASKED;

		if (picket_load(&picket_slot_life(slot)->address) != address)
			return PICKET_SLOT_UNUSED;
		if (picket_cas(&slot->state, &state, next))
			return state;
	}
	return PICKET_SLOT_UNUSED;
}

static bool families_fit(u32 allocated, u32 freed)
{
	return allocated == PICKET_FAMILY_ANY || freed == PICKET_FAMILY_ANY || allocated == freed;
}

static bool claims_fit(const struct picket_life *life, const struct picket_free_request *request)
{
	return families_fit(life->family, request->family) &&
	       (!request->size_bytes || request->size_bytes == life->size_bytes) &&
	       (!request->align_bytes || request->align_bytes == life->align_bytes);
}

static void report_mismatch(struct picket_guard *guard, u32 slot_index,
			    const struct picket_free_request *request)
{
	struct picket_slot *slot = &guard->slots[slot_index];
	struct picket_record *record = picket_record_open(guard, request->found);

	if (!record)
		return;
	record->bug = PICKET_BUG_MISMATCH;
	picket_slot_to_record(slot, slot_index, slot->newest & 1, record);
	record->fault_address = record->object.address;
	record->position = PICKET_POSITION_INSIDE;
	record->mismatch.family = request->family;
	record->mismatch.size_bytes = request->size_bytes;
	record->mismatch.align_bytes = request->align_bytes;
	picket_record_send(guard, record, NULL);
}

/* The record comes before the hiding: a fault in between must find a freed object. */
static void free_record(struct picket_guard *guard, struct picket_slot *slot)
{
	u64 pc[PICKET_STACK_FRAMES];
	u32 frames = picket_plat_stack(guard->platform, NULL, pc, PICKET_STACK_FRAMES);

	picket_slot_write_begin(slot);
	picket_track_fill(guard, &picket_slot_life(slot)->free, pc, frames);
	picket_slot_write_end(slot);
}

static void checks(struct picket_guard *guard, u32 slot_index,
		   const struct picket_free_request *request)
{
	if (picket_load(&guard->disabled))
		return;
	if (!claims_fit(picket_slot_life(&guard->slots[slot_index]), request))
		report_mismatch(guard, slot_index, request);
	picket_canary_verify(guard, slot_index, request->found);
}

/*
 * Freed data is kept, so that a late read that Picket reports still reads what it would have
 * read. Data of large objects would add up: beyond retain_pages it is given back.
 */
static void data_discard(struct picket_guard *guard, struct picket_slot *slot, uptr start, uptr end)
{
	u32 pages = (u32)((end - start) / guard->geometry.page_bytes);

	if (pages <= 1)
		return;
	if (picket_add(&guard->retained_pages, pages) + pages <= guard->config.retain_pages) {
		slot->retained = pages;
		return;
	}
	picket_sub(&guard->retained_pages, pages);
	picket_plat_discard(guard->platform, start, end - start);
}

static bool answers_for(const struct picket_guard *guard, u32 slot_index, u32 side)
{
	return slot_index < guard->geometry.slot_count &&
	       (picket_load(&guard->slots[slot_index].opened) & side);
}

/* Hide the guards that reports about this slot's object left open, unless a neighbour's did too. */
static void guards_close(struct picket_guard *guard, u32 slot_index)
{
	uptr start = picket_slot_start(&guard->geometry, slot_index);
	uptr end = start + picket_class_of(&guard->geometry, slot_index)->slot_bytes;
	uptr guard_bytes = guard->geometry.guard_bytes;
	u32 mine = picket_exchange(&guard->slots[slot_index].opened, 0u);

	if ((mine & PICKET_GUARD_LEFT) && !answers_for(guard, slot_index - 1, PICKET_GUARD_RIGHT))
		picket_opened_close(guard, start - guard_bytes, start, true);
	if ((mine & PICKET_GUARD_RIGHT) && !answers_for(guard, slot_index + 1, PICKET_GUARD_LEFT))
		picket_opened_close(guard, end, end + guard_bytes, true);
}

/* Last step of a free, by whoever owns the slot then: hide the pages and queue the slot. */
void picket_slot_retire(struct picket_guard *guard, u32 slot_index)
{
	struct picket_slot *slot = &guard->slots[slot_index];
	const struct picket_life *life = picket_slot_life(slot);
	uptr slot_start = picket_slot_start(&guard->geometry, slot_index);
	uptr slot_end = slot_start + picket_class_of(&guard->geometry, slot_index)->slot_bytes;
	uptr start = picket_span_start(&guard->geometry, (uptr)life->address);
	uptr end = picket_span_end(&guard->geometry, (uptr)life->address, (uptr)life->size_bytes);

	picket_coverage_remove(&guard->coverage, life->site);
	data_discard(guard, slot, start, end);
	guards_close(guard, slot_index);
	picket_opened_close(guard, slot_start, start, true);
	picket_opened_close(guard, end, slot_end, true);
	if (picket_plat_hide(guard->platform, start, end - start)) {
		picket_add(&guard->stats.not_hidden, 1ull);
		picket_opened_set(guard, start, end);
	} else {
		/* Set where a fault had to show the whole pool. */
		picket_opened_close(guard, start, end, false);
	}
	picket_sub(&guard->stats.live, 1ull);
	picket_add(&guard->stats.freed, 1ull);
	picket_store_release(&slot->state, PICKET_SLOT_FREED);
	picket_inbox_push(guard, slot_index);
}

int picket_guard_free(struct picket_guard *guard, uptr address,
		      const struct picket_free_request *request)
{
	u32 slot_index = picket_place_of(&guard->geometry, address).slot;
	struct picket_slot *slot;
	u32 left, asked = PICKET_SLOT_FREE_ASKED;

	if (slot_index == PICKET_NONE)
		return reject(guard, address, request->found);
	slot = &guard->slots[slot_index];
	left = claim(slot, address);
	if (left == PICKET_SLOT_UNUSED)
		return reject(guard, address, request->found);
	free_record(guard, slot);
	checks(guard, slot_index, request);
	if (left == PICKET_SLOT_CHECKING &&
	    picket_cas(&slot->state, &asked, PICKET_SLOT_FREE_READY))
		return 0;
	picket_slot_retire(guard, slot_index);
	return 0;
}

/* Under the lock a slot at rest stays as it is: who takes one takes it off its list first. */
void picket_guard_close(struct picket_guard *guard, uptr address)
{
	u32 slot_index = picket_place_of(&guard->geometry, address).slot;
	uptr start;

	if (slot_index == PICKET_NONE || picket_load(&guard->disabled) ||
	    !picket_lock_try(&guard->lock))
		return;
	start = picket_slot_start(&guard->geometry, slot_index);
	if (picket_load_acquire(&guard->slots[slot_index].state) == PICKET_SLOT_FREED)
		picket_opened_close(
			guard, start,
			start + picket_class_of(&guard->geometry, slot_index)->slot_bytes, true);
	picket_lock_release(&guard->lock);
}

bool picket_guard_object(struct picket_guard *guard, uptr address, uptr *size_bytes)
{
	u32 slot_index = picket_place_of(&guard->geometry, address).slot;
	struct picket_bounds bounds;

	if (slot_index == PICKET_NONE)
		return false;
	picket_slot_bounds(&guard->slots[slot_index], &bounds);
	if (!picket_state_is_live(bounds.state) || bounds.address != address)
		return false;
	if (size_bytes)
		*size_bytes = bounds.size_bytes;
	return true;
}

u64 picket_guard_age_ns(struct picket_guard *guard, uptr address)
{
	u64 born;

	if (!picket_guard_object(guard, address, NULL))
		return 0;
	born = picket_slot_life(&guard->slots[picket_place_of(&guard->geometry, address).slot])
		       ->alloc.task.time_ns;
	return picket_plat_time_ns(guard->platform) - born;
}

void picket_guard_misuse(struct picket_guard *guard, uptr address, enum picket_found found)
{
	reject(guard, address, found);
}
