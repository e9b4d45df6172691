/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Guarded objects that are used and freed after the detector has gone. */
#include "bugs.h"

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/uaccess.h>

static const size_t sizes[] = { 8, 24, 40, 90, 128, 200, 1000, 3000 };

static u8 *kept[2][ARRAY_SIZE(sizes)]; /* by side */
static struct kmem_cache *cache;
static u8 *kept_of_cache;

static noinline int leftovers_keep(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		kept[LEFT][i] = bug_alloc(sizes[i], LEFT);
		kept[RIGHT][i] = bug_alloc(sizes[i], RIGHT);
		if (!kept[LEFT][i] || !kept[RIGHT][i])
			return -EAGAIN;
		memset(kept[LEFT][i], 3, sizes[i]);
		memset(kept[RIGHT][i], 4, sizes[i]);
	}
	cache = bug_cache(72);
	kept_of_cache = cache ? bug_alloc_from(cache, 72, RIGHT) : NULL;
	return kept_of_cache ? 0 : -EAGAIN;
}

static bool use(u8 *object, size_t size, unsigned long user)
{
	if (ksize(object) < size || offset_in_page(object) + size > PAGE_SIZE)
		return false;
	/* As long as we ask for no more than ksize(), all of it must be ours to use. */
	memset(object, 5, min(ksize(object), size));
	return !copy_to_user((void __user *)user, object, size) &&
	       !copy_from_user(object, (void __user *)user, size) &&
	       !copy_to_user((void __user *)user, object + size - 1, 1);
}

static noinline int leftovers_use(void)
{
	unsigned long user =
		vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, 0);
	size_t i;
	int side;

	if (IS_ERR_VALUE(user))
		return -ENOMEM;
	for (side = LEFT; side <= RIGHT; side++) {
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			u8 *object = kept[side][i];

			if (!use(object, sizes[i], user))
				return -EINVAL;
			if (i % 3 == 0)
				object = krealloc(object, sizes[i] * 2, GFP_KERNEL);
			if (i % 3 == 1)
				kfree_sensitive(object);
			else
				kfree(object);
		}
	}
	kmem_cache_free(cache, kept_of_cache);
	kmem_cache_destroy(cache);
	return 0;
}

const struct bug bugs_leftovers[] = { { "leftovers_keep", leftovers_keep },
				      { "leftovers_use", leftovers_use },
				      {} };
