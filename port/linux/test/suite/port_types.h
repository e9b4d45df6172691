/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The port's own types, with a lock that can be made to look held by another. */
#ifndef PICKET_SUITE_PORT_TYPES_H
#define PICKET_SUITE_PORT_TYPES_H

#define picket_lock_try seam_lock_try
#include "../../base/port_types.h"
#undef picket_lock_try

/** seam_lock_busy() - shall this try fail? */
bool seam_lock_busy(void);

static inline bool picket_lock_try(struct picket_lock *lock)
{
	return !seam_lock_busy() && seam_lock_try(lock);
}

#endif
