/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The suite on a simulated machine: suite_sim [PAGE_BYTES [PART_OF_A_NAME]] */
#include "sim_port.h"
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	u32 page_bytes = argc > 1 ? (u32)strtoul(argv[1], NULL, 0) : 4096;
	struct sim_setup setup = { .seed = 1 };

	if (page_bytes < 256 || page_bytes & (page_bytes - 1)) {
		fprintf(stderr, "suite_sim: page size '%s': must be a power of two, 256 or more\n",
			argv[1]);
		return 2;
	}
	return th_run_all(sim_port(page_bytes, &setup), argc > 2 ? argv[2] : NULL) != 0;
}
