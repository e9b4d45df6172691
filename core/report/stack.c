/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stacks in few bytes. Each frame is the difference to its inner neighbour (the first one to 0),
 * zigzag coded so that small negative ones stay short, in groups of 7 bits, lowest group first;
 * bit 7 of a byte says that another one follows.
 */
#include "report.h"

#define VARINT_BYTES_MAX 10 /* 64 bits in groups of 7 */

static u64 zigzag(u64 difference)
{
	return (difference << 1) ^ (0 - (difference >> 63));
}

static u64 unzigzag(u64 code)
{
	return (code >> 1) ^ (0 - (code & 1));
}

/* Return: bytes used; 0: it does not fit. */
static u32 put_varint(u64 value, u8 *buffer, u32 size_bytes)
{
	u32 used = 0;

	do {
		if (used == size_bytes)
			return 0;
		buffer[used++] = (u8)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
		value >>= 7;
	} while (value);
	return used;
}

/* Return: bytes used; 0: these bytes are no varint of 64 bits. */
static u32 get_varint(const u8 *buffer, u32 size_bytes, u64 *value)
{
	u32 used;

	*value = 0;
	for (used = 0; used < size_bytes && used < VARINT_BYTES_MAX; used++) {
		u64 group = buffer[used] & 0x7f;

		if (used == VARINT_BYTES_MAX - 1 && group > 1)
			return 0;
		*value |= group << (7 * used);
		if (!(buffer[used] & 0x80))
			return used + 1;
	}
	return 0;
}

u32 picket_stack_pack(const u64 *pc, u32 count, u8 *buffer, u32 size_bytes, u32 *packed)
{
	u64 previous = 0;
	u32 used = 0;
	u32 index;

	for (index = 0; index < count; index++) {
		u32 bytes =
			put_varint(zigzag(pc[index] - previous), buffer + used, size_bytes - used);

		if (!bytes)
			break;
		used += bytes;
		previous = pc[index];
	}
	*packed = index;
	return used;
}

u32 picket_stack_unpack(const u8 *buffer, u32 size_bytes, u64 *pc, u32 max)
{
	u64 previous = 0;
	u32 used = 0;
	u32 count;

	for (count = 0; count < max; count++) {
		u64 code;
		u32 bytes = get_varint(buffer + used, size_bytes - used, &code);

		if (!bytes)
			break;
		used += bytes;
		previous += unzigzag(code);
		pc[count] = previous;
	}
	return count;
}
