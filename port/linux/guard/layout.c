/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Offsets are right by construction; slab.c tries them out as well. */
#include "module.h"
#include "layout.h"
#include "../base/members.h"

struct picket_layout picket_layout;

static const struct picket_member members[] = {
	{ "kmem_cache", "flags", &picket_layout.flags },
	{ "kmem_cache", "size", &picket_layout.size },
	{ "kmem_cache", "object_size", &picket_layout.object_size },
	{ "kmem_cache", "offset", &picket_layout.freelist_offset },
	{ "kmem_cache", "ctor", &picket_layout.ctor },
	{ "kmem_cache", "inuse", &picket_layout.inuse },
	{ "kmem_cache", "align", &picket_layout.align },
	{ "kmem_cache", "name", &picket_layout.name },
	{ "kmem_cache", "useroffset", &picket_layout.useroffset },
	{ "kmem_cache", "usersize", &picket_layout.usersize },
	{ "slab", "slab_cache", &picket_layout.slab_cache },
	{ "slab", "freelist", &picket_layout.freelist },
	{ "slab", "counters", &picket_layout.counters },
};

int picket_layout_read(void)
{
	return picket_members_find(members, ARRAY_SIZE(members));
}
