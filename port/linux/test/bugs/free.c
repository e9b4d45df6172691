/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Wrong frees, and what a free finds. */
#include "bugs.h"

#define SIZE 44

static noinline int bug_double_free(void)
{
	void *object = bug_alloc(SIZE, RIGHT);

	if (!object)
		return -EAGAIN;
	bug_free(object);
	bug_free(object);
	return 0;
}

/* The second free has the allocator touch the object: that may not open it to what comes then. */
static noinline int bug_double_free_use(void)
{
	u8 *object = bug_alloc(SIZE, RIGHT);

	if (!object)
		return -EAGAIN;
	bug_free(object);
	bug_free(object);
	read_byte(object + 1);
	return 0;
}

static noinline int bug_cache_double_free(void)
{
	struct kmem_cache *cache = bug_cache(SIZE);
	void *object = cache ? bug_alloc_from(cache, SIZE, LEFT) : NULL;

	if (object) {
		bug_free_to(cache, object);
		bug_free_to(cache, object);
	}
	kmem_cache_destroy(cache);
	return object ? 0 : -EAGAIN;
}

/* And the right free after it must be silent. */
static noinline int bug_invalid_free(void)
{
	u8 *object = bug_alloc(SIZE, LEFT);

	if (!object)
		return -EAGAIN;
	bug_free(object + 8);
	bug_free(object);
	return 0;
}

static noinline int bug_corruption_right(void)
{
	u8 *object = bug_alloc(SIZE, LEFT);

	if (!object)
		return -EAGAIN;
	write_byte(object + SIZE);
	bug_free(object);
	return 0;
}

static noinline int bug_corruption_left(void)
{
	u8 *object = bug_alloc(SIZE, RIGHT);

	if (!object)
		return -EAGAIN;
	write_byte(object - 1);
	bug_free(object);
	return 0;
}

/* No access faults here: the object's end is not at the page's. */
static noinline int bug_corruption_gap(void)
{
	u8 *object = bug_alloc(73, RIGHT);

	if (!object)
		return -EAGAIN;
	write_byte(object + 73);
	bug_free(object);
	return 0;
}

const struct bug bugs_free[] = { { "double_free", bug_double_free },
				 { "double_free_use", bug_double_free_use },
				 { "cache_double_free", bug_cache_double_free },
				 { "invalid_free", bug_invalid_free },
				 { "corruption_right", bug_corruption_right },
				 { "corruption_left", bug_corruption_left },
				 { "corruption_gap", bug_corruption_gap },
				 {} };
