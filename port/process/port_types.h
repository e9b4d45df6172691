/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What core/platform.h asks of a port's types, for a Linux process. */
#ifndef PICKET_PORT_TYPES_H
#define PICKET_PORT_TYPES_H

#include <sched.h>
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

/*
 * A holder that lost its CPU would cost the others thousands of samples, so it gets a few chances
 * to go on; not more, as the holder may be this very thread, interrupted by a signal.
 */
static inline bool picket_lock_try(struct picket_lock *lock)
{
	for (int chances = 16; __atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE); chances--) {
		if (!chances)
			return false;
		sched_yield();
	}
	return true;
}

static inline void picket_lock_release(struct picket_lock *lock)
{
	__atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}

#endif
