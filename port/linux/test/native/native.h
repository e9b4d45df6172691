/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Bugs that the kernel's own KFENCE and Picket must report in the same words. Sizes are powers of
 * two, for which both put the end of an object at the end of its page.
 */
#ifndef PICKET_NATIVE_H
#define PICKET_NATIVE_H

#include <linux/slab.h>
#include <linux/types.h>

struct bug {
	const char *name;
	int (*run)(void); /* 0; an error when it could not be tried */
};

extern const struct bug bugs[]; /* both lists end with a NULL name */
extern const struct bug contexts[];

enum side {
	LEFT,
	RIGHT,
};

/** guarded_pool() - its first byte; NULL: nobody guards. */
char *guarded_pool(void);

/** guarded() - a guarded object at that side of its page, or NULL after long trying. */
void *guarded(size_t size, enum side side);

/** guarded_of() - the same, of a cache. */
void *guarded_of(struct kmem_cache *cache, enum side side);

#define read_byte(address) ((void)READ_ONCE(*(const u8 *)(address)))
#define write_byte(address) WRITE_ONCE(*(u8 *)(address), 0x5a)

#endif
