/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The cases of KFENCE's own suite, by its names, with kmalloc() and caches of the running kernel.
 * They run against whichever detector is there: picket.ko, or KFENCE where the kernel has it. What
 * is checked is what the kernel's log says.
 *
 * A case is a function of its own, which does itself what is wrong, so that its name stands in the
 * report. When it ends, every report must have been expected.
 */
#ifndef PICKET_KFENCE_H
#define PICKET_KFENCE_H

#include <linux/slab.h>
#include <linux/types.h>

struct kfence_case {
	const char *name;
	void (*run)(void);
	bool from_cache; /* objects of a cache of the test's own; else kmalloc() */
};

extern const struct kfence_case kfence_access_cases[]; /* each ends with a NULL name */
extern const struct kfence_case kfence_free_cases[];
extern const struct kfence_case kfence_cache_cases[];

#define CASE(function)                                                                             \
	{                                                                                          \
#function, function, false                                                         \
	}
#define CASE_OF_CACHE(function)                                                                    \
	{                                                                                          \
#function, function, true                                                          \
	}
#define CASE_OF_BOTH(function)                                                                     \
	CASE(function),                                                                            \
	{                                                                                          \
#function "-memcache", function, true                                              \
	}

#define OBJECT_BYTES 32

/* module.c: how the present case goes */

/** case_check() - fail it unless the condition holds. Return: whether it holds. */
#define case_check(condition) case_check_at((condition), #condition, __FILE__, __LINE__)
bool case_check_at(bool good, const char *text, const char *file, int line);

/** case_skip() - it cannot be run here. */
void case_skip(const char *reason);

/** from_cache() - shall objects come from a cache? */
bool from_cache(void);

/* objects.c */

enum side {
	SIDE_ANY,
	SIDE_LEFT,
	SIDE_RIGHT,
	SIDE_NONE, /* not guarded at all */
};

/* What objects come from and go to; NULL: kmalloc(). */
extern struct kmem_cache *object_cache;

/** detector_find() - which one is there? Return: its name; NULL: none. */
const char *detector_find(void);

/** detector_is_native() - is it the kernel's own? */
bool detector_is_native(void);

/** detector_pool() - where the objects are that it takes. */
const u8 *detector_pool(void);

bool is_guarded(const void *object);

/** cache_open() - objects come from a new cache from now on. Fails the case if there is none. */
bool cache_open(size_t size, slab_flags_t flags, void (*construct)(void *));

/** cache_open_if_wanted() - where the case is for a cache. */
bool cache_open_if_wanted(size_t size, void (*construct)(void *));

/** cache_close() - destroy it; objects come from kmalloc() again. */
void cache_close(void);

/** object_try() - an object at a side, or NULL when the detector took none for two seconds. */
void *object_try(size_t size, gfp_t flags, enum side side);

/** object_new() - the same, with more patience; the case fails if it cannot be had. */
void *object_new(size_t size, gfp_t flags, enum side side);

/* The free must be seen as the caller's. */
static __always_inline void object_free(void *object)
{
	if (object_cache)
		kmem_cache_free(object_cache, object);
	else
		kfree(object);
}

#define read_byte(address) READ_ONCE(*(const u8 *)(address))
#define write_byte(address, value) WRITE_ONCE(*(u8 *)(address), (value))

/* reports.c */

/** reports_watch() - begin to read the kernel's log. Return: 0; an error. */
int reports_watch(void);
void reports_unwatch(void);

/** reports_forget() - a case begins. */
void reports_forget(void);

/** reports_none() - nothing was reported that was not expected. */
bool reports_none(void);

/**
 * report_expect() - the next report must be this one, and there must be no more.
 * @what: as the title begins, without the prefix.
 */
#define report_expect(what, address) case_check(report_is(what, __func__, address))
bool report_is(const char *what, const char *function, const void *address);

#endif
