/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Functions that trampoline.S calls in place of a hooked one (picket_on_...), and the trampolines
 * themselves (picket_enter_...), which only ftrace calls. Context: that of the hooked function. A
 * handler that does not handle the call may change its arguments.
 */
#ifndef PICKET_LINUX_HANDLERS_H
#define PICKET_LINUX_HANDLERS_H

#include "module.h"

#define PICKET_HANDLER(name)                                                                       \
	void picket_enter_##name(void);                                                            \
	struct picket_result picket_on_##name(struct picket_args *args)

/* alloc.c */
PICKET_HANDLER(cache_alloc);
PICKET_HANDLER(cache_alloc_lru);
PICKET_HANDLER(kmalloc_node_size);
PICKET_HANDLER(kmalloc_size);
PICKET_HANDLER(kmalloc);
PICKET_HANDLER(kmalloc_bucket);

/* free.c */
PICKET_HANDLER(slab_free);
PICKET_HANDLER(kfree);
PICKET_HANDLER(cache_free);
PICKET_HANDLER(bulk_free);
PICKET_HANDLER(ksize);
PICKET_HANDLER(krealloc);
PICKET_HANDLER(cache_destroy);

PICKET_HANDLER(usercopy); /* usercopy.c */
PICKET_HANDLER(fault);	  /* fault.c */

#undef PICKET_HANDLER

#endif
