/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The suite tests itself: each way in which a port can be wrong must fail at least one case. */
#include "../harness/sim_port.h"
#include "../tap.h"

static u32 failing_cases(const struct th_port *port, const char **first)
{
	u32 count = 0;

	for (u32 table = 0; th_suite[table]; table++) {
		for (const struct th_case *one = th_suite[table]; one->name; one++) {
			if (th_run(port, one, false).outcome != TH_FAILED)
				continue;
			if (!count++)
				*first = one->name;
		}
	}
	return count;
}

int main(void)
{
	for (u32 defect = 0; defect < SIM_DEFECT_COUNT; defect++) {
		struct sim_setup setup = {
			.seed = 1,
			.defect = (enum sim_defect)defect,
			.blind = true,
		};
		const char *first = "none";
		u32 count = failing_cases(sim_port(1024, &setup), &first);

		tap_ok(defect == SIM_SOUND ? !count : count,
		       "a port that %s fails %u cases, first: %s",
		       sim_defect_name((enum sim_defect)defect), count, first);
	}
	return tap_done();
}
