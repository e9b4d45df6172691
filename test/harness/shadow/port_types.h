/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What core/platform.h asks of a port's types, for one process with one thread. */
#ifndef PICKET_PORT_TYPES_H
#define PICKET_PORT_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct picket_lock {
	unsigned int held;
};

static inline void picket_lock_init(struct picket_lock *lock)
{
	__atomic_store_n(&lock->held, 0, __ATOMIC_RELAXED);
}

static inline bool picket_lock_try(struct picket_lock *lock)
{
	return !__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE);
}

static inline void picket_lock_release(struct picket_lock *lock)
{
	__atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}

#endif
