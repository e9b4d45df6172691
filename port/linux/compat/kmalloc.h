/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Which cache an allocation by size comes from. */
#ifndef PICKET_COMPAT_KMALLOC_H
#define PICKET_COMPAT_KMALLOC_H

#include <linux/slab.h>

/** picket_kmalloc_cache() - of a size up to a page; NULL: of none. */
static inline struct kmem_cache *picket_kmalloc_cache(size_t size, gfp_t flags)
{
	if (!size || size > PAGE_SIZE)
		return NULL;
#if defined(PICKET_HAVE_KMALLOC_TYPE_CALLER)
	return kmalloc_caches[kmalloc_type(flags, 0)][__kmalloc_index(size, false)];
#elif defined(PICKET_HAVE_KMALLOC_INDEX_CONSTANT)
	return kmalloc_caches[kmalloc_type(flags)][__kmalloc_index(size, false)];
#else
	return kmalloc_caches[kmalloc_type(flags)][kmalloc_index(size)];
#endif
}

#endif
