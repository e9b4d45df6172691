/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "kernel.h"

#include <linux/vmalloc.h>

void kernel_kfree(const void *object)
{
	kfree(object);
}

void kernel_vfree(const void *area)
{
	vfree(area);
}

void *kernel_vmalloc(unsigned long bytes)
{
	return vmalloc(bytes);
}

void *kernel_kmalloc(size_t bytes)
{
	return kmalloc(bytes, GFP_KERNEL);
}

void *kernel_cache_alloc(struct kmem_cache *cache)
{
	return kmem_cache_alloc(cache, GFP_KERNEL);
}

void kernel_cache_free(struct kmem_cache *cache, void *object)
{
	kmem_cache_free(cache, object);
}
