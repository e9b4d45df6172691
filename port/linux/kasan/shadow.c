/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Tables of one level are numbered by what their entries map: level 1, pages of shadow; level 2,
 * tables of level 1; and so on. The entries of the highest level stand in the kernel's own tables,
 * which exist for all of vmalloc space.
 */
#include "../base/base.h"
#include "../../../core/shadow/platform.h"
#include "imports.h"
#include "reserve.h"
#include "shadow.h"

#include <linux/export.h>
#include <linux/io.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/vmalloc.h>

#include <asm/cpufeature.h>
#include <asm/pgtable.h>

#define ENTRIES (PAGE_SIZE / sizeof(u64))
#define LEVEL_BITS 9
#define LEVELS_MAX 4
#define ADDRESS_BITS (pgtable_l5_enabled() ? 56 : 47) /* of the kernel's half */
#define ENTRY_ADDRESS_MASK ((u64)PTE_PFN_MASK)

unsigned long __asan_shadow_memory_dynamic_address;
EXPORT_SYMBOL_GPL(__asan_shadow_memory_dynamic_address);
unsigned long picket_shadow_lowest = ~0ul;

static struct {
	struct vm_struct *area;
	unsigned long start;
	unsigned long bytes;
	int top;			 /* the level whose entries are the kernel's */
	struct page *common[LEVELS_MAX]; /* [0]: the page of zeros; else the table of a level */
	u64 common_entry[LEVELS_MAX];	 /* for the table above */
	struct page *spare[LEVELS_MAX];	 /* the same, but for a page that can be written */
	u64 spare_entry[LEVELS_MAX];
	struct llist_head tables[LEVELS_MAX]; /* private ones of a level */
	struct page *recent;		      /* of these, one of level 1 */
	u64 pages;
	u64 table_count;
	u64 refused;
	u64 begun;   /* pages ever put, or just being put: others may use these already */
	u64 puts;    /* pages ever put */
	u64 settled; /* of these, what all CPUs see */
} room;

static DEFINE_PER_CPU(u64, seen); /* puts that this CPU sees for sure */

/*
 * A private table of level 1 knows which it is, and a private page where it is: as their
 * page_private().
 */
static LIST_HEAD(idle); /* pages, oldest first */
static u32 idle_count;
static DEFINE_SPINLOCK(idle_lock); /* of these two */
static LIST_HEAD(dropped);	   /* pages that a CPU may still see */

static unsigned long span_of(int level)
{
	return PAGE_SIZE << (LEVEL_BITS * level);
}

static u64 *entry_in(struct page *table, unsigned long address, int level)
{
	u64 *entries = page_address(table);

	return &entries[address >> (PAGE_SHIFT + LEVEL_BITS * (level - 1)) & (ENTRIES - 1)];
}

static struct page *page_of(u64 entry)
{
	return pfn_to_page((entry & ENTRY_ADDRESS_MASK) >> PAGE_SHIFT);
}

/* NULL: the kernel has no table there. */
static u64 *top_entry(unsigned long address)
{
	pgd_t *pgd = pgd_offset_pgd(picket_imports.init_mm->pgd, address);
	p4d_t *p4d;

	if (pgtable_l5_enabled() && pgd_none(*pgd))
		return NULL;
	p4d = p4d_offset(pgd, address);
	if (room.top == 4)
		return (u64 *)p4d;
	return p4d_none(*p4d) ? NULL : (u64 *)pud_offset(p4d, address);
}

static u64 entry_of_page(struct page *page, pgprot_t protection)
{
	return pte_val(mk_pte(page, protection));
}

static u64 entry_of_table(struct page *table)
{
	return page_to_phys(table) | _KERNPG_TABLE;
}

static void fill_table(struct page *table, u64 entry)
{
	u64 *entries = page_address(table);
	unsigned int i;

	for (i = 0; i < ENTRIES; i++)
		entries[i] = entry;
}

static bool swap_entry(u64 *entry, u64 from, u64 to)
{
	return cmpxchg(entry, from, to) == from;
}

static unsigned long number_of_table(unsigned long address)
{
	return address / span_of(1);
}

/* A private table in place of the common one. Return: false if there is no memory. */
static bool put_table(u64 *entry, unsigned long address, int level, bool urgent)
{
	struct page *table = picket_reserve_take(urgent);

	if (!table)
		return false;
	fill_table(table, room.common_entry[level - 1]);
	set_page_private(table, level == 1 ? number_of_table(address) : 0);
	if (!swap_entry(entry, room.common_entry[level], entry_of_table(table))) {
		__free_page(table);
		return true;
	}
	llist_add((struct llist_node *)&table->lru, &room.tables[level]);
	picket_add(&room.table_count, 1ull);
	return true;
}

/* The entry of a page, behind private tables only. NULL: there is no memory for these. */
static u64 *leaf_to_fill(unsigned long address, bool urgent)
{
	u64 *entry = top_entry(address);
	int level;

	for (level = room.top - 1; level >= 1; level--) {
		if (READ_ONCE(*entry) == room.common_entry[level] &&
		    !put_table(entry, address, level, urgent))
			return NULL;
		entry = entry_in(page_of(READ_ONCE(*entry)), address, level);
	}
	return entry;
}

/* The table of level 1, by a walk. NULL: it is a common one. */
static struct page *find_table(unsigned long address)
{
	u64 *entry = top_entry(address);
	struct page *table = NULL;
	int level;

	for (level = room.top - 1; level >= 1; level--) {
		u64 value = READ_ONCE(*entry);

		if (value == room.common_entry[level])
			return NULL;
		table = page_of(value);
		entry = entry_in(table, address, level);
	}
	return table;
}

/* The entry of a page; NULL: it is a common table's. */
static u64 *leaf_of(unsigned long address)
{
	struct page *table = READ_ONCE(room.recent);

	if (!table || page_private(table) != number_of_table(address)) {
		table = find_table(address);
		if (!table)
			return NULL;
		if (page_private(table) == number_of_table(address))
			WRITE_ONCE(room.recent, table);
	}
	return entry_in(table, address, 1);
}

static void forget_zeros(unsigned long address)
{
	preempt_disable();
	picket_imports.flush_tlb_one_kernel(address);
	preempt_enable();
	picket_add(&room.puts, 1ull);
}

static bool put_page_at(unsigned long address, bool urgent)
{
	u64 *leaf = leaf_to_fill(address, urgent);
	struct page *page;

	if (!leaf)
		return false;
	if (READ_ONCE(*leaf) != room.common_entry[0])
		return true;
	page = picket_reserve_take(urgent);
	if (!page)
		return false;
	INIT_LIST_HEAD(&page->lru);
	set_page_private(page, address & PAGE_MASK);
	picket_add(&room.begun, 1ull);
	if (!swap_entry(leaf, room.common_entry[0], entry_of_page(page, PAGE_KERNEL))) {
		picket_add(&room.puts, 1ull);
		__free_page(page);
		return true;
	}
	picket_add(&room.pages, 1ull);
	forget_zeros(address);
	return true;
}

static bool is_put(unsigned long address)
{
	u64 *leaf = leaf_of(address);

	return leaf && READ_ONCE(*leaf) != room.common_entry[0];
}

/* Where there is no memory for a table, one serves for all that it is wanted for. */
static void put_spare(unsigned long address)
{
	u64 *entry = top_entry(address);
	int level;

	for (level = room.top - 1; level >= 0; level--) {
		if (swap_entry(entry, room.common_entry[level], room.spare_entry[level]))
			return;
		if (level)
			entry = entry_in(page_of(READ_ONCE(*entry)), address, level);
	}
}

static bool put_or_count(unsigned long address, bool urgent)
{
	if (is_put(address) || put_page_at(address, urgent))
		return true;
	picket_add(&room.refused, 1ull);
	return false;
}

int picket_plat_shadow_back(struct picket_platform *platform, uptr shadow, uptr bytes)
{
	uptr end = shadow + bytes;
	uptr at;

	for (at = shadow & PAGE_MASK; at < end; at += PAGE_SIZE) {
		if (put_or_count(at, false))
			continue;
		picket_reserve_refill();
		return -ENOMEM;
	}
	return 0;
}

bool picket_room_fill(unsigned long address)
{
	if (put_or_count(address, true))
		return true;
	put_spare(address);
	return false;
}

/* The private page there; NULL: there is none. */
static struct page *page_at(unsigned long address)
{
	u64 *leaf = leaf_of(address);
	u64 value = leaf ? READ_ONCE(*leaf) : room.common_entry[0];

	if (value == room.common_entry[0] || value == room.spare_entry[0])
		return NULL;
	return page_of(value);
}

void picket_plat_shadow_unback(struct picket_platform *platform, uptr shadow, uptr bytes)
{
	uptr at;

	spin_lock(&idle_lock);
	for (at = shadow; at < shadow + bytes; at += PAGE_SIZE) {
		struct page *page = page_at(at);

		if (!page)
			continue;
		WRITE_ONCE(*leaf_of(at), room.common_entry[0]);
		picket_sub(&room.pages, 1ull);
		idle_count -= !list_empty(&page->lru);
		list_move(&page->lru, &dropped);
	}
	spin_unlock(&idle_lock);
}

/*
 * Meanwhile a stack may have been there, poisoned by one CPU and opened by another that still saw
 * the page that went: what came in its place is opened.
 */
static void open_instead(unsigned long address)
{
	struct page *page = page_at(address);

	if (page)
		clear_page(page_address(page));
}

void picket_room_flush(void)
{
	unsigned long first = ~0ul, last = 0;
	struct page *page, *next;

	list_for_each_entry(page, &dropped, lru) {
		first = min(first, page_private(page));
		last = max(last, page_private(page));
	}
	if (!last)
		return;
	picket_imports.flush_tlb_kernel_range(first, last + PAGE_SIZE);
	list_for_each_entry_safe(page, next, &dropped, lru) {
		open_instead(page_private(page));
		list_del(&page->lru);
		__free_page(page);
	}
}

void picket_room_idle(unsigned long shadow, unsigned long bytes)
{
	unsigned long at;

	spin_lock(&idle_lock);
	for (at = shadow & PAGE_MASK; at < shadow + bytes; at += PAGE_SIZE) {
		struct page *page = page_at(at);

		if (!page || idle.prev == &page->lru)
			continue;
		idle_count += list_empty(&page->lru);
		list_move_tail(&page->lru, &idle);
	}
	spin_unlock(&idle_lock);
}

static struct page *take_idle(u32 keep)
{
	struct page *page = NULL;

	spin_lock(&idle_lock);
	if (idle_count > keep) {
		page = list_first_entry(&idle, struct page, lru);
		list_del_init(&page->lru);
		idle_count--;
	}
	spin_unlock(&idle_lock);
	return page;
}

unsigned long picket_room_take_idle(u32 keep)
{
	struct page *page;

	do {
		page = take_idle(keep);
	} while (page && memchr_inv(page_address(page), 0, PAGE_SIZE));
	return page ? page_private(page) : 0;
}

bool picket_room_is_crowded(u32 keep)
{
	return READ_ONCE(idle_count) > keep;
}

bool picket_room_has(unsigned long address)
{
	return address - room.start < room.bytes;
}

void picket_shadow_refresh(void)
{
	u64 puts = picket_load_acquire(&room.puts);
	bool is_known = this_cpu_read(seen) == puts || picket_load(&room.settled) == puts;

	if (is_known && picket_load(&room.begun) == puts)
		return;
	picket_imports.flush_tlb_all_local();
	this_cpu_write(seen, puts);
}

void picket_room_settle(void)
{
	u64 puts = picket_load_acquire(&room.puts);

	if (room.settled == puts)
		return;
	picket_imports.flush_tlb_kernel_range(room.start, room.start + room.bytes);
	picket_store(&room.settled, puts);
}

void picket_room_stats(struct picket_room_stats *stats)
{
	stats->pages = picket_load(&room.pages);
	stats->tables = picket_load(&room.table_count);
	stats->refused = picket_load(&room.refused);
	picket_reserve_level(&stats->reserve, &stats->reserve_lowest);
}

/* A page, or tables all of whose entries lead to it. */
static int make_common(struct page **pages, u64 *entries, pgprot_t protection)
{
	int level;

	for (level = 0; level < room.top; level++) {
		pages[level] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!pages[level])
			return -ENOMEM;
		if (level)
			fill_table(pages[level], entries[level - 1]);
		entries[level] = level ? entry_of_table(pages[level]) :
					 entry_of_page(pages[level], protection);
	}
	return 0;
}

static void free_common(struct page **pages)
{
	int level;

	for (level = 0; level < room.top; level++)
		if (pages[level])
			__free_page(pages[level]);
}

/* The kernel has made its tables for all of vmalloc space when it booted. */
static int set_all_slots(u64 value)
{
	unsigned long at;

	for (at = room.start; at < room.start + room.bytes; at += span_of(room.top - 1)) {
		u64 *entry = top_entry(at);

		if (!entry)
			return -ENOENT;
		WRITE_ONCE(*entry, value);
	}
	return 0;
}

static int take_area(void)
{
	unsigned long slot = span_of(room.top - 1);

	room.area = picket_imports.get_vm_area(room.bytes + slot, VM_IOREMAP);
	if (!room.area) {
		pr_err("there are no %lu TB left in vmalloc space\n", room.bytes >> 40);
		return -ENOMEM;
	}
	room.start = ALIGN((unsigned long)room.area->addr, slot);
	return 0;
}

static void free_pages_of(struct page *table)
{
	const u64 *entries = page_address(table);
	unsigned int i;

	for (i = 0; i < ENTRIES; i++)
		if (entries[i] != room.common_entry[0] && entries[i] != room.spare_entry[0])
			__free_page(page_of(entries[i]));
}

static void free_table(struct page *table, int level)
{
	if (level == 1)
		free_pages_of(table);
	__free_page(table);
}

static void free_private_tables(void)
{
	int level;

	for (level = 1; level < room.top; level++) {
		struct llist_node *node, *next;

		llist_for_each_safe(node, next, llist_del_all(&room.tables[level]))
			free_table(container_of((struct list_head *)node, struct page, lru), level);
	}
}

static void unmap_all(void)
{
	set_all_slots(0);
	picket_imports.flush_tlb_kernel_range(room.start, room.start + room.bytes);
}

static int map_all(void)
{
	int error = make_common(room.common, room.common_entry, PAGE_KERNEL_RO) ?:
			    make_common(room.spare, room.spare_entry, PAGE_KERNEL);

	if (!error)
		error = take_area();
	if (error)
		return error;
	error = set_all_slots(room.common_entry[room.top - 1]);
	if (error)
		pr_err("this kernel has no page tables for all of vmalloc space\n");
	return error;
}

int picket_room_reserve(void)
{
	int error;

	if (boot_cpu_has(X86_FEATURE_XENPV)) {
		pr_err("a paravirtual guest of Xen cannot have shadow\n");
		return -EOPNOTSUPP;
	}
	room.top = pgtable_l5_enabled() ? 4 : 3;
	room.bytes = 1ul << (ADDRESS_BITS - PICKET_SHADOW_SCALE);
	error = picket_reserve_start();
	if (error)
		return error;
	error = map_all();
	if (error) {
		picket_room_release();
		return error;
	}
	picket_shadow_lowest = -(1ul << ADDRESS_BITS);
	__asan_shadow_memory_dynamic_address =
		room.start - (picket_shadow_lowest >> PICKET_SHADOW_SCALE);
	return 0;
}

void picket_room_release(void)
{
	picket_shadow_lowest = ~0ul;
	picket_reserve_stop();
	if (room.area) {
		unmap_all();
		free_private_tables();
		picket_imports.free_vm_area(room.area);
	}
	free_common(room.common);
	free_common(room.spare);
}
