/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef PICKET_PROCESS_STATS_H
#define PICKET_PROCESS_STATS_H

#include "../../core/guard/guard.h"

/** picket_stats_publish() - the counters to `picket run`, or as text. Async-signal-safe. */
void picket_stats_publish(const struct picket_guard *guard);

/** picket_stats_say_lost() - one line if there were reports that nobody got. Async-signal-safe. */
void picket_stats_say_lost(const struct picket_guard *guard);

#endif
