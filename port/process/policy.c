/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "policy.h"

#include "runtime.h"

#include <stdlib.h>

struct picket_policy_state picket_policy_state;

static struct {
	picket_u32 wanted;  /* counts changes of the state */
	picket_u32 applied; /* and those that the detector was told of */
	struct picket_lock lock;
} changes;

static void tell(struct picket_guard *guard, picket_u64 rate, picket_u64 interval_ms)
{
	if (rate)
		picket_guard_set_policy(guard, PICKET_POLICY_COUNT, rate);
	else
		picket_guard_set_policy(guard, PICKET_POLICY_INTERVAL, interval_ms);
}

static void apply(void)
{
	struct picket_guard *guard = picket_runtime.guard;
	picket_u64 rate = __atomic_load_n(&picket_policy_state.rate, __ATOMIC_RELAXED);
	bool on = __atomic_load_n(&picket_policy_state.on, __ATOMIC_RELAXED);
	bool all = on && rate == 1;

	__atomic_store_n(&picket_runtime.guard_all, all, __ATOMIC_RELAXED);
	picket_guard_set_covered(guard, all ? 100 : (u32)picket_runtime.options.skip_covered);
	if (on)
		tell(guard, rate, picket_policy_state.interval_ms);
	else
		picket_guard_set_policy(guard, PICKET_POLICY_OFF, 0);
}

static picket_u32 load(const picket_u32 *number)
{
	return __atomic_load_n(number, __ATOMIC_ACQUIRE);
}

/* Nobody waits: who finds another at it leaves the change to that one. */
static void changed(void)
{
	picket_u32 now = __atomic_add_fetch(&changes.wanted, 1, __ATOMIC_ACQ_REL);

	while (load(&changes.applied) != now && picket_lock_try(&changes.lock)) {
		now = load(&changes.wanted);
		apply();
		__atomic_store_n(&changes.applied, now, __ATOMIC_RELEASE);
		picket_lock_release(&changes.lock);
		now = load(&changes.wanted);
	}
}

void picket_policy_start(const struct picket_options *options)
{
	const char *standard = picket_option_find("interval", strlen("interval"))->standard;

	picket_policy_state = (struct picket_policy_state){
		.on = options->rate || options->interval,
		.rate = options->rate,
		.interval_ms = options->interval ? options->interval : strtoull(standard, NULL, 10),
	};
	changes.wanted = 1;
	changes.applied = 1;
}

void picket_policy_set_on(bool on)
{
	__atomic_store_n(&picket_policy_state.on, on, __ATOMIC_RELAXED);
	changed();
}

int picket_policy_set_rate(picket_u64 rate)
{
	if (rate > picket_option_find("rate", strlen("rate"))->max)
		return -1;
	__atomic_store_n(&picket_policy_state.rate, rate, __ATOMIC_RELAXED);
	picket_policy_set_on(true);
	return 0;
}

picket_u32 picket_policy_generation(void)
{
	return load(&changes.applied);
}

/* The change that another thread was about to make is made here. */
void picket_policy_fork_child(void)
{
	picket_lock_init(&changes.lock);
	if (changes.applied != changes.wanted)
		changed();
}
