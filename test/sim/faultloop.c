/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * For every case of the suite: the first contract call fails, then the second, and so on until
 * none is left to fail; each once alone, and once with all that follow. What the case expects may
 * not happen then, but every invariant must hold and the host must live.
 */
#include "../harness/sim_port.h"
#include "../tap.h"

#define PAGE_BYTES 512
#define CALLS_MAX 3000 /* of one case; the long ones repeat themselves */

static const u32 masks[] = {
	1u << SIM_RESERVE | 1u << SIM_METADATA,
	1u << SIM_HIDE,
	1u << SIM_SHOW,
	1u << SIM_STACK,
	1u << SIM_LOCK,
	1u << SIM_HIDE | 1u << SIM_SHOW | 1u << SIM_STACK | 1u << SIM_LOCK,
};

/* After the first hundred calls of a case only some: they are the same few over and over. */
static u64 next_call(u64 call)
{
	return call < 100 ? call + 1 : call + call / 5;
}

static u32 loop(const struct th_case *one, u32 mask, bool always, u32 *runs)
{
	u32 failed = 0;

	if (one->needs & TH_IS_LONG)
		return 0;
	for (u64 call = 1; call < CALLS_MAX; call = next_call(call)) {
		struct sim_setup setup = {
			.seed = 1,
			.fail_mask = mask,
			.fail_call = call,
			.fail_always = always,
		};
		struct th_result now = th_run(sim_port(PAGE_BYTES, &setup), one, true);

		++*runs;
		if (now.outcome == TH_FAILED) {
			printf("# %s, mask 0x%x, call %llu%s: %s\n", one->name, mask, call,
			       always ? " and later" : "", now.why);
			failed++;
		}
		if (!sim_port_failures())
			break;
	}
	return failed;
}

int main(void)
{
	for (u32 m = 0; m < sizeof(masks) / sizeof(masks[0]); m++) {
		for (u32 always = 0; always < 2; always++) {
			u32 runs = 0, failed = 0;

			for (u32 table = 0; th_suite[table]; table++)
				for (const struct th_case *one = th_suite[table]; one->name; one++)
					failed += loop(one, masks[m], always, &runs);
			tap_ok(!failed, "fault loop, mask 0x%x, %s: %u runs, %u bad", masks[m],
			       always ? "for good" : "once", runs, failed);
		}
	}
	return tap_done();
}
