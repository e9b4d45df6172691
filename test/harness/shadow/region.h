/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A part of the heap: slots of one size. */
#ifndef PICKET_TEST_SHADOW_REGION_H
#define PICKET_TEST_SHADOW_REGION_H

#include "host.h"

struct region {
	uptr start;
	uptr bytes;
	uptr slot_bytes;
	const char *name;
	u32 flags;  /* PICKET_SLOT_ */
	uptr fresh; /* the first slot that was never given out */
	u32 free_count;
	u32 *free;
};

/** region_create() - a new one. Return: NULL if there is no room. */
struct region *region_create(const char *name, uptr bytes, uptr slot_bytes, u32 flags);

/** region_use() - an unused one again, for something else. */
void region_use(struct region *region, const char *name, uptr slot_bytes, u32 flags);

/** region_alloc() - an object. Return: NULL if there is no slot. */
void *region_alloc(struct region *region, uptr bytes);

#endif
