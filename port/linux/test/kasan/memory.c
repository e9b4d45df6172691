/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Pages, areas, stacks and strings of the suite. */
#include "conformance.h"

#include <linux/mm.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

picket_uptr sh_page_bytes(void)
{
	return PAGE_SIZE;
}

void *sh_pages_alloc(picket_u32 order)
{
	return (void *)__get_free_pages(GFP_KERNEL, order);
}

void sh_pages_free(void *pages, picket_u32 order)
{
	free_pages((unsigned long)pages, order);
}

void *sh_vmalloc(picket_uptr bytes)
{
	return vmalloc(bytes);
}

void sh_vfree(const void *area)
{
	vfree(area);
}

/* Modules cannot resize areas. */
void *sh_vrealloc(void *area, picket_uptr bytes)
{
	void *other = vmalloc(bytes);

	if (other)
		vfree(area);
	return other;
}

picket_uptr sh_vmalloc_shadow_bytes(void)
{
	return 0;
}

/* Pages that are given back to nobody: the cases are few. */
void *sh_foreign(picket_uptr bytes)
{
	return (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, get_order(bytes));
}

void *sh_memchr(const void *memory, int byte, picket_uptr bytes)
{
	return memchr(memory, byte, bytes);
}

int sh_memcmp(const void *one, const void *other, picket_uptr bytes)
{
	return memcmp(one, other, bytes);
}

char *sh_strchr(const char *text, int byte)
{
	return strchr(text, byte);
}

char *sh_strrchr(const char *text, int byte)
{
	return strrchr(text, byte);
}

int sh_strcmp(const char *one, const char *other)
{
	return strcmp(one, other);
}

int sh_strncmp(const char *one, const char *other, picket_uptr bytes)
{
	return strncmp(one, other, bytes);
}

picket_uptr sh_strlen(const char *text)
{
	return strlen(text);
}

picket_uptr sh_strnlen(const char *text, picket_uptr bytes)
{
	return strnlen(text, bytes);
}
