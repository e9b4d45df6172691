/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Pages of zeros for contexts that cannot wait, and have to go on. */
#ifndef PICKET_KASAN_RESERVE_H
#define PICKET_KASAN_RESERVE_H

#include <linux/mm_types.h>
#include <linux/types.h>

/** picket_reserve_start() - fill it. May sleep. Return: 0 or -ENOMEM. */
int picket_reserve_start(void);

/** picket_reserve_stop() - nobody takes any more. May sleep. */
void picket_reserve_stop(void);

/**
 * picket_reserve_take() - a page of zeros; it is refilled soon.
 * @urgent: the caller cannot go on without: else what is in the reserve is left there.
 *
 * Any context, even NMI if urgent. Return: NULL: none is to be had.
 */
struct page *picket_reserve_take(bool urgent);

/** picket_reserve_refill() - soon, for a change that the refiller is to see. Any context. */
void picket_reserve_refill(void);

/** picket_reserve_level() - pages there are now, and were at least. */
void picket_reserve_level(u64 *now, u64 *lowest);

#endif
