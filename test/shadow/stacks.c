/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The store of stacks: stacks [--seed=N] */
#include "../../core/atomic.h"
#include "../../core/stacks/stacks.h"
#include "../tap.h"
#include "seed.h"
#include <picket/record.h>
#include <pthread.h>
#include <stdlib.h>

#define STORE_BYTES (1u << 20)
#define STACKS 500
#define THREADS 2
#define HANDLES_TRIED 2000000
#define BEHIND 0xa5 /* what is behind a store */
#define BEHIND_BYTES 64

bool port_lock_busy(void)
{
	return false;
}

static struct picket_stacks *make(void **memory, uptr bytes)
{
	*memory = aligned_alloc(64, (bytes + BEHIND_BYTES + 63) & ~(uptr)63);
	memset(*memory, 0, bytes);
	memset((char *)*memory + bytes, BEHIND, BEHIND_BYTES);
	return picket_stacks_create(*memory, bytes);
}

/* Stack number so and so: like a kernel's, and all different. */
static u32 stack_of(u32 number, u64 *pc)
{
	u32 count = 1 + number % PICKET_STACK_FRAMES;

	for (u32 i = 0; i < count; i++)
		pc[i] = 0xffffffff81000000ull + (u64)(number * 7919 + i * 104729) % 0x1000000;
	pc[0] = 0xffffffffc0000000ull + number;
	return count;
}

static bool holds(const struct picket_stacks *stacks, u32 handle, u32 number)
{
	u64 want[PICKET_STACK_FRAMES], have[PICKET_STACK_FRAMES];
	u32 count = stack_of(number, want);

	return picket_stacks_get(stacks, handle, have, PICKET_STACK_FRAMES) == count &&
	       !memcmp(want, have, count * sizeof(*want));
}

static void test_basics(void)
{
	void *memory;
	struct picket_stacks *stacks = make(&memory, STORE_BYTES);
	u32 handles[STACKS];
	u64 pc[PICKET_STACK_FRAMES + 1] = { 0 };
	struct picket_stacks_stats stats;
	u32 wrong = 0;

	for (u32 i = 0; i < STACKS; i++)
		handles[i] = picket_stacks_put(stacks, pc, stack_of(i, pc));
	for (u32 i = 0; i < STACKS; i++)
		wrong += !handles[i] || !holds(stacks, handles[i], i) ||
			 picket_stacks_put(stacks, pc, stack_of(i, pc)) != handles[i];
	tap_ok(!wrong, "stacks come back as they were put, and again under the same handle");
	picket_stacks_stats(stacks, &stats);
	tap_ok(stats.stacks == STACKS && !stats.refused && stats.bytes_used < stats.bytes,
	       "%llu stacks in %llu of %llu bytes", stats.stacks, stats.bytes_used, stats.bytes);
	tap_ok(picket_stacks_put(stacks, pc, 0) == 0, "an empty stack has no handle");
	tap_ok(picket_stacks_get(stacks, handles[STACKS - 1], pc, 1) == 1,
	       "no more than asked for");
	stack_of(PICKET_STACK_FRAMES - 1, pc);
	pc[PICKET_STACK_FRAMES] = 1;
	tap_ok(picket_stacks_put(stacks, pc, PICKET_STACK_FRAMES + 1) ==
		       handles[PICKET_STACK_FRAMES - 1],
	       "a stack that is too deep is cut");
	free(memory);
}

static void test_extremes(void)
{
	static const u64 pc[] = { 0, ~0ull, 1, 0x8000000000000000ull, 0x7fffffffffffffffull, 0, 0 };
	void *memory;
	struct picket_stacks *stacks = make(&memory, STORE_BYTES);
	u32 count = sizeof(pc) / sizeof(*pc);
	u64 have[PICKET_STACK_FRAMES];
	u32 handle = picket_stacks_put(stacks, pc, count);

	tap_ok(picket_stacks_get(stacks, handle, have, PICKET_STACK_FRAMES) == count &&
		       !memcmp(pc, have, sizeof(pc)),
	       "any values");
	tap_ok(picket_stacks_put(stacks, pc, count - 1) != handle, "a stack and its start are two");
	free(memory);
}

static void test_full(void)
{
	uptr bytes = picket_stacks_bytes_min();
	void *memory;
	struct picket_stacks *stacks = make(&memory, bytes - 1);
	struct picket_stacks_stats stats;
	u64 pc[PICKET_STACK_FRAMES];
	u32 first, number, wrong = 0;

	tap_ok(!stacks, "there is a least size");
	free(memory);
	stacks = make(&memory, bytes);
	first = picket_stacks_put(stacks, pc, stack_of(PICKET_STACK_FRAMES - 1, pc));
	tap_ok(first, "of which the deepest stack fits");
	for (number = 0; number < 1000; number++)
		picket_stacks_put(stacks, pc, stack_of(number, pc));
	picket_stacks_stats(stacks, &stats);
	tap_ok(stats.refused && stats.bytes_used <= bytes, "a full store refuses: %llu",
	       stats.refused);
	tap_ok(holds(stacks, first, PICKET_STACK_FRAMES - 1) &&
		       picket_stacks_put(stacks, pc, stack_of(PICKET_STACK_FRAMES - 1, pc)) ==
			       first,
	       "and keeps what it has");
	for (u32 i = 0; i < BEHIND_BYTES; i++)
		wrong += ((u8 *)memory)[bytes + i] != BEHIND;
	tap_ok(!wrong, "nothing is written behind its end");
	free(memory);
}

static void test_random_handles(u64 seed)
{
	void *memory;
	struct picket_stacks *stacks = make(&memory, STORE_BYTES);
	u64 pc[PICKET_STACK_FRAMES];
	u32 known[STACKS], named = 0, wrong = 0;

	for (u32 i = 0; i < STACKS; i++)
		known[i] = picket_stacks_put(stacks, pc, stack_of(i, pc));
	for (u32 i = 0; i < HANDLES_TRIED; i++) {
		u32 handle = i & 1 ? i / 2 : (u32)seed_next(&seed);
		u32 count = picket_stacks_get(stacks, handle, pc, PICKET_STACK_FRAMES);

		wrong += count > PICKET_STACK_FRAMES;
		named += count != 0;
	}
	tap_ok(!wrong, "random handles are safe");
	tap_ok(named >= STACKS && named <= STACKS + 2, "and name nothing: %u did, %u are known",
	       named, STACKS);
	wrong = 0;
	for (u32 i = 0; i < 20000; i++) {
		u32 at = (u32)(seed_next(&seed) % STORE_BYTES);

		((u8 *)memory)[at < 128 ? 128 : at] ^= (u8)seed_next(&seed);
		wrong += picket_stacks_get(stacks, known[i % STACKS], pc, PICKET_STACK_FRAMES) >
			 PICKET_STACK_FRAMES;
	}
	tap_ok(!wrong, "so is a store that was written over");
	free(memory);
}

static struct picket_stacks *shared;
static u32 handles[THREADS][STACKS * 40];

static void *put_all(void *argument)
{
	u32 *mine = argument;
	u64 pc[PICKET_STACK_FRAMES];

	for (u32 i = 0; i < STACKS * 40; i++)
		mine[i] = picket_stacks_put(shared, pc, stack_of(i, pc));
	return NULL;
}

static void test_threads(void)
{
	void *memory;
	pthread_t threads[THREADS];
	struct picket_stacks_stats stats;
	u32 wrong = 0;

	shared = make(&memory, 64u * STORE_BYTES);
	for (u32 i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, put_all, handles[i]);
	for (u32 i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (u32 i = 0; i < STACKS * 40; i++)
		wrong += !handles[0][i] || handles[0][i] != handles[1][i] ||
			 !holds(shared, handles[0][i], i);
	tap_ok(!wrong, "two threads get the same handles for the same stacks");
	picket_stacks_stats(shared, &stats);
	tap_ok(stats.stacks == STACKS * 40 && !stats.refused, "each is counted once");
	free(memory);
}

int main(int argc, char **argv)
{
	u64 seed = seed_from(argc, argv);

	test_basics();
	test_extremes();
	test_full();
	test_random_handles(seed);
	test_threads();
	return tap_done();
}
