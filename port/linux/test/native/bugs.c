/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "native.h"

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rcupdate.h>
#include <linux/uaccess.h>

#define SIZE 32

static void construct(void *object)
{
	*(u8 *)object = 'x';
}

/* A constructor keeps it from being merged with another cache. */
static struct kmem_cache *own_cache(void)
{
	return kmem_cache_create("picket-native", SIZE, 1, 0, construct);
}

static noinline int bug_oob_read_right(void)
{
	u8 *object = guarded(SIZE, RIGHT);

	if (!object)
		return -EAGAIN;
	read_byte(object + SIZE);
	kfree(object);
	return 0;
}

static noinline int bug_oob_read_left(void)
{
	u8 *object = guarded(SIZE, LEFT);

	if (!object)
		return -EAGAIN;
	read_byte(object - 1);
	kfree(object);
	return 0;
}

static noinline int bug_oob_write_right(void)
{
	u8 *object = guarded(SIZE, RIGHT);

	if (!object)
		return -EAGAIN;
	write_byte(object + SIZE + 100);
	kfree(object);
	return 0;
}

static noinline int bug_oob_write_left(void)
{
	u8 *object = guarded(SIZE, LEFT);

	if (!object)
		return -EAGAIN;
	write_byte(object - 8);
	kfree(object);
	return 0;
}

/* Over the bytes on its left, and then the guard. */
static noinline int bug_oob_read_far(void)
{
	u8 *object = guarded(SIZE, RIGHT);

	if (!object)
		return -EAGAIN;
	read_byte(object - PAGE_SIZE + SIZE - 1);
	kfree(object);
	return 0;
}

static noinline int bug_uaf_read(void)
{
	u8 *object = guarded(SIZE, RIGHT);

	if (!object)
		return -EAGAIN;
	kfree(object);
	read_byte(object + 8);
	return 0;
}

static noinline int bug_uaf_write(void)
{
	u8 *object = guarded(SIZE, LEFT);

	if (!object)
		return -EAGAIN;
	kfree(object);
	write_byte(object + SIZE - 1);
	return 0;
}

static noinline int bug_double_free(void)
{
	void *object = guarded(SIZE, RIGHT);

	if (!object)
		return -EAGAIN;
	kfree(object);
	kfree(object);
	return 0;
}

/* And the right free after it must be silent. */
static noinline int bug_invalid_free(void)
{
	u8 *object = guarded(SIZE, LEFT);

	if (!object)
		return -EAGAIN;
	kfree(object + 8);
	kfree(object);
	return 0;
}

static noinline int bug_corruption_right(void)
{
	u8 *object = guarded(SIZE, LEFT);

	if (!object)
		return -EAGAIN;
	write_byte(object + SIZE);
	write_byte(object + SIZE + 2);
	write_byte(object + SIZE + 15);
	write_byte(object + SIZE + 16);
	kfree(object);
	return 0;
}

static noinline int bug_corruption_left(void)
{
	u8 *object = guarded(SIZE, RIGHT);

	if (!object)
		return -EAGAIN;
	write_byte(object - 3);
	kfree(object);
	return 0;
}

/* One report for each side. */
static noinline int bug_corruption_both(void)
{
	u8 *object = guarded(SIZE / 2, RIGHT);
	u8 *left = (u8 *)((unsigned long)object & PAGE_MASK);

	if (!object)
		return -EAGAIN;
	write_byte(left);
	kfree(object);
	object = guarded(SIZE, LEFT);
	if (!object)
		return -EAGAIN;
	write_byte(object + PAGE_SIZE - 1);
	kfree(object);
	return 0;
}

/* Nothing may have been guarded yet: before the first object lies only what belongs to none. */
static noinline int bug_invalid_read(void)
{
	if (!guarded_pool())
		return -EAGAIN;
	read_byte(guarded_pool() + 10);
	return 0;
}

static noinline int bug_cache_oob(void)
{
	struct kmem_cache *cache = own_cache();
	u8 *object = cache ? guarded_of(cache, RIGHT) : NULL;

	if (object) {
		write_byte(object + SIZE);
		kmem_cache_free(cache, object);
	}
	kmem_cache_destroy(cache);
	return object ? 0 : -EAGAIN;
}

static noinline int bug_cache_uaf(void)
{
	struct kmem_cache *cache = own_cache();
	u8 *object = cache ? guarded_of(cache, LEFT) : NULL;

	if (object) {
		kmem_cache_free(cache, object);
		read_byte(object);
	}
	kmem_cache_destroy(cache);
	return object ? 0 : -EAGAIN;
}

static noinline int bug_cache_double_free(void)
{
	struct kmem_cache *cache = own_cache();
	u8 *object = cache ? guarded_of(cache, LEFT) : NULL;

	if (object) {
		kmem_cache_free(cache, object);
		kmem_cache_free(cache, object);
	}
	kmem_cache_destroy(cache);
	return object ? 0 : -EAGAIN;
}

/* The object was freed, and then its cache went. */
static noinline int bug_cache_gone(void)
{
	struct kmem_cache *cache = own_cache();
	u8 *object = cache ? guarded_of(cache, RIGHT) : NULL;

	if (object)
		kmem_cache_free(cache, object);
	kmem_cache_destroy(cache);
	if (!object)
		return -EAGAIN;
	read_byte(object);
	return 0;
}

/* The object is not freed, but its cache is destroyed. */
static noinline int bug_destroyed_use(void)
{
	struct kmem_cache *cache = own_cache();
	u8 *object = cache ? guarded_of(cache, RIGHT) : NULL;

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
	struct with_head *object = guarded(sizeof(*object), LEFT);
	int i;

	if (!object)
		return -EAGAIN;
	kfree_rcu(object, head);
	for (i = 0; i < 80; i++) {
		msleep(100);
		read_byte(object->data);
	}
	return 0;
}

/* No power of two: KFENCE leaves a gap behind it, so that there nothing faults. */
static noinline int bug_tight(void)
{
	u8 *object = guarded(40, RIGHT);

	if (!object)
		return -EAGAIN;
	write_byte(object + 40);
	kfree(object);
	return 0;
}

/* Where code expects that an access may fault, KFENCE takes its word for it. */
static noinline int bug_usercopy(void)
{
	u8 *object = guarded(SIZE, RIGHT);
	unsigned long user =
		vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, 0);

	if (!object || IS_ERR_VALUE(user))
		return -EAGAIN;
	/* An inlined check of the size must not see this one. */
	OPTIMIZER_HIDE_VAR(object);
	if (copy_to_user((void __user *)user, object, SIZE + 16))
		pr_info("picket-native: the copy failed\n");
	kfree(object);
	return 0;
}

/* For whoever looks at all objects later. */
static noinline int bug_corruption_kept(void)
{
	u8 *object = guarded(SIZE, LEFT);

	if (!object)
		return -EAGAIN;
	write_byte(object + SIZE);
	return 0;
}

const struct bug bugs[] = { { "invalid_read", bug_invalid_read },
			    { "oob_read_right", bug_oob_read_right },
			    { "oob_read_left", bug_oob_read_left },
			    { "oob_write_right", bug_oob_write_right },
			    { "oob_write_left", bug_oob_write_left },
			    { "oob_read_far", bug_oob_read_far },
			    { "uaf_read", bug_uaf_read },
			    { "uaf_write", bug_uaf_write },
			    { "double_free", bug_double_free },
			    { "invalid_free", bug_invalid_free },
			    { "corruption_right", bug_corruption_right },
			    { "corruption_left", bug_corruption_left },
			    { "corruption_both", bug_corruption_both },
			    { "cache_oob", bug_cache_oob },
			    { "cache_uaf", bug_cache_uaf },
			    { "cache_double_free", bug_cache_double_free },
			    { "cache_gone", bug_cache_gone },
			    { "destroyed_use", bug_destroyed_use },
			    { "rcu_use", bug_rcu_use },
			    { "tight", bug_tight },
			    { "usercopy", bug_usercopy },
			    { "corruption_kept", bug_corruption_kept },
			    {} };
