/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The few atomic operations the core needs, on u32 and u64. Compiler builtins: lock-free on every
 * 64-bit machine, no library behind them.
 */
#ifndef PICKET_CORE_ATOMIC_H
#define PICKET_CORE_ATOMIC_H

#define picket_load(pointer) __atomic_load_n((pointer), __ATOMIC_RELAXED)
#define picket_load_acquire(pointer) __atomic_load_n((pointer), __ATOMIC_ACQUIRE)
#define picket_store(pointer, value) __atomic_store_n((pointer), (value), __ATOMIC_RELAXED)
#define picket_store_release(pointer, value) __atomic_store_n((pointer), (value), __ATOMIC_RELEASE)
#define picket_add(pointer, value) __atomic_fetch_add((pointer), (value), __ATOMIC_RELAXED)
#define picket_sub(pointer, value) __atomic_fetch_sub((pointer), (value), __ATOMIC_RELAXED)
#define picket_exchange(pointer, value) __atomic_exchange_n((pointer), (value), __ATOMIC_ACQ_REL)
/* True when *pointer was *expected and is now value; else *expected holds what it was. */
#define picket_cas(pointer, expected, value)                                                       \
	__atomic_compare_exchange_n((pointer), (expected), (value), false, __ATOMIC_ACQ_REL,       \
				    __ATOMIC_ACQUIRE)
#define picket_fence() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define picket_fence_acquire() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define picket_fence_release() __atomic_thread_fence(__ATOMIC_RELEASE)

#endif
