/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "module.h"
#include "slab.h"
#include "../compat/slab.h"

#define CHECK_SIZE 72
#define CHECK_ALIGN 8
#define CHECK_USEROFFSET 16
#define CHECK_USERSIZE 24
#define CHECK_NAME "picket-none"

/* The slab word "counters": objects in use, objects at all, and whether a CPU has it. */
#define COUNT_IN_USE(word) ((word)&0xffff)
#define COUNT_OBJECTS(word) ((word) >> 16 & 0x7fff)
#define ONE_OBJECT_IN_USE (1ul | 1ul << 16 | 1ul << 31)

static struct kmem_cache *own_cache;

/* A constructor keeps the cache from being merged with another. */
static void construct(void *object)
{
	memset(object, 0, CHECK_SIZE);
}

static unsigned long *slab_word(struct page *page, u32 offset)
{
	return (unsigned long *)((char *)page + offset);
}

/* Names are compared last: with a wrong layout the pointer would be wild. */
static const char *cache_difference(struct kmem_cache *cache)
{
	unsigned int size = PICKET_CACHE_MEMBER(unsigned int, cache, size);
	unsigned int inuse = PICKET_CACHE_MEMBER(unsigned int, cache, inuse);
	unsigned int offset = picket_cache_freelist_offset(cache);

	if (picket_cache_object_size(cache) != CHECK_SIZE)
		return "object_size";
	if (picket_cache_align(cache) != CHECK_ALIGN)
		return "align";
	if (picket_cache_useroffset(cache) != CHECK_USEROFFSET)
		return "useroffset";
	if (picket_cache_usersize(cache) != CHECK_USERSIZE)
		return "usersize";
	if (size < CHECK_SIZE || size > PAGE_SIZE || size % CHECK_ALIGN)
		return "size";
	if (inuse < CHECK_SIZE || inuse > size)
		return "inuse";
	if (offset > size - sizeof(void *) || offset % sizeof(void *))
		return "offset";
	if (!(picket_cache_flags(cache) & (__force unsigned int)SLAB_RECLAIM_ACCOUNT))
		return "flags";
	if (picket_cache_ctor(cache) != construct)
		return "ctor";
	if (!virt_addr_valid(picket_cache_name(cache)) ||
	    strcmp(picket_cache_name(cache), CHECK_NAME))
		return "name";
	return NULL;
}

static const char *slab_difference(struct kmem_cache *cache, void *object)
{
	struct page *page = virt_to_head_page(object);
	unsigned long counters = *slab_word(page, picket_layout.counters);

	if (!picket_is_slab(page))
		return "page type";
	if (*slab_word(page, picket_layout.slab_cache) != (unsigned long)cache)
		return "slab_cache";
	if (!COUNT_OBJECTS(counters) || COUNT_IN_USE(counters) > COUNT_OBJECTS(counters) ||
	    COUNT_OBJECTS(counters) > (PAGE_SIZE << compound_order(page)) / CHECK_SIZE)
		return "counters";
	return NULL;
}

static const char *difference_of(struct kmem_cache *cache, int *error)
{
	const char *difference = cache_difference(cache);
	void *object;

	*error = -EINVAL;
	if (difference)
		return difference;
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	if (!object) {
		*error = -ENOMEM;
		return "no memory to look at";
	}
	difference = slab_difference(cache, object);
	kmem_cache_free(cache, object);
	return difference;
}

int picket_slab_check(void)
{
	const char *difference;
	int error;

	own_cache = kmem_cache_create_usercopy(CHECK_NAME, CHECK_SIZE, CHECK_ALIGN,
					       SLAB_RECLAIM_ACCOUNT, CHECK_USEROFFSET,
					       CHECK_USERSIZE, construct);
	if (!own_cache)
		return -ENOMEM;
	difference = difference_of(own_cache, &error);
	if (!difference)
		return 0;
	pr_err("this kernel's slab allocator is not as expected: %s\n", difference);
	picket_slab_end();
	return error;
}

void picket_slab_end(void)
{
	kmem_cache_destroy(own_cache);
}

void picket_slab_mark(struct page *page)
{
	/* The word that tells a page of a larger block from the first of one. */
	page->compound_head = 0;
	*slab_word(page, picket_layout.freelist) = 0;
	*slab_word(page, picket_layout.counters) = ONE_OBJECT_IN_USE;
	picket_slab_adopt(page, NULL);
	picket_set_slab(page);
}

void picket_slab_unmark(struct page *page)
{
	picket_clear_slab(page);
	*slab_word(page, picket_layout.slab_cache) = 0;
	*slab_word(page, picket_layout.freelist) = 0;
	*slab_word(page, picket_layout.counters) = 0;
}

void picket_slab_adopt(struct page *page, struct kmem_cache *cache)
{
	WRITE_ONCE(*slab_word(page, picket_layout.slab_cache),
		   (unsigned long)(cache ? cache : own_cache));
}

bool picket_slab_abandon(struct page *page, struct kmem_cache *cache)
{
	return cmpxchg(slab_word(page, picket_layout.slab_cache), (unsigned long)cache,
		       (unsigned long)own_cache) == (unsigned long)cache;
}

struct kmem_cache *picket_slab_owner(struct page *page)
{
	return (struct kmem_cache *)READ_ONCE(*slab_word(page, picket_layout.slab_cache));
}
