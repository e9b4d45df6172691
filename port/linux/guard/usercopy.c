/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Hardened usercopy computes where an object starts from its address and its cache's size, which
 * is wrong for ours; so we check its window from where the object really starts.
 */
#include "handlers.h"
#include "imports.h"
#include "slab.h"

/* (address, count, slab, to_user) */
struct picket_result picket_on_usercopy(struct picket_args *args)
{
	struct kmem_cache *cache = picket_slab_owner(picket_pages_at(args->di));
	unsigned long window = picket_cache_useroffset(cache);
	unsigned long room = picket_cache_usersize(cache);
	struct picket_slot_view view;
	unsigned long offset;

	/* Beside an object or in a freed one, the copy itself will fault. */
	if (!picket_guard_at(picket_linux.guard, args->di, &view) || !view.live)
		return (struct picket_result){ 0, 1 };
	offset = args->di - view.address;
	if (offset < view.size_bytes &&
	    (offset < window || offset - window > room || args->si > room - (offset - window)))
		picket_imports.usercopy_abort("SLUB object", picket_cache_name(cache), args->cx,
					      offset, args->si);
	return (struct picket_result){ 0, 1 };
}
