/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The least that a port has to give: no libc header is within reach when the core meets this. */
#ifndef PICKET_PORT_TYPES_H
#define PICKET_PORT_TYPES_H

#define bool _Bool
#define true 1
#define false 0
#define NULL ((void *)0)

void *memcpy(void *to, const void *from, __SIZE_TYPE__ count);
void *memmove(void *to, const void *from, __SIZE_TYPE__ count);
void *memset(void *to, int byte, __SIZE_TYPE__ count);
int memcmp(const void *one, const void *other, __SIZE_TYPE__ count);

struct picket_lock {
	unsigned int held;
};

static inline void picket_lock_init(struct picket_lock *lock)
{
	lock->held = 0;
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
