/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the two halves of the simulated machine share. */
#ifndef PICKET_SIM_MACHINE_H
#define PICKET_SIM_MACHINE_H

#include "sim.h"
#include <stdio.h>

struct picket_context {
	u64 pc;
};

/** sim_violation() - note what the core did wrong, if it is the first. */
void sim_violation(struct picket_platform *sim, const char *text);

/** sim_fails() - count a call; shall it fail? */
bool sim_fails(struct picket_platform *sim, enum sim_call call);

/** sim_pc() - a frame of the stack of the code that runs. */
u64 sim_pc(const struct picket_platform *sim, u32 frame);

/** sim_untouched() - does a hidden page still hold the pattern that hiding left? */
bool sim_untouched(const struct picket_platform *sim, const u8 *page);

#endif
