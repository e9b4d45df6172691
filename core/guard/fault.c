/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The host touched a hidden page. Nothing here takes a lock or waits: the interrupted code may be
 * anywhere, in this detector too.
 */
#include "pool.h"

/*
 * The page could not be shown, and the host would fault on it for ever. Showing the whole pool
 * makes one mapping of many and so needs no memory; after that Picket can guard nothing.
 */
static enum picket_verdict give_up(struct picket_guard *guard, enum picket_verdict verdict)
{
	picket_guard_disable(guard, "a page could not be made accessible again");
	if (picket_plat_show(guard->platform, guard->geometry.start, guard->geometry.size_bytes))
		return PICKET_FAULT_NOT_OURS;
	picket_opened_set(guard, guard->geometry.start,
			  guard->geometry.start + guard->geometry.size_bytes);
	return verdict;
}

static enum picket_verdict show(struct picket_guard *guard, uptr start, uptr end,
				enum picket_verdict verdict)
{
	if (picket_plat_show(guard->platform, start, end - start))
		return give_up(guard, verdict);
	picket_opened_set(guard, start, end);
	return verdict;
}

/* Who hides this guard again? The slot of the object that was overrun, or else a neighbour. */
void picket_answer_for(struct picket_guard *guard, uptr address, u32 owner)
{
	struct picket_place place = picket_place_of(&guard->geometry, address);

	if (place.slot != PICKET_NONE)
		return;
	if (owner == PICKET_NONE)
		owner = place.left != PICKET_NONE ? place.left : place.right;
	__atomic_fetch_or(&guard->slots[owner].opened,
			  owner == place.left ? PICKET_GUARD_RIGHT : PICKET_GUARD_LEFT,
			  __ATOMIC_RELAXED);
}

/* Of a freed object all pages are shown, so that it is reported once. */
static enum picket_verdict show_for(struct picket_guard *guard, uptr address,
				    const struct picket_record *record)
{
	uptr start = picket_span_start(&guard->geometry, address);
	uptr end = start + guard->geometry.page_bytes;
	uptr object_start, object_end;

	if (record->bug == PICKET_BUG_USE_AFTER_FREE) {
		object_start = picket_span_start(&guard->geometry, (uptr)record->object.address);
		object_end = picket_span_end(&guard->geometry, (uptr)record->object.address,
					     (uptr)record->object.size_bytes);
		if (address >= object_start && address < object_end) {
			start = object_start;
			end = object_end;
		}
	}
	return show(guard, start, end, PICKET_FAULT_REPORTED);
}

/* Not a bug, or no room to report one: just let the host go on. */
static enum picket_verdict pass(struct picket_guard *guard, uptr address)
{
	uptr start = picket_span_start(&guard->geometry, address);

	picket_answer_for(guard, address, PICKET_NONE);
	return show(guard, start, start + guard->geometry.page_bytes, PICKET_FAULT_HANDLED);
}

void picket_guard_let(struct picket_guard *guard, uptr address)
{
	pass(guard, address);
}

static enum picket_verdict pass_visible(struct picket_guard *guard, uptr address)
{
	uptr start = picket_span_start(&guard->geometry, address);

	picket_add(&guard->stats.spurious, 1ull);
	if (picket_plat_show(guard->platform, start, guard->geometry.page_bytes))
		return give_up(guard, PICKET_FAULT_HANDLED);
	return PICKET_FAULT_HANDLED;
}

static void name_call(const struct picket_fault *fault, struct picket_call *call)
{
	call->argument = fault->argument;
	for (u32 i = 0; fault->call && fault->call[i] && i < PICKET_CALL_NAME_BYTES - 1; i++)
		call->name[i] = fault->call[i];
}

enum picket_verdict picket_guard_fault(struct picket_guard *guard, const struct picket_fault *fault)
{
	struct picket_record *record;
	enum picket_verdict verdict;

	if (!picket_guard_owns(guard, fault->address))
		return PICKET_FAULT_NOT_OURS;
	if (picket_load(&guard->disabled))
		return pass(guard, fault->address);
	record = picket_record_open(guard, fault->call ? PICKET_FOUND_CALL : PICKET_FOUND_FAULT);
	if (!record)
		return pass(guard, fault->address);
	if (!picket_diagnose_fault(&guard->geometry, guard->slots, fault->address, record)) {
		picket_record_drop(record);
		return pass_visible(guard, fault->address);
	}
	record->fault_address = fault->address;
	record->access = fault->access;
	record->access_size_bytes = fault->access_size_bytes;
	name_call(fault, &record->call);
	picket_answer_for(guard, fault->address,
			  record->object.state ? record->object.slot_index : PICKET_NONE);
	verdict = show_for(guard, fault->address, record);
	picket_record_send(guard, record, fault->context);
	return verdict;
}
