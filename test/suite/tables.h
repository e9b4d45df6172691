/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The tables of cases, one per file. */
#ifndef PICKET_TEST_TABLES_H
#define PICKET_TEST_TABLES_H

#include "harness.h"

extern const struct th_case th_kfence_cases[];
extern const struct th_case th_placement_cases[];
extern const struct th_case th_canary_cases[];
extern const struct th_case th_gate_cases[];
extern const struct th_case th_reuse_cases[];
extern const struct th_case th_free_cases[];
extern const struct th_case th_inspect_cases[];
extern const struct th_case th_limit_cases[];
extern const struct th_case th_governor_cases[];
extern const struct th_case th_lend_cases[];

#endif
