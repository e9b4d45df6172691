/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Bugs on purpose. Each is a function of its own, so that its name stands in the report, and needs
 * a guarded object: it allocates until it gets one.
 */
#ifndef PICKET_BUGS_H
#define PICKET_BUGS_H

#include <linux/slab.h>
#include <linux/types.h>

struct bug {
	const char *name;
	int (*run)(void); /* 0; an error when it could not be tried */
};

enum side {
	LEFT,
	RIGHT,
};

extern const struct bug bugs_access[]; /* each list ends with a NULL name */
extern const struct bug bugs_free[];
extern const struct bug bugs_healthy[];
extern const struct bug bugs_leftovers[];

/* objects.c */
bool is_guarded(const void *object);
void *bug_alloc(size_t size, enum side side);
void *bug_alloc_from(struct kmem_cache *cache, size_t size, enum side side);
void bug_free(void *object);
void bug_free_to(struct kmem_cache *cache, void *object);
struct kmem_cache *bug_cache(size_t size);

#define read_byte(address) ((void)READ_ONCE(*(const u8 *)(address)))
#define write_byte(address) WRITE_ONCE(*(u8 *)(address), 0x5a)

#endif
