/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The kernel in cases of this port: code that is not instrumented, so it frees as a kernel does. */
#ifndef PICKET_CONFORMANCE_KERNEL_H
#define PICKET_CONFORMANCE_KERNEL_H

#include <linux/slab.h>

void kernel_kfree(const void *object);
void kernel_vfree(const void *area);
void *kernel_vmalloc(unsigned long bytes);
void *kernel_kmalloc(size_t bytes);
void *kernel_cache_alloc(struct kmem_cache *cache);
void kernel_cache_free(struct kmem_cache *cache, void *object);

#endif
