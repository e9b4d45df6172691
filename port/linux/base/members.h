/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Where members of the kernel's structures are in the running kernel. */
#ifndef PICKET_LINUX_MEMBERS_H
#define PICKET_LINUX_MEMBERS_H

#include <linux/types.h>

struct picket_member {
	const char *structure; /* "slab" is struct page before 5.17 */
	const char *name;
	u32 *place; /* is to hold the offset, in bytes */
};

/**
 * picket_members_find() - read offsets from the kernel's own type information (BTF).
 *
 * Context: after picket_kernel_find().
 * Return: 0; -ENOENT after naming what is missing in the log.
 */
int picket_members_find(const struct picket_member *members, size_t count);

#endif
