/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "tables.h"

const struct th_case *const th_suite[] = {
	th_kfence_cases,
	th_placement_cases,
	th_canary_cases,
	th_gate_cases,
	th_reuse_cases,
	th_free_cases,
	th_inspect_cases,
	th_limit_cases,
	th_governor_cases,
	th_lend_cases,
	NULL,
};
