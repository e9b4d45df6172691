/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Objects that are alive when we go. */
#ifndef PICKET_LINUX_LEFTOVERS_H
#define PICKET_LINUX_LEFTOVERS_H

/**
 * picket_leftovers_prepare() - make every live object one that the slab allocator can go on with
 * alone, and every page visible.
 *
 * Context: no more objects are made; frees may still come.
 */
void picket_leftovers_prepare(void);

#endif
