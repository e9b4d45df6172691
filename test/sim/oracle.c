/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "oracle_map.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((format(printf, 2, 3))) static void wrong(struct oracle *oracle, const char *format,
							...)
{
	va_list arguments;

	if (oracle->wrong[0])
		return;
	va_start(arguments, format);
	vsnprintf(oracle->wrong, sizeof(oracle->wrong), format, arguments);
	va_end(arguments);
}

/* The documented order: guard, slot 0, guard, slot 1, ..., guard. */
static void map_pool(struct oracle *oracle)
{
	u32 page = 0;

	for (u32 c = 0; c < oracle->config.class_count; c++) {
		for (u32 i = 0; i < oracle->config.classes[c].slots; i++) {
			struct oracle_slot *slot = &oracle->slots[oracle->slot_count++];

			page += oracle->config.guard_pages;
			slot->first_page = page;
			slot->pages = oracle->config.classes[c].slot_pages;
			page += slot->pages;
		}
	}
	oracle->page_count = page + oracle->config.guard_pages;
	for (page = 0; page < oracle->page_count; page++)
		oracle->page_slot[page] = oracle->slot_count;
	for (u32 s = 0; s < oracle->slot_count; s++)
		for (u32 i = 0; i < oracle->slots[s].pages; i++)
			oracle->page_slot[oracle->slots[s].first_page + i] = s;
}

bool oracle_start(struct oracle *oracle, const struct picket_guard_config *config, u64 seed)
{
	uptr size_bytes;

	memset(oracle, 0, sizeof(*oracle));
	oracle->config = *config;
	sim_start(&oracle->sim, config->caps.page_bytes, seed, SIM_SOUND);
	if (picket_guard_create(&oracle->sim, config, &oracle->sim.guard))
		return false;
	picket_guard_range(oracle->sim.guard, &oracle->start, &size_bytes);
	map_pool(oracle);
	oracle->content = calloc(1, size_bytes);
	oracle->known = calloc(1, size_bytes);
	if (!oracle->content || !oracle->known)
		abort();
	if (size_bytes != oracle->page_count * page_bytes(oracle))
		wrong(oracle, "the pool has %lu bytes", size_bytes);
	return true;
}

static bool matches(const struct oracle_prediction *prediction, const struct picket_record *record)
{
	return !prediction->seen && prediction->bug == record->bug &&
	       prediction->access == record->access &&
	       prediction->address == record->fault_address &&
	       prediction->object == record->object.address && prediction->found == record->found;
}

/* Distance by counting steps, one byte at a time. */
static void check_distance(struct oracle *oracle, const struct picket_record *record)
{
	uptr start = (uptr)record->object.address;
	uptr end = start + (uptr)record->object.size_bytes;
	uptr steps = 0;
	enum picket_position position = PICKET_POSITION_NONE;

	/* A free that fits in nothing but the address is of the object, though it have no bytes. */
	if (start)
		position = PICKET_POSITION_INSIDE;
	if (start && record->bug != PICKET_BUG_MISMATCH) {
		for (uptr at = (uptr)record->fault_address; at < start; at++, steps++)
			position = PICKET_POSITION_LEFT;
		for (uptr at = (uptr)record->fault_address; at >= end; at--, steps++)
			position = PICKET_POSITION_RIGHT;
		if (position == PICKET_POSITION_INSIDE)
			steps = (uptr)record->fault_address - start;
	}
	if (record->position != position || record->distance_bytes != steps)
		wrong(oracle, "step %llu: position %u and distance %llu, should be %u and %lu",
		      oracle->step, record->position, record->distance_bytes, position, steps);
}

static void check_record(struct oracle *oracle, const struct picket_record *record)
{
	for (u32 i = 0; i < oracle->prediction_count; i++) {
		if (matches(&oracle->predictions[i], record)) {
			oracle->predictions[i].seen = true;
			check_distance(oracle, record);
			return;
		}
	}
	wrong(oracle,
	      "step %llu: unpredicted record: bug %u, access %u, at +0x%llx, object +0x%llx",
	      oracle->step, record->bug, record->access, record->fault_address - oracle->start,
	      record->object.address - oracle->start);
}

static void check_records(struct oracle *oracle)
{
	for (u32 i = 0; i < oracle->sim.record_count && i < SIM_RECORDS_MAX; i++) {
		oracle->record_count++;
		if (oracle->sim.records[i].sequence != oracle->record_count)
			wrong(oracle, "step %llu: a gap in the sequence", oracle->step);
		check_record(oracle, &oracle->sim.records[i]);
	}
	for (u32 i = 0; i < oracle->prediction_count; i++) {
		const struct oracle_prediction *missed = &oracle->predictions[i];

		if (!missed->seen && !oracle->over)
			wrong(oracle, "step %llu: not reported: bug %u at +0x%lx", oracle->step,
			      missed->bug, missed->address - oracle->start);
	}
	oracle->sim.record_count = 0;
	oracle->prediction_count = 0;
}

/* A page may be more visible than the map says only if a call was made to fail. */
static void check_pages(struct oracle *oracle)
{
	for (u32 page = 0; page < oracle->page_count; page++) {
		bool real = sim_visible(&oracle->sim, page_address(oracle, page));

		if (real && !oracle->visible[page] && oracle->sim.failures)
			oracle->visible[page] = true;
		if (real != oracle->visible[page])
			wrong(oracle, "step %llu: page %u is %s", oracle->step, page,
			      real ? "visible" : "hidden");
	}
}

static void check_counters(struct oracle *oracle)
{
	struct picket_stats stats;

	picket_guard_stats(oracle->sim.guard, &stats);
	if (stats.live != oracle->live || stats.guarded != oracle->alloc_count ||
	    stats.freed != oracle->free_count || stats.reports != oracle->record_count)
		wrong(oracle, "step %llu: live %llu, guarded %llu, freed %llu, reports %llu",
		      oracle->step, stats.live, stats.guarded, stats.freed, stats.reports);
}

static void check_step(struct oracle *oracle)
{
	const char *audit;

	oracle->step++;
	oracle->over = oracle->sim.disabled && oracle->sim.failures_of[SIM_SHOW];
	check_records(oracle);
	if (oracle->over)
		return;
	check_pages(oracle);
	check_counters(oracle);
	audit = sim_audit(&oracle->sim);
	if (audit)
		wrong(oracle, "step %llu: %s", oracle->step, audit);
	if (oracle->sim.disabled)
		wrong(oracle, "step %llu: disabled: %s", oracle->step, oracle->sim.disabled);
}

static u32 class_pages(const struct oracle *oracle, uptr size_bytes, uptr align_bytes)
{
	uptr last = oracle->config.caps.slot_pages_max * page_bytes(oracle);

	if (align_bytes > page_bytes(oracle) || size_bytes > last)
		return 0;
	size_bytes = (size_bytes + align_bytes - 1) / align_bytes * align_bytes;
	for (u32 i = 0; i < oracle->config.class_count; i++) {
		if (oracle->config.classes[i].slots &&
		    size_bytes <= oracle->config.classes[i].slot_pages * page_bytes(oracle))
			return oracle->config.classes[i].slot_pages;
	}
	return 0;
}

static uptr expected_align(const struct oracle *oracle, const struct picket_request *request)
{
	uptr align = 1;

	if (request->align_bytes)
		return request->align_bytes;
	if (oracle->config.align_right)
		return oracle->config.align_right;
	while (align * 2 <= oracle->config.align_default && align * 2 <= request->size_bytes)
		align *= 2;
	return align;
}

/* The first of the slots that have waited longest. */
static u64 oldest_free(const struct oracle *oracle, u32 pages, u32 *free_slots)
{
	u64 oldest = ~0ull;

	*free_slots = 0;
	for (u32 s = 0; s < oracle->slot_count; s++) {
		const struct oracle_slot *slot = &oracle->slots[s];

		if (slot->pages != pages || slot->object.live)
			continue;
		++*free_slots;
		if (slot->freed_at < oldest)
			oldest = slot->freed_at;
	}
	return oldest;
}

static void check_refusal(struct oracle *oracle, u32 pages, u32 free_slots)
{
	bool may_be_covered =
		oracle->config.covered_percent < 100 &&
		oracle->live * 100 > oracle->slot_count * oracle->config.covered_percent;

	if (oracle->sim.failures)
		oracle->order_lost = true;
	else if (pages && free_slots && !may_be_covered)
		wrong(oracle, "step %llu: refused, with %u free slots", oracle->step, free_slots);
}

static void check_place(struct oracle *oracle, const struct oracle_slot *slot, uptr address,
			uptr size_bytes, uptr align, enum picket_side side)
{
	uptr start = page_address(oracle, slot->first_page);
	uptr end = page_address(oracle, slot->first_page + slot->pages);
	uptr bytes = size_bytes ? size_bytes : 1;
	bool left = address == start;
	bool right = end - address >= bytes && end - address - bytes < align;

	if (address % align || address < start || address + bytes > end || (!left && !right) ||
	    (side == PICKET_SIDE_LEFT && !left) || (side == PICKET_SIDE_RIGHT && !right))
		wrong(oracle, "step %llu: %lu bytes at +0x%lx, slot +0x%lx to +0x%lx", oracle->step,
		      size_bytes, address - oracle->start, start - oracle->start,
		      end - oracle->start);
}

static void hide(struct oracle *oracle, u32 page)
{
	if (oracle->visible[page])
		memset(oracle->known + page * page_bytes(oracle), 0, page_bytes(oracle));
	oracle->visible[page] = false;
}

static void map_object(struct oracle *oracle, struct oracle_slot *slot,
		       const struct picket_request *request, uptr address)
{
	struct oracle_object *object = &slot->object;

	slot->before = *object;
	*object = (struct oracle_object){
		.address = address,
		.size_bytes = request->size_bytes,
		.align_bytes = expected_align(oracle, request),
		.family = request->family,
		.live = true,
	};
	for (u32 page = slot->first_page; page < slot->first_page + slot->pages; page++)
		hide(oracle, page);
	for (u32 page = first_page(oracle, object); page <= last_page(oracle, object); page++) {
		oracle->visible[page] = true;
		for (uptr at = page_address(oracle, page); at < page_address(oracle, page + 1);
		     at++) {
			bool inside = at >= address && at - address < request->size_bytes;

			oracle->content[at - oracle->start] = inside ? 0 : canary(at);
			oracle->known[at - oracle->start] = !inside || request->zero;
		}
	}
	oracle->live++;
	oracle->alloc_count++;
}

uptr oracle_alloc(struct oracle *oracle, const struct picket_request *request)
{
	uptr align = expected_align(oracle, request);
	u32 pages = class_pages(oracle, request->size_bytes, align);
	uptr address = (uptr)picket_guard_alloc(oracle->sim.guard, NULL, request);
	struct oracle_slot *slot;
	u32 free_slots;
	u64 oldest = oldest_free(oracle, pages, &free_slots);

	if (!address) {
		check_refusal(oracle, pages, free_slots);
		check_step(oracle);
		return 0;
	}
	slot = &oracle->slots[slot_of(oracle, address)];
	if (slot_of(oracle, address) == oracle->slot_count || slot->pages != pages ||
	    slot->object.live) {
		wrong(oracle, "step %llu: an object where none can be", oracle->step);
		return 0;
	}
	if (slot->freed_at != oldest && !oracle->order_lost)
		wrong(oracle, "step %llu: not the slot that waited longest", oracle->step);
	check_place(oracle, slot, address, request->size_bytes, align, request->side);
	map_object(oracle, slot, request, address);
	check_step(oracle);
	return address;
}

static bool fits(const struct oracle_object *object, const struct picket_free_request *request)
{
	if (object->family && request->family && object->family != request->family)
		return false;
	if (request->size_bytes && request->size_bytes != object->size_bytes)
		return false;
	return !request->align_bytes || request->align_bytes == object->align_bytes;
}

/* The guard on one side, if this slot's reports opened it and the neighbour's did not. */
static void hide_guard(struct oracle *oracle, struct oracle_slot *slot, bool right)
{
	u32 pages = oracle->config.guard_pages;
	u32 first = right ? slot->first_page + slot->pages : slot->first_page - pages;
	const struct oracle_slot *other = right ? slot + 1 : slot - 1;
	bool alone = other < oracle->slots || other >= oracle->slots + oracle->slot_count ||
		     !other->opened[!right];

	for (u32 page = first; page < first + pages && slot->opened[right] && alone; page++)
		hide(oracle, page);
	slot->opened[right] = false;
}

static void unmap_object(struct oracle *oracle, struct oracle_slot *slot)
{
	u32 object_first = first_page(oracle, &slot->object);
	u32 object_last = last_page(oracle, &slot->object);

	hide_guard(oracle, slot, false);
	hide_guard(oracle, slot, true);
	for (u32 page = slot->first_page; page < slot->first_page + slot->pages; page++) {
		if (page < object_first || page > object_last || object_first != object_last)
			hide(oracle, page); /* and its content may be given back */
		oracle->visible[page] = false;
	}
	slot->object.live = false;
	slot->freed_at = oracle->step + 1;
	oracle->live--;
	oracle->free_count++;
}

void oracle_free(struct oracle *oracle, uptr address, const struct picket_free_request *request)
{
	u32 s = slot_of(oracle, address);
	struct oracle_slot *slot = &oracle->slots[s];
	bool good = s < oracle->slot_count && slot->object.live && slot->object.address == address;
	int error;

	if (good) {
		if (!fits(&slot->object, request))
			oracle_predict(oracle, PICKET_BUG_MISMATCH, PICKET_ACCESS_UNKNOWN, address,
				       address, request->found);
		oracle_predict_canaries(oracle, &slot->object, request->found);
	} else {
		oracle_predict_bad_free(oracle, address, request->found);
	}
	error = picket_guard_free(oracle->sim.guard, address, request);
	if (error != (good ? 0 : -22))
		wrong(oracle, "step %llu: free gave %d", oracle->step, error);
	if (good)
		unmap_object(oracle, slot);
	check_step(oracle);
}

void oracle_read(struct oracle *oracle, uptr address, u32 size_bytes)
{
	u8 bytes[8];

	oracle_predict_faults(oracle, address, size_bytes, PICKET_ACCESS_READ);
	sim_read(&oracle->sim, address, bytes, size_bytes);
	for (u32 i = 0; i < size_bytes && !oracle->sim.disabled; i++) {
		uptr offset = address + i - oracle->start;

		if (in_pool(oracle, address + i) && oracle->known[offset] &&
		    oracle->content[offset] != bytes[i])
			wrong(oracle, "step %llu: +0x%lx reads 0x%02x, was 0x%02x", oracle->step,
			      offset, bytes[i], oracle->content[offset]);
	}
	check_step(oracle);
}

void oracle_write(struct oracle *oracle, uptr address, u32 size_bytes, u64 value)
{
	oracle_predict_faults(oracle, address, size_bytes, PICKET_ACCESS_WRITE);
	sim_write(&oracle->sim, address, &value, size_bytes);
	for (u32 i = 0; i < size_bytes; i++) {
		if (!in_pool(oracle, address + i))
			continue;
		oracle->content[address + i - oracle->start] = (u8)(value >> (8 * i));
		oracle->known[address + i - oracle->start] = true;
	}
	check_step(oracle);
}

void oracle_sweep(struct oracle *oracle)
{
	u32 found;

	for (u32 s = 0; s < oracle->slot_count; s++)
		if (oracle->slots[s].object.live)
			oracle_predict_canaries(oracle, &oracle->slots[s].object,
						PICKET_FOUND_SWEEP);
	found = picket_guard_sweep(oracle->sim.guard, oracle->slot_count, PICKET_FOUND_SWEEP);
	if (found != oracle->prediction_count)
		wrong(oracle, "step %llu: the sweep found %u", oracle->step, found);
	check_step(oracle);
}

void oracle_fork(struct oracle *oracle)
{
	picket_guard_fork_child(oracle->sim.guard);
	oracle->order_lost |= oracle->sim.failures != 0;
	check_step(oracle);
}

void oracle_stop(struct oracle *oracle)
{
	struct picket_free_request request = { .found = PICKET_FOUND_FREE };

	sim_fail(&oracle->sim, 0, 0, false);
	for (u32 s = 0; s < oracle->slot_count && !oracle->over && !oracle->wrong[0]; s++)
		if (oracle->slots[s].object.live)
			oracle_free(oracle, oracle->slots[s].object.address, &request);
	if (oracle->sim.guard)
		picket_guard_destroy(oracle->sim.guard);
	sim_stop(&oracle->sim);
	if (oracle->sim.violation)
		wrong(oracle, "at the end: %s", oracle->sim.violation);
	free(oracle->content);
	free(oracle->known);
}
