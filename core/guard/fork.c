/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * After the host process was copied: one thread lives on, and what other threads were doing in
 * the detector at that instant will never be finished by them.
 */
#include "pool.h"

/* Return: was the slot in the middle of something that its owner, now gone, will not end? */
static bool is_orphan(u32 state)
{
	return state != PICKET_SLOT_UNUSED && state != PICKET_SLOT_FREED &&
	       !picket_state_is_live(state);
}

static void settle(struct picket_guard *guard, u32 slot_index)
{
	struct picket_slot *slot = &guard->slots[slot_index];
	uptr start = picket_slot_start(&guard->geometry, slot_index);
	uptr bytes = picket_class_of(&guard->geometry, slot_index)->slot_bytes;

	slot->sequence &= ~1u;
	if (slot->state == PICKET_SLOT_CHECKING)
		slot->state = PICKET_SLOT_LIVE;
	if (!is_orphan(slot->state))
		return;
	if (picket_plat_hide(guard->platform, start, bytes))
		picket_opened_set(guard, start, start + bytes);
	slot->state = PICKET_SLOT_FREED;
}

/* Lists may have been in the middle of a change: make them anew, never-used slots first. */
static void lists_rebuild(struct picket_guard *guard)
{
	for (u32 i = 0; i < PICKET_CLASSES_MAX; i++)
		guard->lists[i] = (struct picket_list){ PICKET_NONE, PICKET_NONE };
	guard->inbox = PICKET_NONE;
	for (u32 i = 0; i < guard->geometry.slot_count; i++) {
		guard->slots[i].listed = 0;
		if (guard->slots[i].state == PICKET_SLOT_UNUSED)
			picket_list_append(guard, i);
	}
	for (u32 i = 0; i < guard->geometry.slot_count; i++)
		if (guard->slots[i].state == PICKET_SLOT_FREED)
			picket_list_append(guard, i);
}

/* Lists are whole: add the slots that are on none, because their owners had them in hand. */
static void lists_complete(struct picket_guard *guard)
{
	picket_inbox_drain(guard);
	for (u32 i = 0; i < guard->geometry.slot_count; i++)
		if (!guard->slots[i].listed && !picket_state_is_live(guard->slots[i].state))
			picket_list_append(guard, i);
}

static void counts_restore(struct picket_guard *guard)
{
	struct picket_coverage *coverage = &guard->coverage;
	u64 live = 0;

	memset(coverage->counters, 0, (coverage->mask + 1) * sizeof(u32));
	memset(coverage->recent, 0, sizeof(coverage->recent));
	for (u32 i = 0; i < guard->geometry.slot_count; i++) {
		if (!picket_state_is_live(guard->slots[i].state))
			continue;
		live++;
		picket_coverage_add(coverage, picket_slot_life(&guard->slots[i])->site);
	}
	guard->stats.live = live;
	guard->stats.freed = guard->stats.guarded - live;
	for (u32 i = 0; i < PICKET_RECORD_BUFFERS; i++)
		guard->buffers[i].busy = 0;
}

void picket_guard_fork_child(struct picket_guard *guard)
{
	struct picket_task task = { 0 };
	bool lists_whole = picket_lock_try(&guard->lock);

	picket_plat_task(guard->platform, &task);
	for (u32 i = 0; i < guard->geometry.slot_count; i++)
		settle(guard, i);
	if (lists_whole)
		lists_complete(guard);
	else
		lists_rebuild(guard);
	counts_restore(guard);
	guard->seed = picket_mix(guard->seed ^ picket_mix((u64)(u32)task.pid));
	guard->epoch++;
	if (lists_whole)
		picket_lock_release(&guard->lock);
	else
		picket_lock_init(&guard->lock);
}
