/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Canaries: the bytes of an object's pages that are not the object's.
 *
 * The pattern is KFENCE's: 0xaa xor the low three bits of the address, so a copied or shifted run
 * of canary is a changed one.
 */
#include "pool.h"

#define PATTERN_BASE 0xaa
#define WORD sizeof(u64)

u8 picket_canary_byte(uptr address)
{
	return (u8)(PATTERN_BASE ^ (address & (WORD - 1)));
}

static u64 pattern_word(void)
{
	u8 bytes[WORD];
	u64 word;

	for (u32 i = 0; i < WORD; i++)
		bytes[i] = picket_canary_byte(i);
	memcpy(&word, bytes, sizeof(word));
	return word;
}

void picket_canary_fill(uptr start, uptr end)
{
	u64 word = pattern_word();

	for (; start < end && start % WORD; start++)
		*(u8 *)start = picket_canary_byte(start);
	for (; start + WORD <= end; start += WORD)
		*(u64 *)start = word;
	for (; start < end; start++)
		*(u8 *)start = picket_canary_byte(start);
}

/* Return: the first changed byte in [start, end), or 0. */
uptr picket_canary_check(uptr start, uptr end)
{
	u64 word = pattern_word();

	while (start < end) {
		if (start % WORD == 0 && start + WORD <= end && *(volatile u64 *)start == word) {
			start += WORD;
			continue;
		}
		if (*(volatile u8 *)start != picket_canary_byte(start))
			return start;
		start++;
	}
	return 0;
}

/* The changed byte and its successors, up to where the canary ends. */
static void bytes_to_record(uptr from, uptr end, struct picket_record *record)
{
	struct picket_corruption *corruption = &record->corruption;

	for (uptr at = from; at < end && corruption->count < PICKET_CORRUPT_BYTES; at++) {
		u8 byte = *(volatile u8 *)at;

		if (byte != picket_canary_byte(at))
			corruption->changed |= 1u << corruption->count;
		corruption->bytes[corruption->count++] = byte;
	}
}

static void report_change(struct picket_guard *guard, u32 slot_index, uptr from, uptr end,
			  enum picket_found found)
{
	struct picket_slot *slot = &guard->slots[slot_index];
	struct picket_record *record = picket_record_open(guard, found);

	if (!record)
		return;
	record->bug = PICKET_BUG_CORRUPTION;
	record->access = PICKET_ACCESS_WRITE;
	record->fault_address = from;
	picket_slot_to_record(slot, slot_index, slot->newest & 1, record);
	picket_position(from, (uptr)record->object.address, (uptr)record->object.size_bytes,
			record);
	record->corruption.until_ns = picket_plat_time_ns(guard->platform);
	bytes_to_record(from, end, record);
	picket_record_send(guard, record, NULL);
}

/* A sweep and a free may look at one object at a time; one of them reports. */
static bool first_to_report(struct picket_life *life, u32 flag)
{
	return !(__atomic_fetch_or(&life->flags, flag, __ATOMIC_RELAXED) & flag);
}

/*
 * Check both canaries of an object whose slot the caller owns (CHECKING, or on the way to FREED),
 * and report each that has changed, once in the object's life.
 * Return: how many had changed and were not reported before.
 */
u32 picket_canary_verify(struct picket_guard *guard, u32 slot_index, enum picket_found found)
{
	struct picket_life *life = picket_slot_life(&guard->slots[slot_index]);
	uptr address = (uptr)life->address;
	uptr object_end = address + (uptr)life->size_bytes;
	uptr span_end = picket_span_end(&guard->geometry, address, (uptr)life->size_bytes);
	uptr left = 0, right = 0;
	u64 now = picket_plat_time_ns(guard->platform);

	if (!(picket_load(&life->flags) & PICKET_LIFE_REPORTED_LEFT))
		left = picket_canary_check(picket_span_start(&guard->geometry, address), address);
	if (!(picket_load(&life->flags) & PICKET_LIFE_REPORTED_RIGHT))
		right = picket_canary_check(object_end, span_end);
	if (left && first_to_report(life, PICKET_LIFE_REPORTED_LEFT))
		report_change(guard, slot_index, left, address, found);
	if (right && first_to_report(life, PICKET_LIFE_REPORTED_RIGHT))
		report_change(guard, slot_index, right, span_end, found);
	if (!left && !right)
		picket_store(&life->checked_ns, now);
	return (left != 0) + (right != 0);
}
