/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Objects with pages of their own. One that fills its pages to the last byte gets twice as many,
 * since the detector's data comes behind it; if they are not to be had, it stays unchecked.
 */
#include "heap.h"
#include "../compat/head.h"
#include "../compat/mark.h"

#include <linux/mm.h>

static struct picket_shadow_slot slot_at(struct page *head)
{
	return (struct picket_shadow_slot){
		.start = (uptr)page_address(head),
		.bytes = PAGE_SIZE << compound_order(head),
		.allocator = "kmalloc",
		.flags = PICKET_SLOT_LARGE,
	};
}

/* More pages than the driver's own request would take are no reason to try hard, or to fail. */
static gfp_t flags_for(size_t size, size_t bytes, gfp_t flags)
{
	if (get_order(bytes) == get_order(size))
		return flags;
	return (flags & ~(__GFP_NOFAIL | __GFP_RETRY_MAYFAIL)) | __GFP_NORETRY | __GFP_NOWARN;
}

void *picket_large_alloc(size_t size, gfp_t flags, int node)
{
	size_t bytes = picket_shadow_slot_bytes(size);
	struct picket_shadow_slot slot;
	void *object;

	if (bytes > KMALLOC_MAX_SIZE)
		return NULL;
	object = kmalloc_node(bytes, flags_for(size, bytes, flags), node);
	if (object) {
		picket_mark(virt_to_head_page(object));
		slot = slot_at(virt_to_head_page(object));
		picket_shadow_alloc(&slot, size);
	}
	return object;
}

bool picket_large_slot(struct page *head, struct picket_shadow_slot *slot)
{
	if (!picket_is_compound(head) || !picket_is_marked(head))
		return false;
	*slot = slot_at(head);
	return true;
}
