/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Keeping within a share of the host's time. Both times are what the case says they are. */
#include "tables.h"

#define BUDGET_PERMILLE 5
#define SECOND_NS 1000000000ull
#define SHARE_NS (SECOND_NS / 1000 * BUDGET_PERMILLE) /* of a second */
#define LOOK_NS (SECOND_NS / 50)

static void config_count(struct picket_guard_config *config)
{
	config->policy_param = 2;
	config->budget_permille = BUDGET_PERMILLE;
}

static void config_all(struct picket_guard_config *config)
{
	config->budget_permille = BUDGET_PERMILLE;
}

static void config_free(struct picket_guard_config *config)
{
	config->policy_param = 2;
}

static void config_interval(struct picket_guard_config *config)
{
	config->policy = PICKET_POLICY_INTERVAL_US;
	config->policy_param = 1;
	config->budget_permille = BUDGET_PERMILLE;
}

static struct picket_stats stats(void)
{
	struct picket_stats copy;

	picket_guard_stats(th_guard(), &copy);
	return copy;
}

static void work_until_broke(void)
{
	picket_guard_worked(th_guard(), SHARE_NS);
	th_check(th_sampled(100) == 0);
	th_check(stats().held_back > 0);
}

static void holds_back(void)
{
	th_check(th_sampled(100) > 0);
	th_check(stats().held_back == 0);
	work_until_broke();
	th_check(stats().passed == stats().guarded);
}

static void no_budget(void)
{
	picket_guard_worked(th_guard(), 3600 * SECOND_NS);
	th_check(th_sampled(100) > 20);
	th_check(stats().held_back == 0 && stats().work_ns == 3600 * SECOND_NS);
}

static void everything(void)
{
	picket_guard_worked(th_guard(), 3600 * SECOND_NS);
	picket_guard_ran(th_guard(), LOOK_NS);
	th_check(th_sampled(100) == 100);
	th_check(stats().held_back == 0);
}

/* Rarer while samples are held back, as often as before when there is time again. */
static void slows_and_recovers(void)
{
	work_until_broke();
	for (u32 i = 0; i < 5; i++) {
		th_sampled(1000);
		picket_guard_ran(th_guard(), 1);
	}
	th_check(stats().slowdown >= 16);
	for (u32 i = 0; i < 20; i++)
		picket_guard_ran(th_guard(), SECOND_NS);
	th_check(stats().slowdown == 1);
	/* What was drawn before is still to go by. */
	th_sampled(10000);
	th_check(th_sampled(1000) > 400);
}

/* A process that was stopped seems to have worked for an hour. */
static void forgives(void)
{
	picket_guard_worked(th_guard(), 3600 * SECOND_NS);
	th_check(th_sampled(100) == 0);
	picket_guard_ran(th_guard(), 10 * SECOND_NS);
	th_check(th_sampled(1000) > 0);
}

static void does_not_save_up(void)
{
	picket_guard_ran(th_guard(), 3600 * SECOND_NS);
	work_until_broke();
}

/*
 * A host of 10^6 allocations a second and 10 us of work for each sample: unbridled that would be
 * five times all its time. Return: how many objects were guarded.
 */
static u64 pathological(u32 looks)
{
	u64 guarded = 0;

	for (u32 i = 0; i < looks; i++) {
		for (u32 step = 0; step < 40; step++) {
			u32 samples = th_sampled(500);

			picket_guard_worked(th_guard(), samples * 10000ull);
			guarded += samples;
		}
		picket_guard_ran(th_guard(), LOOK_NS);
	}
	return guarded;
}

static void keeps_its_share(void)
{
	u64 first = pathological(100);
	u64 then = pathological(100);

	/* Two seconds each; the start may spend one second's share more. A step overshoots. */
	th_check(first * 10000 <= 3 * SHARE_NS + 500 * 10000);
	th_check(then * 10000 <= 2 * SHARE_NS + 500 * 10000);
	th_check(then * 10000 >= SHARE_NS);
	th_check(stats().slowdown >= 64);
}

static void interval(void)
{
	th_advance_ms(10);
	th_check(th_sampled(5000) > 0);
	picket_guard_worked(th_guard(), SHARE_NS);
	for (u32 i = 0; i < 5; i++) {
		th_advance_ms(10);
		th_check(th_sampled(5000) == 0);
		picket_guard_ran(th_guard(), 1);
	}
	th_check(stats().slowdown > 1);
}

/* What was held back has been seen all the same, so that the odds in a record are true. */
static void is_counted(void)
{
	struct picket_gate gate = { 0 };
	u64 seen = stats().seen;

	picket_guard_worked(th_guard(), SHARE_NS);
	for (u32 i = 0; i < 1000; i++)
		if (--gate.countdown < 0)
			th_check(!picket_gate_pass(th_guard(), &gate));
	picket_gate_tell(th_guard(), &gate);
	th_check(stats().seen == seen + 1000);
}

const struct th_case th_governor_cases[] = {
	{ "governor_holds_back", holds_back, config_count, NULL, 0 },
	{ "governor_no_budget", no_budget, config_free, NULL, 0 },
	{ "governor_everything_is_exempt", everything, config_all, NULL, 0 },
	{ "governor_slows_and_recovers", slows_and_recovers, config_count, NULL, TH_IS_LONG },
	{ "governor_forgives", forgives, config_count, NULL, 0 },
	{ "governor_does_not_save_up", does_not_save_up, config_count, NULL, 0 },
	{ "governor_keeps_its_share", keeps_its_share, config_count, NULL, TH_IS_LONG },
	{ "governor_interval", interval, config_interval, NULL, TH_NEEDS_CLOCK | TH_IS_LONG },
	{ "governor_held_back_is_counted", is_counted, config_count, NULL, 0 },
	{ NULL, NULL, NULL, NULL, 0 },
};
