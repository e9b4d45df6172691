/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The gate: a timer makes samples due, and whichever allocation comes then takes one. A random few
 * pass first: without that, the allocation that always follows another one at once would never be
 * taken. An allocation that could not be guarded gives its sample back, a bounded number of times.
 */
#include "module.h"

#include <linux/hrtimer.h>
#include <linux/random.h>
#include <linux/timer.h>

#define TRIES_PER_TICK 16

/* Samples due now; the trampolines look at it at every allocation. */
int picket_samples __read_mostly;

static atomic_t pass; /* allocations that still go by */
static atomic_t tries;
static struct hrtimer precise;
static struct timer_list lazy; /* does not wake an idle CPU */
static bool running;

static atomic_t *samples(void)
{
	BUILD_BUG_ON(sizeof(atomic_t) != sizeof(picket_samples));
	return (atomic_t *)&picket_samples;
}

bool picket_gate_take(void)
{
	if (atomic_dec_if_positive(&pass) >= 0)
		return false;
	return atomic_dec_if_positive(samples()) >= 0;
}

void picket_gate_give_back(void)
{
	if (running && atomic_dec_if_positive(&tries) >= 0)
		atomic_inc(samples());
}

/* A sample that nobody took by now stays due, and is not put off again by a new draw. */
static void tick(void)
{
	unsigned int jitter = READ_ONCE(picket_params.jitter);

	atomic_set(&tries, TRIES_PER_TICK);
	if (!atomic_read(samples()))
		atomic_set(&pass, jitter ? get_random_u32() % (jitter + 1) : 0);
	atomic_set(samples(), 1 + READ_ONCE(picket_params.burst));
}

static ktime_t interval(void)
{
	return ms_to_ktime(READ_ONCE(picket_params.sample_interval));
}

static enum hrtimer_restart precise_expired(struct hrtimer *timer)
{
	tick();
	hrtimer_forward_now(timer, interval());
	return HRTIMER_RESTART;
}

static void lazy_expired(struct timer_list *timer)
{
	tick();
	mod_timer(timer, jiffies + msecs_to_jiffies(picket_params.sample_interval));
}

void picket_gate_start(void)
{
	if (running || !picket_params.sample_interval)
		return;
	running = true;
	if (picket_params.deferrable) {
		timer_setup(&lazy, lazy_expired, TIMER_DEFERRABLE);
		mod_timer(&lazy, jiffies + msecs_to_jiffies(picket_params.sample_interval));
		return;
	}
	hrtimer_init(&precise, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	precise.function = precise_expired;
	hrtimer_start(&precise, interval(), HRTIMER_MODE_REL_SOFT);
}

void picket_gate_stop(void)
{
	if (!running)
		return;
	running = false;
	if (picket_params.deferrable)
		del_timer_sync(&lazy);
	else
		hrtimer_cancel(&precise);
	atomic_set(samples(), 0);
}
