/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Several threads on one detector: allocating, writing, freeing, sweeping, reading freed objects.
 * Built with ThreadSanitizer. At the end everything must balance, and no report may exist but of
 * the late reads that were made on purpose. (A late read is out of bounds of the object that has
 * the slot by then, if it has taken other pages of it.)
 */
#include "../../port/sim/sim.h"
#include "../tap.h"

#define THREADS 4
#define ROUNDS 30000
#define HELD 3

static struct picket_platform sim;
static u32 damaged; /* objects whose bytes changed while somebody had them */

static u64 next_random(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void use(uptr object, u32 size_bytes, u8 byte)
{
	u8 *bytes = (u8 *)object;

	memset(bytes, byte, size_bytes);
	sched_yield();
	for (u32 i = 0; i < size_bytes; i++) {
		if (bytes[i] != byte) {
			__atomic_fetch_add(&damaged, 1, __ATOMIC_RELAXED);
			return;
		}
	}
}

static void give_back(uptr *object, u64 random)
{
	struct picket_free_request request = { .found = PICKET_FOUND_FREE };
	uptr address = *object;
	u8 byte;

	*object = 0;
	if (!address)
		return;
	picket_guard_free(sim.guard, address, &request);
	if (random % 4 == 0)
		sim_read(&sim, address, &byte, 1);
}

static void *worker(void *argument)
{
	u64 random = (u64)(uptr)argument * 0x9e3779b97f4a7c15ull + 1;
	struct picket_gate gate = { 0 };
	uptr held[HELD] = { 0 };

	for (u32 i = 0; i < ROUNDS; i++) {
		u32 which = (u32)(next_random(&random) % HELD);
		struct picket_request request = { .size_bytes = 1 + next_random(&random) % 700 };

		give_back(&held[which], next_random(&random));
		if (sim_gate(&sim, &gate))
			held[which] = (uptr)picket_guard_alloc(sim.guard, &gate, &request);
		if (held[which])
			use(held[which], (u32)request.size_bytes, (u8)(uptr)argument);
		if (i % 8 == 0)
			picket_guard_sweep(sim.guard, 4, PICKET_FOUND_SWEEP);
	}
	for (u32 i = 0; i < HELD; i++)
		give_back(&held[i], 1);
	picket_gate_tell(sim.guard, &gate);
	return NULL;
}

static void run_threads(void)
{
	pthread_t threads[THREADS];

	for (uptr i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, worker, (void *)(i + 1)))
			return;
	for (uptr i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void check_end(void)
{
	struct picket_stats stats;
	const char *audit = sim_audit(&sim);
	u32 late;

	picket_guard_stats(sim.guard, &stats);
	tap_ok(!audit, "audit: %s", audit ? audit : "all is well");
	tap_ok(!damaged, "no object was changed under its owner");
	tap_ok(!sim.disabled, "still on");
	tap_ok(stats.live == 0 && stats.guarded == stats.freed, "all was freed");
	tap_ok(stats.seen == THREADS * ROUNDS, "%llu allocations seen", stats.seen);
	tap_ok(stats.guarded > THREADS * ROUNDS / 10, "%llu guarded", stats.guarded);
	late = sim.bug_count[PICKET_BUG_USE_AFTER_FREE] + sim.bug_count[PICKET_BUG_OUT_OF_BOUNDS];
	tap_ok(sim.record_count == late && late == stats.reports, "%u reports, all of late reads",
	       late);
	tap_ok(sim.record_count > 0, "late reads were reported");
}

int main(void)
{
	struct picket_guard_config config = {
		.caps = { 256, 4 },
		.classes = { { 1, 6 }, { 4, 3 } },
		.class_count = 2,
		.guard_pages = 1,
		.align_default = 16,
		.retain_pages = 4,
		.policy = PICKET_POLICY_COUNT,
		.policy_param = 2,
		.covered_percent = 100,
		.sweep_slots = 2,
		.seed = 7,
		.allocator = "threads",
	};

	sim_start(&sim, 256, 1, SIM_SOUND);
	if (!tap_ok(!picket_guard_create(&sim, &config, &sim.guard), "created"))
		return tap_done();
	run_threads();
	check_end();
	picket_guard_destroy(sim.guard);
	sim_stop(&sim);
	return tap_done();
}
