/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Operations of the hosted port that the compiler checks; compiled as the cases are. */
#include "host.h"

const struct sh_variant host_variant = { SH_COMPILER, SH_MODE, SH_LEVEL };

#define BITS (8 * sizeof(unsigned long))

#define BIT_OPERATION(name, expression)                                                            \
	static void bit_##name(void *memory, uptr value)                                           \
	{                                                                                          \
		unsigned long *word = (unsigned long *)memory + value / BITS;                      \
		unsigned long mask = 1ul << value % BITS;                                          \
                                                                                                   \
		sh_hide(word);                                                                     \
		(void)mask;                                                                        \
		expression;                                                                        \
	}

BIT_OPERATION(set, __atomic_fetch_or(word, mask, __ATOMIC_RELAXED))
BIT_OPERATION(clear, __atomic_fetch_and(word, ~mask, __ATOMIC_RELAXED))
BIT_OPERATION(change, __atomic_fetch_xor(word, mask, __ATOMIC_RELAXED))
BIT_OPERATION(clear_unlock, __atomic_fetch_and(word, ~mask, __ATOMIC_RELEASE))
BIT_OPERATION(test_and_set, __atomic_fetch_or(word, mask, __ATOMIC_SEQ_CST))
BIT_OPERATION(test_and_clear, __atomic_fetch_and(word, ~mask, __ATOMIC_SEQ_CST))
BIT_OPERATION(test_and_change, __atomic_fetch_xor(word, mask, __ATOMIC_SEQ_CST))
BIT_OPERATION(plain_set, *word |= mask)
BIT_OPERATION(plain_clear, *word &= ~mask)
BIT_OPERATION(plain_change, *word ^= mask)
BIT_OPERATION(test, sh_read(word))

#define BIT(name)                                                                                  \
	{                                                                                          \
#name, bit_##name                                                                  \
	}

const struct sh_operation sh_bit_operations[] = {
	BIT(set),
	BIT(clear),
	BIT(change),
	BIT(clear_unlock),
	BIT(test_and_set),
	BIT(test_and_clear),
	BIT(test_and_change),
	BIT(plain_set),
	BIT(plain_clear),
	BIT(plain_change),
	BIT(test),
	{ 0, 0 },
};

#define ATOMIC(name, type, expression)                                                             \
	static void atomic_##name##_##type(void *memory, uptr value)                               \
	{                                                                                          \
		type *word = memory;                                                               \
		type by = (type)value;                                                             \
                                                                                                   \
		sh_hide(word);                                                                     \
		expression;                                                                        \
		(void)by;                                                                          \
	}

#define ATOMICS(type)                                                                              \
	ATOMIC(load, type, sh_opaque(__atomic_load_n(word, __ATOMIC_ACQUIRE)))                     \
	ATOMIC(load_once, type, sh_read(word))                                                     \
	ATOMIC(store, type, __atomic_store_n(word, by, __ATOMIC_RELEASE))                          \
	ATOMIC(store_once, type, sh_write(word, by))                                               \
	ATOMIC(add, type, __atomic_fetch_add(word, by, __ATOMIC_RELAXED))                          \
	ATOMIC(sub_return, type, sh_opaque(__atomic_sub_fetch(word, by, __ATOMIC_SEQ_CST)))        \
	ATOMIC(fetch_and, type, sh_opaque(__atomic_fetch_and(word, by, __ATOMIC_SEQ_CST)))         \
	ATOMIC(fetch_or, type, sh_opaque(__atomic_fetch_or(word, by, __ATOMIC_SEQ_CST)))           \
	ATOMIC(fetch_xor, type, sh_opaque(__atomic_fetch_xor(word, by, __ATOMIC_SEQ_CST)))         \
	ATOMIC(exchange, type, sh_opaque(__atomic_exchange_n(word, by, __ATOMIC_SEQ_CST)))         \
	ATOMIC(compare, type,                                                                      \
	       sh_opaque(__atomic_compare_exchange_n(word, &by, by, 0, __ATOMIC_SEQ_CST,           \
						     __ATOMIC_RELAXED)))

ATOMICS(u32)
ATOMICS(u64)

#define OF_TYPE(name, type)                                                                        \
	{                                                                                          \
#name "_" #type, atomic_##name##_##type                                            \
	}
#define OF_TYPES(name) OF_TYPE(name, u32), OF_TYPE(name, u64)

const struct sh_operation sh_atomics[] = {
	OF_TYPES(load),	     OF_TYPES(load_once),  OF_TYPES(store),	OF_TYPES(store_once),
	OF_TYPES(add),	     OF_TYPES(sub_return), OF_TYPES(fetch_and), OF_TYPES(fetch_or),
	OF_TYPES(fetch_xor), OF_TYPES(exchange),   OF_TYPES(compare),	{ 0, 0 },
};

/* Reads that no compiler turns into a call of the library. */
static unsigned char byte_at(const void *memory, uptr at)
{
	return ((const volatile unsigned char *)memory)[at];
}

void *sh_memchr(const void *memory, int byte, uptr bytes)
{
	for (uptr i = 0; i < bytes; i++) {
		if (byte_at(memory, i) == (unsigned char)byte)
			return (char *)memory + i;
	}
	return NULL;
}

static int compare(const void *one, const void *other, uptr bytes, bool is_text)
{
	for (uptr i = 0; i < bytes; i++) {
		unsigned char here = byte_at(one, i);
		unsigned char there = byte_at(other, i);

		if (here != there)
			return here - there;
		if (is_text && !here)
			break;
	}
	return 0;
}

int sh_memcmp(const void *one, const void *other, uptr bytes)
{
	return compare(one, other, bytes, false);
}

int sh_strncmp(const char *one, const char *other, uptr bytes)
{
	return compare(one, other, bytes, true);
}

int sh_strcmp(const char *one, const char *other)
{
	return compare(one, other, ~0ul, true);
}

uptr sh_strnlen(const char *text, uptr bytes)
{
	uptr length = 0;

	while (length < bytes && byte_at(text, length))
		length++;
	return length;
}

uptr sh_strlen(const char *text)
{
	return sh_strnlen(text, ~0ul);
}

char *sh_strchr(const char *text, int byte)
{
	return sh_memchr(text, byte, sh_strlen(text) + 1);
}

char *sh_strrchr(const char *text, int byte)
{
	for (uptr i = sh_strlen(text) + 1; i--;) {
		if (byte_at(text, i) == (unsigned char)byte)
			return (char *)text + i;
	}
	return NULL;
}
