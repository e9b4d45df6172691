/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The pool's pages. They lie in the direct map, like all slab memory, because kernel code may take
 * any heap address to its physical one and back. A page is hidden by inverting its whole page
 * table entry: what remains points to no memory that exists, so that a speculative read through
 * it (L1TF) finds nothing.
 */
#include "module.h"
#include "imports.h"
#include "slab.h"

#include <linux/vmalloc.h>

#include <asm/pgtable.h>

static struct {
	unsigned long start;
	unsigned long count;
	pte_t **entry;	     /* of each page */
	unsigned long *kept; /* a bit per page that somebody uses though the pool ends */
	bool ending;	     /* nothing is hidden any more */
} pool;

struct page *picket_pages_at(unsigned long address)
{
	return virt_to_page((void *)address);
}

void picket_pages_keep(unsigned long address)
{
	__set_bit((address - pool.start) / PAGE_SIZE, pool.kept);
}

static void free_pages_between(unsigned long start, unsigned long end)
{
	for (; start < end; start += PAGE_SIZE)
		free_page(start);
}

/* Pages beyond the pool's end go back: the next higher power of two may be nearly twice as much. */
static unsigned long take_pages(unsigned long bytes)
{
	unsigned int order = get_order(bytes);
	struct page *block = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN, order);
	unsigned long start;

	if (!block)
		return 0;
	split_page(block, order);
	start = (unsigned long)page_address(block);
	free_pages_between(start + bytes, start + (PAGE_SIZE << order));
	return start;
}

/* Each page needs an entry of its own; large mappings are split, and stay so. */
static bool find_entries(void)
{
	unsigned long i;

	if (picket_imports.set_memory_4k(pool.start, pool.count))
		return false;
	for (i = 0; i < pool.count; i++) {
		unsigned int level;

		pool.entry[i] = lookup_address(pool.start + i * PAGE_SIZE, &level);
		if (!pool.entry[i] || level != PG_LEVEL_4K || !pte_present(*pool.entry[i]))
			return false;
	}
	return true;
}

static void set_visible(unsigned long page_index, bool visible)
{
	pte_t *entry = pool.entry[page_index];
	pteval_t value = pte_val(READ_ONCE(*entry));

	if (visible == !!(value & _PAGE_PRESENT) || (!visible && READ_ONCE(pool.ending)))
		return;
	set_pte(entry, __pte(~value));
	if (visible)
		return;
	/* Other CPUs may see the page for a while: that misses a bug, it never invents one. */
	preempt_disable();
	picket_imports.flush_tlb_one_kernel(pool.start + page_index * PAGE_SIZE);
	preempt_enable();
}

static void set_all(unsigned long address, unsigned long bytes, bool visible)
{
	unsigned long first = (address - pool.start) / PAGE_SIZE;
	unsigned long i;

	for (i = first; i < first + bytes / PAGE_SIZE; i++)
		set_visible(i, visible);
}

void picket_pages_show_all(void)
{
	WRITE_ONCE(pool.ending, true);
	set_all(pool.start, pool.count * PAGE_SIZE, true);
}

static bool take_pool(unsigned long bytes)
{
	pool.start = take_pages(bytes);
	if (!pool.start)
		return false;
	if (find_entries())
		return true;
	free_pages_between(pool.start, pool.start + bytes);
	return false;
}

static void free_tables(void)
{
	vfree(pool.entry);
	vfree(pool.kept);
	pool.count = 0;
}

void *picket_plat_reserve(struct picket_platform *platform, uptr size_bytes)
{
	unsigned long i;

	pool.count = size_bytes / PAGE_SIZE;
	pool.entry = vzalloc(array_size(pool.count, sizeof(*pool.entry)));
	pool.kept = vzalloc(BITS_TO_LONGS(pool.count) * sizeof(long));
	if (!pool.entry || !pool.kept || !take_pool(size_bytes)) {
		free_tables();
		return NULL;
	}
	for (i = 0; i < pool.count; i++)
		picket_slab_mark(picket_pages_at(pool.start + i * PAGE_SIZE));
	set_all(pool.start, size_bytes, false);
	return (void *)pool.start;
}

void picket_plat_release(struct picket_platform *platform, void *start, uptr size_bytes)
{
	unsigned long i;

	set_all(pool.start, size_bytes, true);
	for (i = 0; i < pool.count; i++) {
		unsigned long address = pool.start + i * PAGE_SIZE;

		if (test_bit(i, pool.kept))
			continue;
		picket_slab_unmark(picket_pages_at(address));
		free_page(address);
	}
	free_tables();
}

int picket_plat_hide(struct picket_platform *platform, uptr address, uptr size_bytes)
{
	set_all(address, size_bytes, false);
	return 0;
}

int picket_plat_show(struct picket_platform *platform, uptr address, uptr size_bytes)
{
	set_all(address, size_bytes, true);
	return 0;
}

int picket_plat_show_fresh(struct picket_platform *platform, uptr address, uptr size_bytes)
{
	set_all(address, size_bytes, true);
	return 0;
}

/* Every page of the pool is there as long as the pool is. */
void picket_plat_discard(struct picket_platform *platform, uptr address, uptr size_bytes)
{
}
