/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The gate. By time: a timer makes samples due, and whichever allocation comes then takes one. A
 * random few pass first: without that, the allocation that always follows another one at once
 * would never be taken. An allocation that could not be guarded gives its sample back, a bounded
 * number of times.
 *
 * By count: a sample is due all the time, and each allocation draws for itself, so all have the
 * same chance.
 */
#include "module.h"
#include "probes.h"

#include <linux/export.h>
#include <linux/hrtimer.h>
#include <linux/percpu.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/timer.h>

#define TRIES_PER_TICK 16

/* Samples due now; the trampolines look at it at every allocation. */
int picket_samples __read_mostly;

u64 picket_samples_lost[PICKET_LOSS_COUNT];
EXPORT_SYMBOL_GPL(picket_samples_lost); /* for tests that count samples */

static atomic_t pass; /* allocations that still go by */
static atomic_t tries;
static u32 one_of;	/* by count: so many; 0: by time */
static u32 interval_us; /* by time */
static struct hrtimer precise;
static struct timer_list lazy; /* does not wake an idle CPU */
static bool running;
static bool clock_runs;

/* The kernel's own random numbers are not for a breakpoint's context. */
static DEFINE_PER_CPU(struct rnd_state, random);

static atomic_t *samples(void)
{
	BUILD_BUG_ON(sizeof(atomic_t) != sizeof(picket_samples));
	return (atomic_t *)&picket_samples;
}

static void lose(enum picket_loss why, u64 count)
{
	__atomic_fetch_add(&picket_samples_lost[why], count, __ATOMIC_RELAXED);
}

/* Each with the chance 1/n. */
static bool draw(u32 n)
{
	unsigned long flags;
	u32 drawn;

	if (n == 1)
		return true;
	local_irq_save(flags);
	drawn = prandom_u32_state(this_cpu_ptr(&random));
	local_irq_restore(flags);
	return !reciprocal_scale(drawn, n);
}

bool picket_gate_take(void)
{
	u32 n = READ_ONCE(one_of);
	int left;

	if (n)
		return draw(n);
	if (atomic_dec_if_positive(&pass) >= 0)
		return false;
	left = atomic_dec_if_positive(samples());
	if (!left)
		picket_probes_update();
	return left >= 0;
}

/* By count nothing is given back: that would shift the odds to whatever follows a refusal. */
void picket_gate_give_back(void)
{
	if (READ_ONCE(one_of) || !READ_ONCE(running))
		return;
	if (atomic_dec_if_positive(&tries) < 0)
		return;
	atomic_inc(samples());
	picket_probes_update();
}

/* A sample that nobody took by now stays due, and is not put off again by a new draw. */
static void tick(void)
{
	unsigned int jitter = READ_ONCE(picket_params.jitter);
	int left = atomic_read(samples());

	if (left > 0)
		lose(PICKET_LOSS_UNTAKEN, left);
	else
		atomic_set(&pass, reciprocal_scale(get_random_u32(), jitter + 1));
	atomic_set(&tries, TRIES_PER_TICK);
	atomic_set(samples(), 1 + READ_ONCE(picket_params.burst));
	picket_probes_update();
}

static ktime_t interval(void)
{
	return ns_to_ktime((u64)interval_us * NSEC_PER_USEC);
}

static enum hrtimer_restart precise_expired(struct hrtimer *timer)
{
	u64 passed;

	tick();
	passed = hrtimer_forward_now(timer, interval());
	if (passed > 1)
		lose(PICKET_LOSS_LATE, (passed - 1) * (1 + READ_ONCE(picket_params.burst)));
	return HRTIMER_RESTART;
}

static void lazy_expired(struct timer_list *timer)
{
	tick();
	mod_timer(timer, jiffies + usecs_to_jiffies(interval_us));
}

/* What the administrator asked for, or what is possible. */
static u32 possible_interval_us(void)
{
	u32 spacing_us = picket_probes_spacing_us();

	if (picket_params.interval_us >= spacing_us)
		return picket_params.interval_us;
	pr_warn("probes are slow to arm: a sample every %u us, not every %u\n", spacing_us,
		picket_params.interval_us);
	return spacing_us;
}

/* Records name the unit in which the interval is a whole number. */
static void tell_core(void)
{
	if (one_of)
		picket_guard_set_policy(picket_linux.guard, PICKET_POLICY_COUNT, one_of);
	else if (interval_us % USEC_PER_MSEC)
		picket_guard_set_policy(picket_linux.guard, PICKET_POLICY_INTERVAL_US, interval_us);
	else
		picket_guard_set_policy(picket_linux.guard, PICKET_POLICY_INTERVAL,
					interval_us / USEC_PER_MSEC);
}

static void start_clock(void)
{
	clock_runs = true;
	if (picket_params.deferrable) {
		timer_setup(&lazy, lazy_expired, TIMER_DEFERRABLE);
		mod_timer(&lazy, jiffies + usecs_to_jiffies(interval_us));
		return;
	}
	hrtimer_init(&precise, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	precise.function = precise_expired;
	hrtimer_start(&precise, interval(), HRTIMER_MODE_REL_SOFT);
}

static void stop_clock(void)
{
	if (!clock_runs)
		return;
	clock_runs = false;
	if (picket_params.deferrable)
		del_timer_sync(&lazy);
	else
		hrtimer_cancel(&precise);
}

bool picket_gate_is_set(void)
{
	return picket_params.every || picket_params.interval_us;
}

void picket_gate_start(void)
{
	if (running || !picket_gate_is_set())
		return;
	prandom_seed_full_state(&random);
	WRITE_ONCE(running, true);
	WRITE_ONCE(one_of, picket_params.every);
	if (!one_of)
		interval_us = possible_interval_us();
	tell_core();
	if (!one_of) {
		start_clock();
		return;
	}
	atomic_set(samples(), 1);
	picket_probes_update();
}

/* The last policy stays in records: the objects that are guarded still came by it. */
void picket_gate_stop(void)
{
	if (!running)
		return;
	WRITE_ONCE(running, false);
	WRITE_ONCE(one_of, 0);
	stop_clock();
	/* Whoever saw the gate running may give a sample back until now. */
	synchronize_rcu();
	atomic_set(samples(), 0);
	picket_probes_update();
}
