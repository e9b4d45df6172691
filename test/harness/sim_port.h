/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The suite's port for simulated machines. One case runs at a time. */
#ifndef PICKET_TEST_SIM_PORT_H
#define PICKET_TEST_SIM_PORT_H

#include "../../port/sim/sim.h"
#include "../suite/runner.h"

/* How the machine of the next cases shall be. */
struct sim_setup {
	u64 seed;
	enum sim_defect defect;
	u32 fail_mask; /* see sim_fail() */
	u64 fail_call;
	bool fail_always;
	bool blind;	  /* audit as little as a real machine can: page tables are not looked at */
	u64 interrupt_at; /* see struct picket_platform */
	void (*interrupt)(struct picket_platform *sim);
};

/** sim_port() - set up machines of this page size; @setup is read at the start of each case. */
const struct th_port *sim_port(u32 page_bytes, const struct sim_setup *setup);

/** sim_port_failures() - how many calls failed in the last case? */
u64 sim_port_failures(void);

#endif
