/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef PICKET_PROCESS_STATS_H
#define PICKET_PROCESS_STATS_H

#include "../../core/guard/guard.h"

/** picket_stats_publish() - the counters to `picket run`, or as text. Async-signal-safe. */
void picket_stats_publish(const struct picket_guard *guard);

#endif
