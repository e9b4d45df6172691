/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Where the members of the slab allocator's structures are in the running kernel. */
#ifndef PICKET_LINUX_LAYOUT_H
#define PICKET_LINUX_LAYOUT_H

#include <linux/types.h>

/* Offsets in bytes. */
struct picket_layout {
	/* struct kmem_cache */
	u32 flags;
	u32 size;
	u32 object_size;
	u32 freelist_offset;
	u32 ctor;
	u32 inuse;
	u32 align;
	u32 name;
	u32 useroffset;
	u32 usersize;
	/* struct slab, or struct page before 5.17 */
	u32 slab_cache;
	u32 freelist;
	u32 counters;
};

extern struct picket_layout picket_layout;

/**
 * picket_layout_read() - read all offsets from the kernel's own type information (BTF).
 *
 * Context: once, after picket_imports_find().
 * Return: 0; -ENOENT after naming what is missing in the log.
 */
int picket_layout_read(void);

#endif
