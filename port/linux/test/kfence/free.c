/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Wrong frees, and what is found at a free. */
#include "kfence.h"

#include <linux/mm.h>

static void flip_byte(u8 *address)
{
	write_byte(address, ~read_byte(address));
}

static noinline void test_double_free(void)
{
	u8 *object = object_new(OBJECT_BYTES, GFP_KERNEL, SIDE_ANY);

	if (!object)
		return;
	object_free(object);
	object_free(object);
	report_expect("invalid free", object);
}

static noinline void test_invalid_addr_free(void)
{
	u8 *object = object_new(OBJECT_BYTES, GFP_KERNEL, SIDE_ANY);

	if (!object)
		return;
	object_free(object + 1);
	report_expect("invalid free", object + 1);
	object_free(object);
}

static noinline void test_corruption(void)
{
	u8 *object = object_new(OBJECT_BYTES, GFP_KERNEL, SIDE_LEFT);

	if (!object)
		return;
	flip_byte(object + OBJECT_BYTES);
	object_free(object);
	report_expect("memory corruption", object + OBJECT_BYTES);
	object = object_new(OBJECT_BYTES, GFP_KERNEL, SIDE_RIGHT);
	if (!object)
		return;
	flip_byte(object - 1);
	object_free(object);
	report_expect("memory corruption", object - 1);
}

static noinline void test_kmalloc_aligned_oob_write(void)
{
	const size_t size = 73;
	u8 *object = object_new(size, GFP_KERNEL, SIDE_RIGHT);

	if (!object)
		return;
	flip_byte(object + size);
	case_check(reports_none());
	object_free(object);
	report_expect("memory corruption", object + size);
}

/* Guarded objects among others, freed in one go. */
static void free_four(size_t size)
{
	static const enum side sides[] = { SIDE_RIGHT, SIDE_NONE, SIDE_LEFT, SIDE_NONE };
	void *objects[ARRAY_SIZE(sides)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sides); i++) {
		objects[i] = object_new(size, GFP_KERNEL, sides[i]);
		if (!objects[i])
			return;
	}
	kmem_cache_free_bulk(object_cache, ARRAY_SIZE(objects), objects);
}

static void construct(void *object)
{
	memset(object, 'x', 8);
}

static noinline void test_free_bulk(void)
{
	size_t size;
	int round;

	cache_close();
	for (round = 0; round < 5; round++) {
		size = 8 + round * 61 % 300;
		if (!cache_open_if_wanted(size, round % 2 ? construct : NULL))
			return;
		free_four(size);
		cache_close();
	}
}

static noinline void test_init_on_free(void)
{
	u8 *object;

	if (!want_init_on_free()) {
		case_skip("the kernel was not started with init_on_free=1");
		return;
	}
	object = object_new(OBJECT_BYTES, GFP_KERNEL, SIDE_ANY);
	if (!object)
		return;
	memset(object, 'x', OBJECT_BYTES);
	object_free(object);
	case_check(read_byte(object) == 0);
	report_expect("use-after-free read", object);
	case_check(!memchr_inv(object, 0, OBJECT_BYTES));
}

const struct kfence_case kfence_free_cases[] = { CASE_OF_BOTH(test_double_free),
						 CASE_OF_BOTH(test_invalid_addr_free),
						 CASE_OF_BOTH(test_corruption),
						 CASE_OF_BOTH(test_free_bulk),
						 CASE_OF_BOTH(test_init_on_free),
						 CASE(test_kmalloc_aligned_oob_write),
						 {} };
