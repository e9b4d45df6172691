/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * For every case of the suite: an interrupt comes during the first contract call, then the second,
 * and so on, and there the host allocates, frees, sweeps and touches what it must not. This is
 * what a signal handler or an interrupt may do in the middle of any function of the detector.
 */
#include "../harness/sim_port.h"
#include "../tap.h"

#define PAGE_BYTES 512
#define CALLS_MAX 2000

static void use_freed(struct picket_platform *sim, struct picket_free_request *request)
{
	struct picket_request small = { .size_bytes = 20 };
	uptr object = (uptr)picket_guard_alloc(sim->guard, NULL, &small);
	u8 byte = 7;

	if (!object)
		return;
	sim_write(sim, object, &byte, 1);
	picket_guard_free(sim->guard, object, request);
	sim_read(sim, object, &byte, 1);
	picket_guard_free(sim->guard, object, request);
}

static void interrupt(struct picket_platform *sim)
{
	struct picket_free_request request = { .found = PICKET_FOUND_FREE };
	uptr start, size_bytes;
	u8 byte;

	sim->site = 40;
	picket_guard_range(sim->guard, &start, &size_bytes);
	for (uptr at = start + 8; at < start + size_bytes; at += 3 * PAGE_BYTES)
		sim_read(sim, at, &byte, 1);
	use_freed(sim, &request);
	picket_guard_sweep(sim->guard, 100, PICKET_FOUND_SWEEP);
	picket_guard_free(sim->guard, start + PAGE_BYTES, &request);
}

static u32 loop(const struct th_case *one, u32 *runs)
{
	u32 failed = 0;

	if (one->needs & TH_IS_LONG)
		return 0;
	for (u64 call = 1; call < CALLS_MAX; call += call < 100 ? 1 : call / 5) {
		struct sim_setup setup = {
			.seed = 1,
			.interrupt = interrupt,
			.interrupt_at = call,
		};
		struct th_result now = th_run(sim_port(PAGE_BYTES, &setup), one, true);

		++*runs;
		if (now.outcome == TH_FAILED) {
			printf("# %s, call %llu: %s\n", one->name, call, now.why);
			failed++;
		}
	}
	return failed;
}

int main(void)
{
	for (u32 table = 0; th_suite[table]; table++) {
		u32 runs = 0, failed = 0;

		for (const struct th_case *one = th_suite[table]; one->name; one++)
			failed += loop(one, &runs);
		tap_ok(!failed, "interrupts in %s and its neighbours: %u runs, %u bad",
		       th_suite[table]->name, runs, failed);
	}
	return tap_done();
}
