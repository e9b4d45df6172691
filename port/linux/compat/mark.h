/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A mark on a slab: a flag of the page that the slab allocator has no use for, and that goes when
 * the page is freed. Macros for it are not in every kernel.
 */
#ifndef PICKET_COMPAT_MARK_H
#define PICKET_COMPAT_MARK_H

#include <linux/bitops.h>
#include <linux/mm_types.h>
#include <linux/page-flags.h>

static inline bool picket_is_marked(const struct page *page)
{
	return test_bit(PG_owner_priv_1, &page->flags);
}

/* Ordered: who sees the mark sees what was written before. */
static inline void picket_mark(struct page *page)
{
	smp_mb__before_atomic();
	set_bit(PG_owner_priv_1, &page->flags);
}

#endif
