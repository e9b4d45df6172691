/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* How the kernel marks a page as the slab allocator's. */
#ifndef PICKET_COMPAT_SLAB_H
#define PICKET_COMPAT_SLAB_H

#include <linux/mm.h>
#include <linux/page-flags.h>

/* Kbuild probes for it: since page types took the place of the flag, only folios have it. */
#ifdef PICKET_HAVE_FOLIO_SET_SLAB
#define picket_is_slab(page) folio_test_slab(page_folio(page))
#define picket_set_slab(page) __folio_set_slab(page_folio(page))
#define picket_clear_slab(page) __folio_clear_slab(page_folio(page))
#else
#define picket_is_slab(page) PageSlab(page)
#define picket_set_slab(page) __SetPageSlab(page)
#define picket_clear_slab(page) __ClearPageSlab(page)
#endif

#endif
