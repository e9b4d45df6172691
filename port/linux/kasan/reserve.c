/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Places that hold a page or nothing, taken and filled by exchange: an NMI that interrupts a taker
 * takes another.
 */
#include "../base/base.h"
#include "reserve.h"
#include "shadow.h"

#include <linux/gfp.h>
#include <linux/irq_work.h>
#include <linux/mm.h>
#include <linux/workqueue.h>

#define PLACES 512

static struct {
	struct page *place[PLACES];
	u32 next; /* where to look first; a hint */
	u32 filled;
	u32 lowest;
} reserve;

static void refill(struct work_struct *unused)
{
	u32 i;

	for (i = 0; i < PLACES; i++) {
		struct page *page;

		if (picket_load(&reserve.place[i]))
			continue;
		page = alloc_page(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
		if (!page)
			break;
		picket_add(&reserve.filled, 1u);
		picket_store_release(&reserve.place[i], page);
	}
	picket_room_settle();
}

static DECLARE_WORK(refiller, refill);

static void call_refiller(struct irq_work *unused)
{
	schedule_work(&refiller);
}

static DEFINE_IRQ_WORK(request, call_refiller);

void picket_reserve_refill(void)
{
	irq_work_queue(&request);
}

static struct page *take_from(u32 index)
{
	struct page *page = picket_load(&reserve.place[index]) ?
				    picket_exchange(&reserve.place[index], NULL) :
				    NULL;
	u32 left;

	if (!page)
		return NULL;
	left = picket_add(&reserve.filled, -1u) - 1;
	picket_store(&reserve.next, index + 1);
	if (left < picket_load(&reserve.lowest))
		picket_store(&reserve.lowest, left);
	return page;
}

static struct page *take(void)
{
	u32 first = picket_load(&reserve.next);
	struct page *page = NULL;
	u32 i;

	for (i = 0; i < PLACES && !page; i++)
		page = take_from((first + i) % PLACES);
	return page;
}

struct page *picket_reserve_take(bool urgent)
{
	struct page *page;

	if (!urgent)
		return alloc_page(GFP_NOWAIT | __GFP_ZERO | __GFP_NOWARN);
	page = take();
	picket_reserve_refill();
	return page;
}

void picket_reserve_level(u64 *now, u64 *lowest)
{
	*now = picket_load(&reserve.filled);
	*lowest = picket_load(&reserve.lowest);
}

int picket_reserve_start(void)
{
	refill(NULL);
	picket_store(&reserve.lowest, PLACES);
	if (picket_load(&reserve.filled) == PLACES)
		return 0;
	pr_err("there is no memory for %u pages of shadow\n", PLACES);
	picket_reserve_stop();
	return -ENOMEM;
}

void picket_reserve_stop(void)
{
	struct page *page;

	irq_work_sync(&request);
	cancel_work_sync(&refiller);
	for (page = take(); page; page = take())
		__free_page(page);
}
