/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What must stay silent though it goes near the edge. */
#include "bugs.h"

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/uaccess.h>

/* Every size of a small object, at both ends: the allocator's own writes at free are no bug. */
static noinline int healthy_sizes(void)
{
	size_t size;

	for (size = 1; size <= 264; size += size < 72 ? 1 : 13) {
		u8 *left = bug_alloc(size, LEFT);
		u8 *right = size < 8 ? NULL : bug_alloc(size, RIGHT);

		if (!left || (size >= 8 && !right))
			return -EAGAIN;
		memset(left, 1, size);
		kfree(left);
		if (right)
			memset(right, 2, size);
		kfree(right);
	}
	return 0;
}

static noinline int healthy_ksize(void)
{
	u8 *object = bug_alloc(90, RIGHT);

	if (!object)
		return -EAGAIN;
	if (ksize(object) != 90) {
		pr_err("picket-bugs: ksize is %zu\n", ksize(object));
		return -EINVAL;
	}
	memset(object, 7, 90);
	object = krealloc(object, 300, GFP_KERNEL);
	if (!object || object[89] != 7)
		return -EINVAL;
	kfree_sensitive(object);
	object = bug_alloc(90, RIGHT);
	kfree_sensitive(object);
	return object ? 0 : -EAGAIN;
}

static noinline int healthy_bulk(void)
{
	void *objects[8];
	int i;

	for (i = 0; i < 8; i++) {
		objects[i] =
			i % 3 ? kmalloc(100, GFP_KERNEL) : bug_alloc(100, i % 2 ? LEFT : RIGHT);
		if (!objects[i])
			return -EAGAIN;
	}
	kfree_bulk(8, objects);
	return 0;
}

static noinline int healthy_usercopy(void)
{
	u8 *object = bug_alloc(90, RIGHT);
	unsigned long user =
		vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, 0);

	if (!object || IS_ERR_VALUE(user))
		return -EAGAIN;
	if (copy_to_user((void __user *)user, object + 3, 87) ||
	    copy_from_user(object, (void __user *)user, 90))
		return -EFAULT;
	kfree(object);
	return 0;
}

static noinline int healthy_nofault(void)
{
	u8 *object = bug_alloc(64, LEFT);
	u8 byte;

	if (!object)
		return -EAGAIN;
	if (copy_from_kernel_nofault(&byte, object - 8, 1) != -EFAULT)
		return -EINVAL;
	kfree(object);
	return copy_from_kernel_nofault(&byte, object, 1) == -EFAULT ? 0 : -EINVAL;
}

static noinline int healthy_constructor(void)
{
	struct kmem_cache *cache = bug_cache(48);
	u8 *object = cache ? bug_alloc_from(cache, 48, LEFT) : NULL;
	bool constructed = object && object[0] == 'x';

	if (object)
		kmem_cache_free(cache, object);
	kmem_cache_destroy(cache);
	if (!object)
		return -EAGAIN;
	return constructed ? 0 : -EINVAL;
}

const struct bug bugs_healthy[] = { { "healthy_sizes", healthy_sizes },
				    { "healthy_ksize", healthy_ksize },
				    { "healthy_bulk", healthy_bulk },
				    { "healthy_usercopy", healthy_usercopy },
				    { "healthy_nofault", healthy_nofault },
				    { "healthy_constructor", healthy_constructor },
				    {} };
