/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The kernel's operations on bits, its atomics, and its copies from and to user space. */
#include "conformance.h"

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/mman.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

/* Of what an operation gives back nothing is used, but it must be made. */
#define made(expression) ((void)sh_opaque((long)(expression)))

#define BIT_OPERATION(name, expression)                                                            \
	static void bit_##name(void *memory, picket_uptr value)                                    \
	{                                                                                          \
		unsigned long *bits = memory;                                                      \
		unsigned long bit = value;                                                         \
                                                                                                   \
		expression;                                                                        \
	}

BIT_OPERATION(set, set_bit(bit, bits))
BIT_OPERATION(set_plain, __set_bit(bit, bits))
BIT_OPERATION(clear, clear_bit(bit, bits))
BIT_OPERATION(clear_plain, __clear_bit(bit, bits))
BIT_OPERATION(clear_unlock, clear_bit_unlock(bit, bits))
BIT_OPERATION(clear_unlock_plain, __clear_bit_unlock(bit, bits))
BIT_OPERATION(change, change_bit(bit, bits))
BIT_OPERATION(change_plain, __change_bit(bit, bits))
BIT_OPERATION(test_and_set, made(test_and_set_bit(bit, bits)))
BIT_OPERATION(test_and_set_plain, made(__test_and_set_bit(bit, bits)))
BIT_OPERATION(test_and_set_lock, made(test_and_set_bit_lock(bit, bits)))
BIT_OPERATION(test_and_clear, made(test_and_clear_bit(bit, bits)))
BIT_OPERATION(test_and_clear_plain, made(__test_and_clear_bit(bit, bits)))
BIT_OPERATION(test_and_change, made(test_and_change_bit(bit, bits)))
BIT_OPERATION(test_and_change_plain, made(__test_and_change_bit(bit, bits)))
BIT_OPERATION(test, made(test_bit(bit, bits)))

#define BIT_NAME(name)                                                                             \
	{                                                                                          \
#name, bit_##name                                                                  \
	}

const struct sh_operation sh_bit_operations[] = {
	BIT_NAME(set),
	BIT_NAME(set_plain),
	BIT_NAME(clear),
	BIT_NAME(clear_plain),
	BIT_NAME(clear_unlock),
	BIT_NAME(clear_unlock_plain),
	BIT_NAME(change),
	BIT_NAME(change_plain),
	BIT_NAME(test_and_set),
	BIT_NAME(test_and_set_plain),
	BIT_NAME(test_and_set_lock),
	BIT_NAME(test_and_clear),
	BIT_NAME(test_and_clear_plain),
	BIT_NAME(test_and_change),
	BIT_NAME(test_and_change_plain),
	BIT_NAME(test),
	{ NULL, NULL },
};

/* A name of the kernel's, for int and for long. */
#define ATOMIC_BOTH(name, expression_int, expression_long)                                         \
	static void name##_int(void *memory, picket_uptr value)                                    \
	{                                                                                          \
		atomic_t *counter = memory;                                                        \
		int by = (int)value;                                                               \
                                                                                                   \
		(void)by;                                                                          \
		expression_int;                                                                    \
	}                                                                                          \
	static void name##_long(void *memory, picket_uptr value)                                   \
	{                                                                                          \
		atomic_long_t *counter = memory;                                                   \
		long by = (long)value;                                                             \
                                                                                                   \
		(void)by;                                                                          \
		expression_long;                                                                   \
	}

#define ATOMIC(name, ...)                                                                          \
	ATOMIC_BOTH(name, atomic_##name(__VA_ARGS__), atomic_long_##name(__VA_ARGS__))
#define ATOMIC_MADE(name, ...)                                                                     \
	ATOMIC_BOTH(name, made(atomic_##name(__VA_ARGS__)), made(atomic_long_##name(__VA_ARGS__)))

ATOMIC_MADE(read, counter)
ATOMIC_MADE(read_acquire, counter)
ATOMIC(set, counter, by)
ATOMIC(set_release, counter, by)
ATOMIC(add, by, counter)
ATOMIC(sub, by, counter)
ATOMIC(inc, counter)
ATOMIC(dec, counter)
ATOMIC(and, by, counter)
ATOMIC(andnot, by, counter)
ATOMIC(or, by, counter)
ATOMIC(xor, by, counter)
ATOMIC_MADE(add_return, by, counter)
ATOMIC_MADE(sub_return, by, counter)
ATOMIC_MADE(inc_return, counter)
ATOMIC_MADE(dec_return, counter)
ATOMIC_MADE(fetch_add, by, counter)
ATOMIC_MADE(fetch_and, by, counter)
ATOMIC_MADE(fetch_or, by, counter)
ATOMIC_MADE(fetch_xor, by, counter)
ATOMIC_MADE(xchg, counter, by)
ATOMIC_MADE(cmpxchg, counter, by, by + 1)
ATOMIC_MADE(sub_and_test, by, counter)
ATOMIC_MADE(dec_and_test, counter)
ATOMIC_MADE(inc_and_test, counter)
ATOMIC_MADE(add_negative, by, counter)
ATOMIC_MADE(add_unless, counter, by, by + 1)
ATOMIC_MADE(inc_not_zero, counter)
ATOMIC_MADE(inc_unless_negative, counter)
ATOMIC_MADE(dec_unless_positive, counter)
ATOMIC_MADE(dec_if_positive, counter)

#define NAMES(name)                                                                                \
	{ #name "_int", name##_int },                                                              \
	{                                                                                          \
#name "_long", name##_long                                                         \
	}

const struct sh_operation sh_atomics[] = {
	NAMES(read),
	NAMES(read_acquire),
	NAMES(set),
	NAMES(set_release),
	NAMES(add),
	NAMES(sub),
	NAMES(inc),
	NAMES(dec),
	NAMES(and),
	NAMES(andnot),
	NAMES(or),
	NAMES(xor),
	NAMES(add_return),
	NAMES(sub_return),
	NAMES(inc_return),
	NAMES(dec_return),
	NAMES(fetch_add),
	NAMES(fetch_and),
	NAMES(fetch_or),
	NAMES(fetch_xor),
	NAMES(xchg),
	NAMES(cmpxchg),
	NAMES(sub_and_test),
	NAMES(dec_and_test),
	NAMES(inc_and_test),
	NAMES(add_negative),
	NAMES(add_unless),
	NAMES(inc_not_zero),
	NAMES(inc_unless_negative),
	NAMES(dec_unless_positive),
	NAMES(dec_if_positive),
	{ NULL, NULL },
};

static char __user *user_memory;

int user_start(void)
{
	unsigned long address =
		vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, 0);

	user_memory = (char __user *)address;
	return IS_ERR_VALUE(address) ? (int)address : 0;
}

#define USER_COPY(name, expression)                                                                \
	static void name##_checked(void *memory, picket_uptr bytes)                                \
	{                                                                                          \
		made(expression);                                                                  \
	}

USER_COPY(copy_from_user, copy_from_user(memory, user_memory, bytes))
USER_COPY(copy_to_user, copy_to_user(user_memory, memory, bytes))
USER_COPY(__copy_from_user, __copy_from_user(memory, user_memory, bytes))
USER_COPY(__copy_to_user, __copy_to_user(user_memory, memory, bytes))
USER_COPY(__copy_from_user_inatomic, __copy_from_user_inatomic(memory, user_memory, bytes))
USER_COPY(__copy_to_user_inatomic, __copy_to_user_inatomic(user_memory, memory, bytes))
USER_COPY(strncpy_from_user, strncpy_from_user(memory, user_memory, bytes))

#define COPY_NAME(name)                                                                            \
	{                                                                                          \
#name, name##_checked                                                              \
	}

const struct sh_operation sh_user_copies[] = {
	COPY_NAME(copy_from_user),
	COPY_NAME(copy_to_user),
	COPY_NAME(__copy_from_user),
	COPY_NAME(__copy_to_user),
	COPY_NAME(__copy_from_user_inatomic),
	COPY_NAME(__copy_to_user_inatomic),
	COPY_NAME(strncpy_from_user),
	{ NULL, NULL },
};
