/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What core/platform.h asks of a port's types. Locks can be made to look held by another. */
#ifndef PICKET_PORT_TYPES_H
#define PICKET_PORT_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct picket_lock {
	unsigned int held;
};

/** port_lock_busy() - shall this try fail? Asked by every try. */
bool port_lock_busy(void);

static inline void picket_lock_init(struct picket_lock *lock)
{
	__atomic_store_n(&lock->held, 0, __ATOMIC_RELAXED);
}

static inline bool picket_lock_try(struct picket_lock *lock)
{
	return !port_lock_busy() && !__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE);
}

static inline void picket_lock_release(struct picket_lock *lock)
{
	__atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}

#endif
