/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Accesses beside objects and after their end. */
#include "kfence.h"

#include <linux/mm.h>
#include <linux/uaccess.h>

/* Where the page of an object ends. */
static u8 *page_end(const u8 *object)
{
	return (u8 *)((unsigned long)object & PAGE_MASK) + PAGE_SIZE;
}

/*
 * No object is ever near the first page of KFENCE's pool. We have none to spare for that: in ours,
 * none is near as long as none was taken at all.
 */
static noinline void test_invalid_access(void)
{
	read_byte(detector_pool() + 10);
	report_expect("invalid read", detector_pool() + 10);
}

static noinline void test_out_of_bounds_read(void)
{
	u8 *object = object_new(OBJECT_BYTES, GFP_KERNEL, SIDE_LEFT);

	if (!object)
		return;
	read_byte(object - 1);
	report_expect("out-of-bounds read", object - 1);
	object_free(object);
	object = object_new(OBJECT_BYTES, GFP_KERNEL, SIDE_RIGHT);
	if (!object)
		return;
	read_byte(object + OBJECT_BYTES);
	report_expect("out-of-bounds read", object + OBJECT_BYTES);
	object_free(object);
}

static noinline void test_out_of_bounds_write(void)
{
	u8 *object = object_new(OBJECT_BYTES, GFP_KERNEL, SIDE_LEFT);

	if (!object)
		return;
	write_byte(object - 1, 'a');
	report_expect("out-of-bounds write", object - 1);
	object_free(object);
}

static noinline void test_use_after_free_read(void)
{
	u8 *object = object_new(OBJECT_BYTES, GFP_KERNEL, SIDE_ANY);

	if (!object)
		return;
	object_free(object);
	read_byte(object);
	report_expect("use-after-free read", object);
}

static noinline void test_use_after_free_read_nofault(void)
{
	u8 *object = object_new(OBJECT_BYTES, GFP_KERNEL, SIDE_ANY);
	u8 byte;

	if (!object)
		return;
	case_check(!copy_from_kernel_nofault(&byte, object, 1));
	object_free(object);
	case_check(copy_from_kernel_nofault(&byte, object, 1) == -EFAULT);
}

/*
 * An object of 73 bytes does not end with its page: alignment leaves a gap, in which reads are
 * silent. How wide it is, is the detector's affair, but kmalloc()'s next size is the limit.
 */
static noinline void test_kmalloc_aligned_oob_read(void)
{
	const size_t size = 73;
	u8 *object = object_new(size, GFP_KERNEL, SIDE_RIGHT);

	if (!object)
		return;
	case_check(page_end(object) > object + size);
	case_check(page_end(object) <= object + 96);
	read_byte(object - 1);
	read_byte(object + size);
	case_check(reports_none());
	read_byte(page_end(object));
	report_expect("out-of-bounds read", page_end(object));
	object_free(object);
}

const struct kfence_case kfence_access_cases[] = { CASE(test_invalid_access),
						   CASE_OF_BOTH(test_out_of_bounds_read),
						   CASE_OF_BOTH(test_out_of_bounds_write),
						   CASE_OF_BOTH(test_use_after_free_read),
						   CASE_OF_BOTH(test_use_after_free_read_nofault),
						   CASE(test_kmalloc_aligned_oob_read),
						   {} };
