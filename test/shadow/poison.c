/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Poison, unpoison, open and the questions about them, against an oracle that keeps a byte for
 * each byte of memory: poison [--seed=N]
 */
#include "../tap.h"
#include "port.h"
#include "seed.h"

#define BYTES 0x20000u
#define ROUNDS 8
#define ROUND_STEPS 4000

static u8 closed[BYTES];
static bool wrong;

#define EXPECT(condition)                                                                          \
	do {                                                                                       \
		if (!(condition) && !wrong) {                                                      \
			wrong = true;                                                              \
			printf("# line %d: %s\n", __LINE__, #condition);                           \
		}                                                                                  \
	} while (0)

/* A range of granules; its last one may be used in part. */
static uptr random_range(uptr *bytes)
{
	*bytes = port_random(port_random(10) ? 200 : 40000);
	return port_random((BYTES - *bytes) / 8) * 8;
}

static uptr round_up(uptr bytes)
{
	return (bytes + 7) & ~(uptr)7;
}

static void step_change(void)
{
	uptr bytes;
	uptr at = random_range(&bytes);
	u64 failures = port.back_failures;
	int error;

	switch (port_random(3)) {
	case 0:
		error = picket_shadow_poison(port_arena + at, bytes, PICKET_SHADE_GLOBAL);
		if (!error)
			memset(closed + at, 1, round_up(bytes));
		break;
	case 1:
		error = picket_shadow_unpoison(port_arena + at, bytes);
		memset(closed + at, 0, error ? round_up(bytes) : bytes);
		if (!error && bytes % 8)
			memset(closed + at + bytes, 1, round_up(bytes) - bytes);
		break;
	default:
		error = 0;
		picket_shadow_open(port_arena + at, bytes);
		memset(closed + at, 0, round_up(bytes));
	}
	EXPECT((error != 0) == (port.back_failures != failures));
}

/* Of any range, aligned or not: is it open, and is what is not reported once? */
static void step_ask(void)
{
	uptr bytes = port_random(port_random(2) ? 20 : 300);
	uptr at = port_random(BYTES - bytes);
	const u8 *bad = memchr(closed + at, 1, bytes);
	u64 reports = port.reports;

	EXPECT(picket_shadow_is_open(port_arena + at, bytes) == !bad);
	EXPECT(picket_shadow_check(port_arena + at, bytes, PICKET_ACCESS_READ, 1) == !bad);
	EXPECT(port.reports == reports + !!bad);
}

static void play(u64 seed)
{
	port_start(0, 0, seed);
	memset(closed, 0, sizeof(closed));
	port.fail_back_percent = port_random(2) ? 0 : (u32)port_random(60);
	for (u32 i = 0; i < ROUND_STEPS && !wrong; i++) {
		step_change();
		step_ask();
		step_ask();
	}
	for (uptr i = 0; i < BYTES; i++)
		EXPECT(picket_shadow_is_open(port_arena + i, 1) == !closed[i]);
	port_stop();
}

int main(int argc, char **argv)
{
	u64 seed = seed_from(argc, argv);

	for (u32 i = 0; i < ROUNDS; i++) {
		play(seed_next(&seed) >> 2);
		tap_ok(!wrong, "%u steps, %llu of %llu calls to back shadow failed", ROUND_STEPS,
		       port.back_failures, port.back_calls);
	}
	return tap_done();
}
