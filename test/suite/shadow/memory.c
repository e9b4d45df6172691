/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* memcpy(), memmove() and memset() at the ends of objects. */
#include "tables.h"

#define BYTES_MAX 70

/* A check each for what ends at the end, goes past it, starts at the start, and before it. */
static void memset_edges(void)
{
	for (picket_uptr bytes = 1; bytes <= BYTES_MAX; bytes++) {
		char *object = sh_kmalloc(bytes);

		sh_hide(object);
		sh_silent(memset(object, 1, sh_opaque(bytes)));
		sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, bytes + 1,
			  memset(object, 1, sh_opaque(bytes + 1)));
		sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, bytes,
			  memset(object - 1, 1, sh_opaque(bytes)));
		sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 1, memset(object + bytes, 1, sh_opaque(1ul)));
		sh_kfree(object);
	}
}

typedef void *copier(void *to, const void *from, __SIZE_TYPE__ bytes);

static void *copy_disjoint(void *to, const void *from, __SIZE_TYPE__ bytes)
{
	return memcpy(to, from, bytes);
}

static void *copy_any(void *to, const void *from, __SIZE_TYPE__ bytes)
{
	return memmove(to, from, bytes);
}

static void copy_edges(copier *copy)
{
	static char other[BYTES_MAX + 8];

	for (picket_uptr bytes = 1; bytes <= BYTES_MAX; bytes++) {
		char *object = sh_kmalloc(bytes);

		sh_hide(object);
		sh_silent(copy(object, other, bytes));
		sh_silent(copy(other, object, bytes));
		sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, bytes + 1, copy(object, other, bytes + 1));
		sh_expect(OUT_OF_BOUNDS, HEAP, READ, bytes + 1, copy(other, object, bytes + 1));
		sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, bytes, copy(object - 1, other, bytes));
		sh_expect(OUT_OF_BOUNDS, HEAP, READ, bytes, copy(other, object - 1, bytes));
		sh_kfree(object);
	}
}

static void memcpy_edges(void)
{
	copier *copy = copy_disjoint;

	sh_hide(copy);
	copy_edges(copy);
}

static void memmove_edges(void)
{
	copier *copy = copy_any;

	sh_hide(copy);
	copy_edges(copy);
}

/* The result is what it would be without checks. */
static void memory_functions_work(void)
{
	char *object = sh_kzalloc(64);

	sh_hide(object);
	sh_check(memset(object, 'a', sh_opaque(32ul)) == object);
	sh_check(memset(object + 32, 'b', sh_opaque(32ul)) == object + 32);
	sh_check(memmove(object + 16, object, sh_opaque(48ul)) == object + 16);
	sh_check(object[15] == 'a' && object[47] == 'a' && object[48] == 'b' && object[63] == 'b');
	sh_check(memcpy(object, object + 48, sh_opaque(16ul)) == object);
	sh_check(object[0] == 'b' && object[15] == 'b' && object[16] == 'a');
	sh_kfree(object);
}

/* Nothing is touched, so nothing can be wrong with where it would be. */
static void zero_bytes(void)
{
	char *object = sh_kmalloc(16);
	char *freed = sh_kmalloc(16);

	sh_kfree(freed);
	sh_hide(object);
	sh_hide(freed);
	sh_silent(memset(object + 16, 0, sh_opaque(0ul)));
	sh_silent(memset(freed, 0, sh_opaque(0ul)));
	sh_silent(memcpy(object + 16, freed, sh_opaque(0ul)));
	sh_silent(memmove(freed, object + 16, sh_opaque(0ul)));
	sh_silent(memset(sh_opaque((char *)0), 0, sh_opaque(0ul)));
	sh_kfree(object);
}

static void constant_sizes(void)
{
	char *object = sh_kzalloc(13);
	char *whole = sh_kzalloc(64);

	sh_hide(object);
	sh_hide(whole);
	sh_silent(memset(object, 1, 13));
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 16, memset(object, 1, 16));
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 16, memcpy(object, whole, 16));
	sh_expect(OUT_OF_BOUNDS, HEAP, READ, 16, memcpy(whole, object, 16));
	sh_expect(OUT_OF_BOUNDS, HEAP, READ, 40, memcpy(whole, object, 40));
	sh_kfree(object);
	sh_kfree(whole);
}

static void negative_sizes(void)
{
	char *object = sh_kzalloc(64);
	char *other = sh_kzalloc(64);

	sh_hide(object);
	sh_hide(other);
	sh_expect_some(OUT_OF_BOUNDS, UNKNOWN, memmove(object, other, sh_opaque(-1ul)));
	sh_expect_some(OUT_OF_BOUNDS, UNKNOWN, memcpy(object, other, sh_opaque(-64ul)));
	sh_expect_some(OUT_OF_BOUNDS, UNKNOWN, memset(object, 0, sh_opaque(-2ul)));
	sh_kfree(object);
	sh_kfree(other);
}

/* An object in the middle, though both ends of the range may be touched. */
static void over_an_object(void)
{
	char *object = sh_kmalloc(40);
	char *area = sh_foreign(4096);

	sh_hide(object);
	sh_hide(area);
	sh_kfree(object);
	sh_expect(USE_AFTER_FREE, HEAP, READ, 40, memcpy(area, object, sh_opaque(40ul)));
	sh_expect(USE_AFTER_FREE, HEAP, WRITE, 3, memset(object + 37, 0, sh_opaque(3ul)));
}

static void valid_memory_functions(void)
{
	static char other[320];

	for (picket_uptr bytes = 1; bytes <= 300; bytes++) {
		char *object = sh_kmalloc(bytes);

		sh_hide(object);
		for (picket_uptr at = 0; at < bytes && at < 17; at++) {
			sh_silent(memset(object + at, 1, sh_opaque(bytes - at)));
			sh_silent(memcpy(object + at, other, sh_opaque(bytes - at)));
			sh_silent(memmove(object + at, object, sh_opaque(bytes - at)));
		}
		sh_kfree(object);
	}
}

const struct sh_case sh_memory_cases[] = {
	SH_CASE(memset_edges, SH_IS_LONG),
	SH_CASE(memcpy_edges, SH_IS_LONG),
	SH_CASE(memmove_edges, SH_IS_LONG),
	SH_CASE(memory_functions_work, 0),
	SH_CASE(zero_bytes, 0),
	SH_CASE(constant_sizes, 0),
	SH_CASE(negative_sizes, 0),
	SH_CASE(over_an_object, 0),
	SH_CASE(valid_memory_functions, 0),
	SH_CASES_END,
};
