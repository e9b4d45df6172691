/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The first page of the block that an address of the direct map is in, and what it says of the
 * block. The kernel's own functions for that ask more questions, which matter to huge pages only.
 */
#ifndef PICKET_COMPAT_HEAD_H
#define PICKET_COMPAT_HEAD_H

#include <linux/mm.h>
#include <linux/page-flags.h>

static inline struct page *picket_head_of(unsigned long address)
{
	struct page *page = pfn_to_page((address - PAGE_OFFSET) >> PAGE_SHIFT);
	unsigned long head = READ_ONCE(page->compound_head);

	return head & 1 ? (struct page *)(head - 1) : page;
}

static inline bool picket_is_compound(const struct page *head)
{
	return test_bit(PG_head, &head->flags);
}

static inline bool picket_head_is_slab(const struct page *head)
{
#ifdef PICKET_HAVE_FOLIO_SET_SLAB
	return folio_test_slab((const struct folio *)head);
#else
	return test_bit(PG_slab, &head->flags);
#endif
}

#endif
