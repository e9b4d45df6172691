/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Which allocations are guarded: by count, by time, and by what is guarded already. */
#include "tables.h"

#define HOUR_MS 3600000u

static u64 skipped(enum picket_skip reason)
{
	struct picket_stats stats;

	picket_guard_stats(th_guard(), &stats);
	return stats.skipped[reason];
}

static void count_every(void)
{
	th_check(th_sampled(500) == 500);
}

static void count_config(struct picket_guard_config *config)
{
	config->policy_param = 50;
}

/* 20000 draws at 1/50: 400 +- 20 is one sigma; five of them are allowed. */
static void count_share(void)
{
	u32 guarded = th_sampled(20000);

	th_check(guarded > 300 && guarded < 500);
}

static void off_config(struct picket_guard_config *config)
{
	config->policy = PICKET_POLICY_OFF;
}

static void off(void)
{
	u32 again = 0;

	th_check(th_sampled(2000) == 0);
	th_check(!picket_guard_set_policy(th_guard(), PICKET_POLICY_COUNT, 1));
	/* A gate that was told "off" does not look again at once. */
	for (u32 i = 0; i < 3000000 && !again; i++)
		again = th_sampled(1);
	th_check(again);
}

static void interval_config(struct picket_guard_config *config)
{
	config->policy = PICKET_POLICY_INTERVAL;
	config->policy_param = HOUR_MS;
}

static void interval_us_config(struct picket_guard_config *config)
{
	config->policy = PICKET_POLICY_INTERVAL_US;
	config->policy_param = HOUR_MS * 1000ull;
}

/* The first tick has a random phase, so let one go by before counting. */
static void settle(void)
{
	th_advance_ms(HOUR_MS);
	th_sampled(20000);
}

static void interval_takes_one(void)
{
	settle();
	for (u32 tick = 0; tick < 20; tick++) {
		th_advance_ms(HOUR_MS);
		th_check(th_sampled(5000) == 1);
	}
}

static void interval_does_not_catch_up(void)
{
	settle();
	th_advance_ms(HOUR_MS);
	th_advance_ms(HOUR_MS);
	th_advance_ms(HOUR_MS);
	th_check(th_sampled(5000) == 1);
}

static void burst_config(struct picket_guard_config *config)
{
	interval_config(config);
	config->burst = 4;
}

static void burst(void)
{
	settle();
	for (u32 tick = 0; tick < 10; tick++) {
		th_advance_ms(HOUR_MS);
		th_check(th_sampled(5000) == 5);
	}
}

static void delay_config(struct picket_guard_config *config)
{
	interval_config(config);
	config->policy_param = 1000;
	config->first_delay_ms = HOUR_MS;
}

static void first_delay(void)
{
	for (u32 second = 0; second < 3590; second += 10) {
		th_advance_ms(10000);
		th_check(th_sampled(100) == 0);
	}
	th_advance_ms(12000);
	th_check(th_sampled(5000) == 1);
}

static void jitter_config(struct picket_guard_config *config)
{
	interval_config(config);
	config->jitter = 8;
}

/*
 * The host always allocates in pairs. Without jitter only the first of a pair is ever guarded; the
 * second is KFENCE's blind spot.
 */
static void jitter_reaches_the_second(void)
{
	u32 first = 0, second = 0;

	settle();
	for (u32 tick = 0; tick < 200; tick++) {
		th_advance_ms(HOUR_MS);
		for (u32 pair = 0; pair < 2500; pair++) {
			uptr one = th_malloc(24), other = th_malloc(24);

			first += th_guarded(one);
			second += th_guarded(other);
			th_free(one);
			th_free(other);
		}
	}
	th_check(first + second == 200);
	th_check(first > 50 && second > 50);
}

/* A refusal leaves the tick to a later allocation, and so do the next ones. */
static void refusals_keep_the_tick(uptr size_bytes, enum picket_skip reason)
{
	th_advance_ms(HOUR_MS);
	for (u32 i = 0; i < 5000 && skipped(reason) < 5; i++) {
		uptr unlucky = th_malloc(size_bytes);

		th_check(!th_guarded(unlucky));
		th_free(unlucky);
	}
	th_check(skipped(reason) == 5);
	th_check(th_sampled(5000) == 1);
}

static void refusal_keeps_the_tick(void)
{
	settle();
	refusals_keep_the_tick(64 * th_page(), PICKET_SKIP_INCOMPATIBLE);
}

static void full_class_keeps_the_tick(void)
{
	struct picket_request request = { .size_bytes = 2 * th_page() };

	settle();
	while (th_request(&request))
		;
	refusals_keep_the_tick(2 * th_page(), PICKET_SKIP_CAPACITY);
}

static void policy_changes(void)
{
	th_check(picket_guard_set_policy(th_guard(), PICKET_POLICY_COUNT, 0) == -22);
	th_check(picket_guard_set_policy(th_guard(), PICKET_POLICY_INTERVAL, 0) == -22);
	th_check(picket_guard_set_policy(th_guard(), PICKET_POLICY_INTERVAL_US, 0) == -22);
	th_check(picket_guard_set_policy(th_guard(), (enum picket_policy)7, 1) == -22);
	th_check(th_sampled(10) == 10);
	th_check(!picket_guard_set_policy(th_guard(), PICKET_POLICY_OFF, 0));
	th_check(th_sampled(100) == 0);
}

static void coverage_config(struct picket_guard_config *config)
{
	config->covered_percent = 25;
	config->class_count = 1;
	config->classes[0].slots = 100;
}

/* One site may fill the pool up to its quarter, not above; new sites always may. */
static void coverage(void)
{
	u32 guarded = 0;

	for (u32 i = 0; i < 100; i++)
		guarded += th_guarded(th_malloc(24));
	th_check(guarded >= 25 && guarded <= 27);
	th_check(skipped(PICKET_SKIP_COVERED) == 100 - guarded);
	guarded = 0;
	for (u32 site = 1; site < 33; site++) {
		th_site(site);
		guarded += th_guarded(th_malloc(24));
	}
	th_check(guarded >= 20); /* the filter may err for a few */
}

/* At one site, until the filter acts. */
static uptr crowd(void)
{
	uptr object = 0;

	th_site(1);
	for (u32 i = 0; i < 100 && !picket_guard_crowded(th_guard()); i++)
		object = th_malloc(24);
	th_check(picket_guard_crowded(th_guard()));
	return object;
}

/* Many guarded allocations of other sites, while the pool is not crowded; then it is again. */
static void look_elsewhere(uptr last)
{
	th_free(last);
	for (u32 i = 0; i < 40; i++) {
		th_site(2 + i % 8);
		th_free(th_malloc(24));
	}
	crowd();
}

/*
 * A site that was looked at stays covered for a while after its object is gone, not for ever. One
 * line allocates all three times: in a real process the line is part of the site.
 */
static void coverage_decays(void)
{
	uptr last = crowd();

	for (u32 time = 0; time < 3; time++) {
		uptr object;

		if (time == 2)
			look_elsewhere(last);
		th_site(50);
		object = th_malloc(24);
		th_check(th_guarded(object) == (time != 1));
		if (time == 0)
			th_free(object);
	}
}

/* The age of an object and a crowded pool: what realloc asks to let start-up objects go. */
static void crowded(void)
{
	uptr object = 0;

	th_check(!picket_guard_crowded(th_guard()));
	for (u32 site = 0; site < 40; site++) {
		th_site(site);
		object = th_malloc(24);
	}
	th_check(picket_guard_crowded(th_guard()));
	th_site(63);
	object = th_malloc(24);
	th_advance_ms(20);
	th_check(!th_guarded(object) || picket_guard_age_ns(th_guard(), object) >= 15000000);
	th_check(!picket_guard_age_ns(th_guard(), object + 1));
}

const struct th_case th_gate_cases[] = {
	{ "gate_count_every", count_every, NULL, NULL, TH_IS_LONG },
	{ "gate_count_share", count_share, count_config, NULL, TH_IS_LONG },
	{ "gate_off", off, off_config, NULL, TH_IS_LONG },
	{ "gate_interval_takes_one", interval_takes_one, interval_config, NULL,
	  TH_NEEDS_CLOCK | TH_IS_LONG },
	{ "gate_interval_us_takes_one", interval_takes_one, interval_us_config, NULL,
	  TH_NEEDS_CLOCK | TH_IS_LONG },
	{ "gate_interval_does_not_catch_up", interval_does_not_catch_up, interval_config, NULL,
	  TH_NEEDS_CLOCK | TH_IS_LONG },
	{ "gate_burst", burst, burst_config, NULL, TH_NEEDS_CLOCK | TH_IS_LONG },
	{ "gate_first_delay", first_delay, delay_config, NULL, TH_NEEDS_CLOCK | TH_IS_LONG },
	{ "gate_jitter_reaches_the_second", jitter_reaches_the_second, jitter_config, NULL,
	  TH_NEEDS_CLOCK | TH_IS_LONG },
	{ "gate_refusal_keeps_the_tick", refusal_keeps_the_tick, interval_config, NULL,
	  TH_NEEDS_CLOCK | TH_IS_LONG },
	{ "gate_full_class_keeps_the_tick", full_class_keeps_the_tick, interval_config, NULL,
	  TH_NEEDS_CLOCK | TH_IS_LONG },
	{ "gate_policy_changes", policy_changes, NULL, NULL, 0 },
	{ "gate_coverage", coverage, coverage_config, NULL, 0 },
	{ "gate_coverage_decays", coverage_decays, coverage_config, NULL, 0 },
	{ "gate_crowded", crowded, coverage_config, NULL, 0 },
	{ NULL, NULL, NULL, NULL, 0 },
};
