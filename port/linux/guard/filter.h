/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which allocations may become samples at all: filter_cache, filter_module and filter_size. What
 * they turn away uses no sample up.
 */
#ifndef PICKET_LINUX_FILTER_H
#define PICKET_LINUX_FILTER_H

#include <linux/types.h>

/**
 * picket_filter_allows() - the cheap filters, by size and by cache.
 *
 * Context: any, in an RCU read-side critical section.
 */
bool picket_filter_allows(const char *cache_name, size_t size);

/**
 * picket_filter_allows_caller() - the one by module, which walks the stack if it is set.
 *
 * Context: as above, in an allocation.
 */
bool picket_filter_allows_caller(void);

#endif
