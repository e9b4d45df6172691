/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Is the sampling honest? Shares and distributions over many draws, from fixed seeds. */
#include "../../port/sim/sim.h"
#include "../tap.h"

#define DRAWS 3000000u
#define GATES_MAX 16

static struct picket_platform sim;
static struct picket_gate gates[GATES_MAX];

static void begin(enum picket_policy policy, u64 param, u32 jitter, u64 seed)
{
	struct picket_guard_config config = {
		.caps = { 256, 1 },
		.classes = { { 1, 8 } },
		.class_count = 1,
		.guard_pages = 1,
		.align_default = 16,
		.policy = policy,
		.policy_param = param,
		.jitter = jitter,
		.covered_percent = 100,
		.seed = seed,
		.allocator = "gate",
	};

	sim_start(&sim, 256, seed, SIM_SOUND);
	memset(gates, 0, sizeof(gates));
	tap_ok(!picket_guard_create(&sim, &config, &sim.guard), "policy %u, param %llu", policy,
	       param);
}

static void end(void)
{
	picket_guard_destroy(sim.guard);
	sim_stop(&sim);
}

/* |observed - expected| <= 3 sigma, squared so that integers do. */
static bool within_3_sigma(u64 observed, u64 draws, u64 n)
{
	double expected = (double)draws / (double)n;
	double off = (double)observed - expected;

	return off * off <= 9 * expected * (1 - 1 / (double)n) + 1;
}

static void share(u64 n, u32 gate_count)
{
	struct picket_stats stats;
	u64 passed = 0;

	begin(PICKET_POLICY_COUNT, n, 0, 7 + n + gate_count);
	for (u32 i = 0; i < DRAWS; i++)
		passed += sim_gate(&sim, &gates[i % gate_count]);
	tap_ok(within_3_sigma(passed, DRAWS, n), "1 of %llu, %u gates: %llu of %u sampled", n,
	       gate_count, passed, DRAWS);
	for (u32 i = 0; i < gate_count; i++)
		picket_gate_tell(sim.guard, &gates[i]);
	picket_guard_stats(sim.guard, &stats);
	tap_ok(stats.seen == DRAWS && stats.passed == passed, "every allocation was counted");
	end();
}

/* The share of short-lived gates: each makes five allocations and is gone. */
static void short_threads(u64 n)
{
	u64 passed = 0;

	begin(PICKET_POLICY_COUNT, n, 0, 5);
	for (u32 i = 0; i < DRAWS; i++) {
		if (i % 5 == 0)
			memset(&gates[0], 0, sizeof(gates[0]));
		passed += sim_gate(&sim, &gates[0]);
	}
	tap_ok(within_3_sigma(passed, DRAWS, n), "1 of %llu, threads of five: %llu of %u", n,
	       passed, DRAWS);
	end();
}

#define GAPS 40

/* Gaps between samples against the geometric distribution, by chi-square. */
static void distribution(u64 n)
{
	double chi2 = 0, chance = 1.0 / (double)n, left = 1;
	u64 gaps[GAPS + 1] = { 0 };
	u64 total = 0, gap = 0;

	begin(PICKET_POLICY_COUNT, n, 0, 3);
	for (u32 i = 0; i < DRAWS; i++, gap++) {
		if (!sim_gate(&sim, &gates[0]))
			continue;
		gaps[gap < GAPS ? gap : GAPS]++;
		total++;
		gap = (u64)-1;
	}
	for (u32 i = 0; i <= GAPS; i++) {
		double expected = (double)total * (i < GAPS ? left * chance : left);

		chi2 += ((double)gaps[i] - expected) * ((double)gaps[i] - expected) / expected;
		left *= 1 - chance;
	}
	/* 40 degrees of freedom: 73.4 is exceeded once in a thousand. */
	tap_ok(chi2 < 73.4, "1 of %llu: gaps are geometric, chi-square %.1f", n, chi2);
	end();
}

/* Whoever comes first takes the tick; all others wait for the next. */
static void one_per_interval(void)
{
	u32 bad = 0;

	begin(PICKET_POLICY_INTERVAL, 100, 0, 21);
	for (u32 tick = 0; tick < 300; tick++) {
		u32 passed = 0;

		for (u32 i = 0; i < 100; i++) {
			sim.time_ns += 1000000;
			for (u32 a = 0; a < 16 * 40; a++)
				passed += sim_gate(&sim, &gates[a % GATES_MAX]);
		}
		/* Ticks are not aligned to our counting, so a window may hold none or two. */
		bad += passed > 2 || (tick > 2 && passed == 0);
	}
	tap_ok(!bad, "16 gates share one sample per interval");
	end();
}

/* Bursts of four, every ten milliseconds: KFENCE would take the first of four each time. */
static void burst_positions(void)
{
	u32 hits[4] = { 0 };
	u32 all = 0;

	begin(PICKET_POLICY_INTERVAL, 100, 15, 31);
	for (u32 burst = 0; burst < 100000; burst++) {
		sim.time_ns += 10000000;
		for (u32 i = 0; i < 4; i++) {
			u32 passed = sim_gate(&sim, &gates[0]);

			hits[i] += passed;
			all += passed;
		}
	}
	tap_ok(all > 6000 && all < 11000, "%u samples in 10000 intervals", all);
	for (u32 i = 0; i < 4; i++)
		tap_ok(hits[i] * 100 > all * 15 && hits[i] * 100 < all * 35,
		       "allocation %u of a burst: %u of %u samples", i + 1, hits[i], all);
	end();
}

/* Where the first sample falls: two gates, and parent and child, must not march in step. */
static u64 signature(struct picket_gate *gate)
{
	u64 hash = 0;

	for (u32 i = 0; i < 2000; i++)
		hash = hash * 3 + sim_gate(&sim, gate);
	return hash;
}

static void own_sequences(void)
{
	u64 first, second, child;

	begin(PICKET_POLICY_COUNT, 20, 0, 41);
	first = signature(&gates[0]);
	second = signature(&gates[1]);
	sim.task.pid = 4711;
	picket_guard_fork_child(sim.guard);
	child = signature(&gates[0]);
	tap_ok(first != second && child != first && child != second,
	       "threads and children draw their own sequences");
	end();
	begin(PICKET_POLICY_COUNT, 20, 0, 41);
	tap_ok(signature(&gates[0]) == first, "the same seed draws the same sequence");
	end();
}

int main(void)
{
	static const u64 rates[] = { 1, 2, 3, 10, 50, 200, 1000, 5000, 100000 };

	for (u32 i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		share(rates[i], 1);
		share(rates[i], 16);
		short_threads(rates[i]);
	}
	distribution(5);
	distribution(10);
	one_per_interval();
	burst_positions();
	own_sequences();
	return tap_done();
}
