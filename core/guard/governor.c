/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The governor: guarding objects may take no more than a set share of the host's time.
 *
 * The port tells how long it worked and how long the host ran. A credit goes up by the share of
 * the one and down by the other; without credit no sample is taken. It holds no more than what a
 * second earns, so that a quiet night does not pay for a wild morning, and a debt is forgotten
 * beyond a few seconds, as a stopped process seems to work for hours.
 *
 * Credit alone would let samples through in bunches, and the gate would go on drawing them. So
 * they are also made rarer: by a factor that doubles when a sample was held back, and is halved
 * when less than half of what was earned was spent.
 */
#include "pool.h"

#define CREDIT_SECONDS 1
#define DEBT_SECONDS 8
#define SLOWDOWN_MAX 4096u
#define NS_PER_MS 1000000ll

static s64 earned_in(const struct picket_guard *guard, u64 host_ns)
{
	return (s64)(host_ns / 1000 * guard->config.budget_permille);
}

static s64 per_second(const struct picket_guard *guard)
{
	return (s64)guard->config.budget_permille * NS_PER_MS;
}

/* Everything means everything. */
static bool is_exempt(const struct picket_guard *guard)
{
	return !guard->config.budget_permille ||
	       (picket_load(&guard->policy) == PICKET_POLICY_COUNT &&
		picket_load(&guard->policy_param) == 1);
}

void picket_governor_init(struct picket_guard *guard)
{
	guard->governor.credit_ns = CREDIT_SECONDS * per_second(guard);
	guard->stats.slowdown = 1;
}

u32 picket_governor_slowdown(const struct picket_guard *guard)
{
	return is_exempt(guard) ? 1 : (u32)picket_load(&guard->stats.slowdown);
}

bool picket_governor_allows(struct picket_guard *guard)
{
	if (is_exempt(guard) || picket_load(&guard->governor.credit_ns) > 0)
		return true;
	picket_store(&guard->governor.held_back, 1);
	picket_add(&guard->stats.held_back, 1ull);
	return false;
}

/* Others change it too, so a bound may be overstepped by what they add at this instant. */
static void credit_add(struct picket_guard *guard, s64 add)
{
	s64 credit = picket_add(&guard->governor.credit_ns, add) + add;

	if (credit > CREDIT_SECONDS * per_second(guard))
		picket_store(&guard->governor.credit_ns, CREDIT_SECONDS * per_second(guard));
	else if (credit < -DEBT_SECONDS * per_second(guard))
		picket_store(&guard->governor.credit_ns, -DEBT_SECONDS * per_second(guard));
}

void picket_guard_worked(struct picket_guard *guard, u64 work_ns)
{
	picket_add(&guard->stats.work_ns, work_ns);
	picket_add(&guard->governor.spent_ns, work_ns);
	credit_add(guard, -(s64)work_ns);
}

static void slowdown_adapt(struct picket_guard *guard, s64 earned)
{
	u64 slowdown = picket_load(&guard->stats.slowdown);
	u64 spent = picket_exchange(&guard->governor.spent_ns, 0);

	if (picket_exchange(&guard->governor.held_back, 0)) {
		if (slowdown < SLOWDOWN_MAX)
			picket_store(&guard->stats.slowdown, slowdown * 2);
	} else if (slowdown > 1 && (s64)spent < earned / 2) {
		picket_store(&guard->stats.slowdown, slowdown / 2);
	}
}

void picket_guard_ran(struct picket_guard *guard, u64 host_ns)
{
	picket_add(&guard->stats.host_ns, host_ns);
	credit_add(guard, earned_in(guard, host_ns));
	slowdown_adapt(guard, earned_in(guard, host_ns));
}
