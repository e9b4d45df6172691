/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef PICKET_PROCESS_STATS_H
#define PICKET_PROCESS_STATS_H

#include "control.h"

struct picket_guard;

/** Atomic, 0 or 1: the detector has not switched itself off. */
extern picket_u64 picket_stats_enabled;

/** picket_stats_start() - find all counters. Once there is a detector, before anything else. */
void picket_stats_start(const struct picket_guard *guard);

/** picket_stats_counters() - all of them; constant from picket_stats_start() on. */
const struct picket_control_counter *picket_stats_counters(picket_u64 *count);

/** picket_stats_publish() - the counters to `picket run`, or as text. Async-signal-safe. */
void picket_stats_publish(void);

/** picket_stats_say_lost() - one line if there were reports that nobody got. Async-signal-safe. */
void picket_stats_say_lost(void);

#endif
