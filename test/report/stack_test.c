/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The packed form of stacks. Usage: stack_test [SEED] */
#include "sample.h"
#include "test/tap.h"

#include <stdlib.h>
#include <string.h>

#define BUFFER_BYTES 1024
#define ROUNDS 20000

/* Like a real stack: mostly near neighbours, now and then another module. */
static u32 make_stack(u64 *seed, u64 *pc)
{
	u32 count = (u32)(sample_random(seed) % (PICKET_STACK_FRAMES + 1));
	u32 index;

	for (index = 0; index < count; index++)
		pc[index] = sample_random(seed) >> (sample_random(seed) % 64);
	return count;
}

/* All frames that fit are there, no byte beyond the buffer is written. */
static bool round_trip(const u64 *pc, u32 count, u32 size_bytes, u32 *packed)
{
	u8 buffer[BUFFER_BYTES];
	u64 back[PICKET_STACK_FRAMES];
	u32 used;
	u32 unpacked;

	memset(buffer, 0x5a, sizeof(buffer));
	used = picket_stack_pack(pc, count, buffer, size_bytes, packed);
	unpacked = picket_stack_unpack(buffer, used, back, PICKET_STACK_FRAMES);
	return used <= size_bytes && *packed <= count && unpacked == *packed &&
	       !memcmp(pc, back, sizeof(*pc) * unpacked) &&
	       (size_bytes == sizeof(buffer) || buffer[size_bytes] == 0x5a);
}

static void test_random(u64 seed)
{
	u64 first = seed;
	u32 whole = 0;
	u32 cut = 0;
	u32 round;

	for (round = 0; round < ROUNDS; round++) {
		u64 pc[PICKET_STACK_FRAMES];
		u32 count = make_stack(&seed, pc);
		u32 packed;

		whole += round_trip(pc, count, BUFFER_BYTES, &packed) && packed == count;
		cut += round_trip(pc, count, (u32)(sample_random(&seed) % 200), &packed);
	}
	tap_ok(whole == ROUNDS, "%d random stacks come back, seed %llu", ROUNDS, first);
	tap_ok(cut == ROUNDS, "what fits a short buffer comes back, seed %llu", first);
}

static void test_size(void)
{
	static const u64 pc[] = { 0x7f3a5b0271ca, 0x7f3a5b0271ca - 40, 0x7f3a5b0271ca + 8000 };
	u8 buffer[64];
	u32 packed;

	tap_ok(picket_stack_pack(pc, 3, buffer, sizeof(buffer), &packed) == 7 + 1 + 2,
	       "neighbours take one or two bytes each");
	tap_ok(picket_stack_pack(pc, 3, buffer, 8, &packed) == 8 && packed == 2,
	       "a frame that does not fit is left out whole");
	tap_ok(picket_stack_pack(pc, 3, buffer, 0, &packed) == 0 && packed == 0, "no buffer");
	tap_ok(picket_stack_pack(NULL, 0, buffer, sizeof(buffer), &packed) == 0 && packed == 0,
	       "no stack");
}

static void test_extremes(void)
{
	static const u64 pc[] = { 0, ~0ull, 0, 1ull << 63, (1ull << 63) - 1, ~0ull, ~0ull, 1 };
	u32 packed;

	tap_ok(round_trip(pc, 8, BUFFER_BYTES, &packed) && packed == 8, "the largest differences");
}

static void test_hostile(u64 seed)
{
	static const u8 endless[] = {
		2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80
	};
	static const u8 too_large[] = { 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2 };
	static const u8 cut[] = { 2, 4, 0x80 };
	u64 pc[PICKET_STACK_FRAMES];
	u64 first = seed;
	u32 round;

	tap_ok(picket_stack_unpack(endless, sizeof(endless), pc, 64) == 1 && pc[0] == 1,
	       "a number that never ends ends the stack");
	tap_ok(picket_stack_unpack(too_large, sizeof(too_large), pc, 64) == 1,
	       "a number above 64 bits ends the stack");
	tap_ok(picket_stack_unpack(cut, sizeof(cut), pc, 64) == 2 && pc[1] == 3,
	       "a cut number ends the stack");
	tap_ok(picket_stack_unpack(cut, sizeof(cut), pc, 1) == 1, "no more frames than asked for");
	tap_ok(picket_stack_unpack(NULL, 0, pc, 64) == 0, "no bytes");
	for (round = 0; round < ROUNDS; round++) {
		u32 bytes = (u32)(sample_random(&seed) % 100);
		u8 *heap = malloc(bytes ? bytes : 1); /* so that a sanitizer sees its end */
		u32 index;

		for (index = 0; index < bytes; index++)
			heap[index] = (u8)sample_random(&seed);
		if (picket_stack_unpack(heap, bytes, pc, PICKET_STACK_FRAMES) > PICKET_STACK_FRAMES)
			tap_ok(false, "too many frames");
		free(heap);
	}
	tap_ok(true, "%d times random bytes, seed %llu", ROUNDS, first);
}

int main(int argc, char **argv)
{
	u64 seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;

	test_random(seed);
	test_size();
	test_extremes();
	test_hostile(seed);
	return tap_done();
}
