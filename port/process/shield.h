/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * While Picket writes, the host is shielded from what that may bring on the thread: cancellation
 * in the middle, SIGPIPE of a reader that went away, SIGXFSZ of a file that may not grow.
 */
#ifndef PICKET_SHIELD_H
#define PICKET_SHIELD_H

#include <picket/types.h>

struct picket_shield {
	picket_u64 mask;
	picket_u64 pending;
	int cancel;
};

/** picket_shield_raise() - from here on none of it happens. Async-signal-safe; errno changes. */
void picket_shield_raise(struct picket_shield *shield);

/** picket_shield_lower() - all is as it was; what came up meanwhile is forgotten. */
void picket_shield_lower(const struct picket_shield *shield);

#endif
