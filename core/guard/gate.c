/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The gate: which allocations are sampled.
 *
 * By count: the allocations that pass between two samples are drawn from the geometric
 * distribution, so every allocation has the same chance, whatever came before it, and short
 * threads are not left out as they are by a uniform skip.
 *
 * By time: one allocation per interval, for the whole host, whichever gate sees the tick first.
 * A gate looks at the clock every `stride` allocations only, and adapts that to about sixteen
 * looks an interval. After a tick a random few allocations pass unsampled: without that, the
 * allocation that always follows another one at once would never be taken.
 *
 * Where guarding takes too much time, both become rarer: see governor.c.
 *
 * A refused allocation gives its sample back to the gate, a bounded number of times.
 */
#include "pool.h"

#define FAR_AWAY (1ll << 20) /* with sampling off: how often to look whether it is on again */
#define STRIDE_MAX 4096	     /* a thread that slows down is back in step after so many */
#define LOOKS_PER_INTERVAL 16
#define TRIES_PER_TICK 16
#define LOG2_BITS 20
#define LN2_32 2977044472ull /* ln 2 * 2^32 */

static u64 gate_random(struct picket_gate *gate)
{
	gate->random += 0x9e3779b97f4a7c15ull;
	return picket_mix(gate->random);
}

void picket_gate_tell(struct picket_guard *guard, struct picket_gate *gate)
{
	picket_add(&guard->stats.seen, (u64)(gate->assigned - gate->countdown));
	gate->assigned = gate->countdown;
}

/* Let @pass allocations go by before the next look. */
static void gate_set(struct picket_guard *guard, struct picket_gate *gate, s64 pass)
{
	picket_gate_tell(guard, gate);
	gate->countdown = pass;
	gate->assigned = pass;
}

/*
 * -log2(random / 2^64) with LOG2_BITS fraction bits, by repeated squaring of the mantissa: an
 * exponential variable in units of ln 2, without floating point.
 */
static u64 draw_log2(u64 random)
{
	u32 zeros = (u32)__builtin_clzll(random | 1);
	u64 mantissa = ((random | 1) << zeros) >> 32; /* in [2^31, 2^32) */
	u64 fraction = 0;

	for (u32 i = 0; i < LOG2_BITS; i++) {
		mantissa = (mantissa * mantissa) >> 31;
		fraction <<= 1;
		if (mantissa >> 32) {
			mantissa >>= 1;
			fraction |= 1;
		}
	}
	return ((u64)(zeros + 1) << LOG2_BITS) - fraction;
}

/*
 * -1 / log2(1 - 1/n) with 32 fraction bits, for n >= 2: by the series
 * -1 / ln(1 - 1/n) = n - 1/2 - 1/(12 n) - 1/(24 n^2) - 19/(720 n^3) - ... (Gregory).
 */
static u64 skip_scale(u64 n)
{
	u64 one = 1ull << 32;
	u64 series = one / 2 + one / (12 * n);

	if (n == 2)
		return one; /* where the series converges slowest: exactly 1 */
	if (n < 65536)
		series += one / (24 * n * n) + one * 19 / 720 / n / n / n +
			  one * 3 / 160 / n / n / n / n;
	/* (n - series) * ln 2, the whole and the fraction apart. */
	return n * LN2_32 - ((series >> 8) * (LN2_32 >> 8) >> 16);
}

/* How many allocations pass before one is taken, each with the chance 1/n. */
static s64 draw_skip(struct picket_gate *gate, u64 n)
{
	u64 log2, scale;

	if (n <= 1)
		return 0;
	log2 = draw_log2(gate_random(gate));
	scale = skip_scale(n);
	return (s64)((log2 * (scale >> 32) + (log2 * (scale & 0xffffffffu) >> 32)) >> LOG2_BITS);
}

static void gate_start(struct picket_guard *guard, struct picket_gate *gate)
{
	u64 number = picket_add(&guard->gates, 1u);

	gate->random = picket_mix(guard->seed ^ picket_mix(number));
	gate->epoch = picket_load(&guard->epoch);
	gate->stride = 1;
	gate->armed = 0;
	gate->checked_ns = picket_plat_time_ns(guard->platform);
}

/* One of how many allocations is taken now; the arithmetic of the draw has its bound. */
static u64 count_param(const struct picket_guard *guard)
{
	u64 n = picket_load(&guard->policy_param) * picket_governor_slowdown(guard);

	return n < PICKET_RATE_MAX ? n : PICKET_RATE_MAX;
}

static u64 interval_now(const struct picket_guard *guard)
{
	return picket_load(&guard->interval_ns) * picket_governor_slowdown(guard);
}

static bool count_pass(struct picket_guard *guard, struct picket_gate *gate, bool fresh)
{
	u64 n = count_param(guard);
	s64 skip;

	/* A new gate has drawn nothing yet: this allocation is the first of its first skip. */
	if (fresh) {
		skip = draw_skip(gate, n);
		if (skip > 0) {
			gate_set(guard, gate, skip - 1);
			return false;
		}
	}
	gate_set(guard, gate, draw_skip(gate, n));
	return true;
}

/* About sixteen looks an interval: enough to be in time, too few to cost anything. */
static void stride_adapt(struct picket_guard *guard, struct picket_gate *gate, u64 now)
{
	u64 elapsed = now - gate->checked_ns;
	u64 target = interval_now(guard) / LOOKS_PER_INTERVAL;

	gate->checked_ns = now;
	if (elapsed > 2 * target)
		gate->stride /= 2;
	else if (elapsed < target)
		gate->stride *= 2;
	if (gate->stride < 1)
		gate->stride = 1;
	if (gate->stride > STRIDE_MAX)
		gate->stride = STRIDE_MAX;
}

/* Is a tick due, and did this gate get it? A tick nobody took for long is not made up for. */
static bool tick_take(struct picket_guard *guard, u64 now)
{
	u64 interval = interval_now(guard);
	u64 due = picket_load(&guard->next_tick_ns);

	if (now < due || !interval)
		return false;
	return picket_cas(&guard->next_tick_ns, &due,
			  now - due < interval ? due + interval : now + interval);
}

static s64 draw_jitter(const struct picket_guard *guard, struct picket_gate *gate)
{
	return (s64)(gate_random(gate) % (guard->config.jitter + 1));
}

static bool interval_pass(struct picket_guard *guard, struct picket_gate *gate)
{
	s64 pass;

	if (!gate->armed) {
		u64 now = picket_plat_time_ns(guard->platform);

		stride_adapt(guard, gate, now);
		if (!tick_take(guard, now)) {
			gate_set(guard, gate, gate->stride - 1);
			return false;
		}
		gate->armed = 1 + guard->config.burst;
		gate->tries = TRIES_PER_TICK;
		pass = draw_jitter(guard, gate);
		if (pass) {
			gate_set(guard, gate, pass - 1);
			return false;
		}
	}
	gate->armed--;
	gate_set(guard, gate, gate->armed ? 0 : gate->stride - 1);
	return true;
}

bool picket_gate_pass(struct picket_guard *guard, struct picket_gate *gate)
{
	bool fresh = gate->epoch != picket_load(&guard->epoch);
	bool passed = false;

	if (fresh)
		gate_start(guard, gate);
	if (picket_load(&guard->disabled)) {
		gate_set(guard, gate, FAR_AWAY);
		return false;
	}
	switch (picket_load_acquire(&guard->policy)) {
	case PICKET_POLICY_COUNT:
		passed = count_pass(guard, gate, fresh);
		break;
	case PICKET_POLICY_INTERVAL:
	case PICKET_POLICY_INTERVAL_US:
		passed = interval_pass(guard, gate);
		break;
	default:
		gate_set(guard, gate, FAR_AWAY);
	}
	if (!passed || !picket_governor_allows(guard))
		return false;
	picket_add(&guard->stats.passed, 1ull);
	return true;
}

/*
 * The allocation that passed could not be guarded. By time, another may have its sample: the
 * first for which the reason does not hold. Where the port has no memory the next would fare no
 * better, so then the sample is lost. By count nothing is given back: that would shift the odds
 * towards whatever follows a refused site.
 */
void picket_gate_refused(struct picket_guard *guard, struct picket_gate *gate,
			 enum picket_skip reason)
{
	picket_add(&guard->stats.skipped[reason], 1ull);
	if (!gate || !picket_load(&guard->interval_ns))
		return;
	if (reason == PICKET_SKIP_NO_MEMORY || !gate->tries)
		return;
	gate->tries--;
	gate->armed++;
	gate_set(guard, gate, draw_jitter(guard, gate));
}
