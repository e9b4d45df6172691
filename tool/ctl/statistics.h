/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What can be read of a process without asking it. */
#ifndef PICKET_TOOL_CTL_STATISTICS_H
#define PICKET_TOOL_CTL_STATISTICS_H

#include <jansson.h>

#include "target.h"

/** picket_target_statistics() - its counters, as `picket run --stats` has them. NULL: said. */
json_t *picket_target_statistics(const struct picket_target *target);

/** picket_target_status() - how samples are taken, and a few counters. NULL: said. */
json_t *picket_target_status(const struct picket_target *target);

/** picket_target_status_print() - the same for people. */
void picket_target_status_print(const json_t *status);

#endif
