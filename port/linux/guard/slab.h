/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The slab allocator as we must know it. Each page of the pool looks to it like a slab of one
 * object that another CPU has in use ("frozen"), so that it never lists or frees it, and every
 * free of a guarded object reaches __slab_free(), where we are.
 */
#ifndef PICKET_LINUX_SLAB_H
#define PICKET_LINUX_SLAB_H

#include "layout.h"

#include <linux/mm_types.h>
#include <linux/slab.h>

/**
 * picket_slab_check() - try out on a cache of our own that the layout is right.
 *
 * That cache then owns the pages that nobody else does.
 * Return: 0; -EINVAL after saying what differs; -ENOMEM.
 */
int picket_slab_check(void);

/** picket_slab_end() - destroy that cache. No page may be marked any more. */
void picket_slab_end(void);

/** picket_slab_mark() - make a page of the pool look like a slab, owned by our own cache. */
void picket_slab_mark(struct page *page);

/** picket_slab_adopt() - a page holds an object of that cache now; NULL: of none. */
void picket_slab_adopt(struct page *page, struct kmem_cache *cache);

/**
 * picket_slab_abandon() - take a page from a cache that goes away.
 * Return: false if the page is another's by now; nothing has changed then.
 */
bool picket_slab_abandon(struct page *page, struct kmem_cache *cache);

/** picket_slab_owner() - whose object the page holds or held. */
struct kmem_cache *picket_slab_owner(struct page *page);

/** picket_slab_unmark() - undo picket_slab_mark(), so that the page can be freed. */
void picket_slab_unmark(struct page *page);

#define PICKET_CACHE_MEMBER(type, cache, member) (*(type *)((char *)(cache) + picket_layout.member))

static inline unsigned long picket_cache_flags(struct kmem_cache *cache)
{
	return PICKET_CACHE_MEMBER(unsigned int, cache, flags);
}

static inline unsigned int picket_cache_object_size(struct kmem_cache *cache)
{
	return PICKET_CACHE_MEMBER(unsigned int, cache, object_size);
}

static inline unsigned int picket_cache_align(struct kmem_cache *cache)
{
	return PICKET_CACHE_MEMBER(unsigned int, cache, align);
}

static inline unsigned int picket_cache_freelist_offset(struct kmem_cache *cache)
{
	return PICKET_CACHE_MEMBER(unsigned int, cache, freelist_offset);
}

static inline unsigned int picket_cache_useroffset(struct kmem_cache *cache)
{
	return PICKET_CACHE_MEMBER(unsigned int, cache, useroffset);
}

static inline unsigned int picket_cache_usersize(struct kmem_cache *cache)
{
	return PICKET_CACHE_MEMBER(unsigned int, cache, usersize);
}

static inline const char *picket_cache_name(struct kmem_cache *cache)
{
	return PICKET_CACHE_MEMBER(const char *, cache, name);
}

typedef void (*picket_ctor)(void *);

static inline picket_ctor picket_cache_ctor(struct kmem_cache *cache)
{
	return PICKET_CACHE_MEMBER(picket_ctor, cache, ctor);
}

#endif
