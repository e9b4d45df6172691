/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Accesses beside objects and after their end. */
#include "bugs.h"

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rcupdate.h>
#include <linux/uaccess.h>

#define SIZE 40

static noinline int bug_oob_read_right(void)
{
	u8 *object = bug_alloc(SIZE, RIGHT);

	if (!object)
		return -EAGAIN;
	read_byte(object + SIZE);
	bug_free(object);
	return 0;
}

static noinline int bug_oob_read_left(void)
{
	u8 *object = bug_alloc(SIZE, LEFT);

	if (!object)
		return -EAGAIN;
	read_byte(object - 1);
	bug_free(object);
	return 0;
}

static noinline int bug_oob_write_right(void)
{
	u8 *object = bug_alloc(SIZE, RIGHT);

	if (!object)
		return -EAGAIN;
	write_byte(object + SIZE);
	bug_free(object);
	return 0;
}

static noinline int bug_oob_write_left(void)
{
	u8 *object = bug_alloc(SIZE, LEFT);

	if (!object)
		return -EAGAIN;
	write_byte(object - 1);
	bug_free(object);
	return 0;
}

static noinline int bug_uaf_read(void)
{
	u8 *object = bug_alloc(SIZE, RIGHT);

	if (!object)
		return -EAGAIN;
	bug_free(object);
	read_byte(object + 8);
	return 0;
}

static noinline int bug_uaf_write(void)
{
	u8 *object = bug_alloc(SIZE, LEFT);

	if (!object)
		return -EAGAIN;
	bug_free(object);
	write_byte(object + 8);
	return 0;
}

static noinline int bug_cache_oob(void)
{
	struct kmem_cache *cache = bug_cache(SIZE);
	u8 *object = cache ? bug_alloc_from(cache, SIZE, RIGHT) : NULL;

	if (object) {
		write_byte(object + SIZE);
		bug_free_to(cache, object);
	}
	kmem_cache_destroy(cache);
	return object ? 0 : -EAGAIN;
}

static noinline int bug_cache_uaf(void)
{
	struct kmem_cache *cache = bug_cache(SIZE);
	u8 *object = cache ? bug_alloc_from(cache, SIZE, LEFT) : NULL;

	if (object) {
		bug_free_to(cache, object);
		read_byte(object);
	}
	kmem_cache_destroy(cache);
	return object ? 0 : -EAGAIN;
}

/* The object is not freed, but its cache is destroyed. */
static noinline int bug_destroyed_use(void)
{
	struct kmem_cache *cache = bug_cache(SIZE);
	u8 *object = cache ? bug_alloc_from(cache, SIZE, RIGHT) : NULL;

	kmem_cache_destroy(cache);
	if (!object)
		return -EAGAIN;
	read_byte(object);
	return 0;
}

struct with_head {
	struct rcu_head head;
	u8 data[16];
};

/* The kernel frees in batches, seconds later. */
static noinline int bug_rcu_use(void)
{
	struct with_head *object = bug_alloc(sizeof(*object), LEFT);
	int i;

	if (!object)
		return -EAGAIN;
	kfree_rcu(object, head);
	for (i = 0; i < 120; i++) {
		msleep(100);
		read_byte(object->data);
	}
	return 0;
}

static noinline int bug_usercopy(void)
{
	u8 *object = bug_alloc(SIZE, RIGHT);
	unsigned long user =
		vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, 0);

	if (object && !IS_ERR_VALUE(user) &&
	    copy_to_user((void __user *)user, object, SIZE + READ_ONCE((u8){ 16 })))
		pr_info("picket-bugs: the copy failed\n");
	bug_free(object);
	return object ? 0 : -EAGAIN;
}

const struct bug bugs_access[] = { { "oob_read_right", bug_oob_read_right },
				   { "oob_read_left", bug_oob_read_left },
				   { "oob_write_right", bug_oob_write_right },
				   { "oob_write_left", bug_oob_write_left },
				   { "uaf_read", bug_uaf_read },
				   { "uaf_write", bug_uaf_write },
				   { "cache_oob", bug_cache_oob },
				   { "cache_uaf", bug_cache_uaf },
				   { "destroyed_use", bug_destroyed_use },
				   { "rcu_use", bug_rcu_use },
				   { "usercopy", bug_usercopy },
				   {} };
