/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What core/platform.h asks of a port's types, for the Linux kernel. */
#ifndef PICKET_PORT_TYPES_H
#define PICKET_PORT_TYPES_H

#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>

#define PICKET_LOCK_TRIES 1024

struct picket_lock {
	raw_spinlock_t raw;
	unsigned long flags; /* the holder's */
};

static inline void picket_lock_init(struct picket_lock *lock)
{
	raw_spin_lock_init(&lock->raw);
}

/*
 * A holder has its interrupts masked, so it is on another CPU and soon done; unless a fault or an
 * NMI interrupted it on this one, and then waiting would be for ever.
 */
static inline bool picket_lock_try(struct picket_lock *lock)
{
	unsigned long flags;
	int tries;

	local_irq_save(flags);
	for (tries = 0; tries < PICKET_LOCK_TRIES; tries++) {
		if (raw_spin_trylock(&lock->raw)) {
			lock->flags = flags;
			return true;
		}
		cpu_relax();
	}
	local_irq_restore(flags);
	return false;
}

static inline void picket_lock_release(struct picket_lock *lock)
{
	unsigned long flags = lock->flags;

	raw_spin_unlock(&lock->raw);
	local_irq_restore(flags);
}

#endif
