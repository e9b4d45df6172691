/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The contract of core/platform.h, as the simulated machine keeps it (or breaks it on purpose). */
#include "machine.h"
#include <stdlib.h>
#include <sys/mman.h>

#define HIDDEN_BYTE 0xd5 /* what a page holds while it is hidden */
#define FRESH_BYTE 0x6c	 /* a page never shown before may hold anything */
#define DISCARDED_BYTE 0x9b
#define SITE_BYTES 0x1000 /* code of one site */

/* Every contract function begins here: the place where the host may be interrupted. */
static void enter(struct picket_platform *sim)
{
	if (sim->interrupt && ++sim->entries == sim->interrupt_at) {
		u64 site = sim->site;

		sim->interrupt(sim);
		sim->site = site;
	}
}

static bool enter_or_fail(struct picket_platform *sim, enum sim_call call)
{
	bool fails;

	enter(sim);
	pthread_mutex_lock(&sim->lock);
	fails = sim_fails(sim, call);
	pthread_mutex_unlock(&sim->lock);
	return fails;
}

u64 sim_pc(const struct picket_platform *sim, u32 frame)
{
	u64 site = sim->defect == SIM_ONE_STACK ? 1 : sim->site;

	return 0x400000 + site * SITE_BYTES + frame * 16;
}

bool sim_untouched(const struct picket_platform *sim, const u8 *page)
{
	return page[0] == HIDDEN_BYTE && !memcmp(page, page + 1, sim->page_bytes - 1);
}

static void *map(uptr size_bytes)
{
	void *memory =
		mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void *picket_plat_reserve(struct picket_platform *sim, uptr size_bytes)
{
	if (enter_or_fail(sim, SIM_RESERVE))
		return NULL;
	if (sim->pool || size_bytes % sim->page_bytes)
		sim_violation(sim, "reserve: twice, or not whole pages");
	sim->mapping_bytes = size_bytes + sim->page_bytes;
	sim->mapping = map(sim->mapping_bytes);
	sim->saved = map(size_bytes);
	sim->hidden = calloc(size_bytes / sim->page_bytes, sizeof(*sim->hidden));
	if (!sim->mapping || !sim->saved || !sim->hidden)
		abort();
	sim->pool = (u8 *)(((uptr)sim->mapping + sim->page_bytes - 1) & -(uptr)sim->page_bytes);
	sim->pool_bytes = size_bytes;
	memset(sim->pool, HIDDEN_BYTE, size_bytes);
	memset(sim->saved, FRESH_BYTE, size_bytes);
	memset(sim->hidden, true, size_bytes / sim->page_bytes);
	sim->outstanding++;
	return sim->pool;
}

void picket_plat_release(struct picket_platform *sim, void *pool, uptr size_bytes)
{
	if (pool != sim->pool || size_bytes != sim->pool_bytes)
		sim_violation(sim, "release: not what was reserved");
	munmap(sim->mapping, sim->mapping_bytes);
	munmap(sim->saved, sim->pool_bytes);
	free(sim->hidden);
	sim->pool = NULL;
	sim->pool_bytes = 0;
	sim->outstanding--;
}

void *picket_plat_metadata(struct picket_platform *sim, uptr size_bytes)
{
	uptr rounded = (size_bytes + 63) & ~(uptr)63;
	void *memory;

	if (enter_or_fail(sim, SIM_METADATA))
		return NULL;
	memory = aligned_alloc(64, rounded);
	if (!memory)
		abort();
	memset(memory, 0, rounded);
	sim->outstanding++;
	return memory;
}

void picket_plat_metadata_free(struct picket_platform *sim, void *memory, uptr size_bytes)
{
	(void)size_bytes;
	free(memory);
	sim->outstanding--;
}

static void hide_page(struct picket_platform *sim, u8 *page)
{
	uptr offset = (uptr)(page - sim->pool);
	bool *hidden = &sim->hidden[offset / sim->page_bytes];

	if (*hidden)
		return;
	memcpy(sim->saved + offset, page, sim->page_bytes);
	memset(page, HIDDEN_BYTE, sim->page_bytes);
	__atomic_store_n(hidden, true, __ATOMIC_RELEASE);
}

static void show_page(struct picket_platform *sim, u8 *page)
{
	uptr offset = (uptr)(page - sim->pool);
	bool *hidden = &sim->hidden[offset / sim->page_bytes];

	if (offset >= sim->pool_bytes || !*hidden)
		return;
	if (!sim_untouched(sim, page))
		sim_violation(sim, "somebody wrote to a hidden page");
	if (sim->defect == SIM_LOSES_CONTENT)
		memset(page, 0, sim->page_bytes);
	else
		memcpy(page, sim->saved + offset, sim->page_bytes);
	__atomic_store_n(hidden, false, __ATOMIC_RELEASE);
}

static void for_pages(struct picket_platform *sim, uptr address, uptr size_bytes,
		      void (*each)(struct picket_platform *sim, u8 *page))
{
	uptr offset = address - (uptr)sim->pool;

	pthread_mutex_lock(&sim->lock);
	if (address % sim->page_bytes || size_bytes % sim->page_bytes || !size_bytes ||
	    offset > sim->pool_bytes || size_bytes > sim->pool_bytes - offset)
		sim_violation(sim, "pages that are not whole or not in the pool");
	for (uptr done = 0; done < size_bytes; done += sim->page_bytes)
		each(sim, (u8 *)address + done);
	pthread_mutex_unlock(&sim->lock);
}

int picket_plat_hide(struct picket_platform *sim, uptr address, uptr size_bytes)
{
	if (enter_or_fail(sim, SIM_HIDE))
		return -12;
	if (sim->defect == SIM_HIDES_LESS)
		size_bytes -= sim->page_bytes;
	if (sim->defect != SIM_HIDES_NOTHING && size_bytes)
		for_pages(sim, address, size_bytes, hide_page);
	return 0;
}

int picket_plat_show(struct picket_platform *sim, uptr address, uptr size_bytes)
{
	if (enter_or_fail(sim, SIM_SHOW))
		return -12;
	if (sim->defect != SIM_SHOWS_NOTHING)
		for_pages(sim, address, size_bytes, show_page);
	if (sim->defect == SIM_SHOWS_MORE)
		show_page(sim, (u8 *)address + size_bytes);
	return 0;
}

/* A core that counts on what the last object left is found out. */
static void show_fresh_page(struct picket_platform *sim, u8 *page)
{
	show_page(sim, page);
	memset(page, DISCARDED_BYTE, sim->page_bytes);
}

int picket_plat_show_fresh(struct picket_platform *sim, uptr address, uptr size_bytes)
{
	if (sim->defect != SIM_SOUND)
		return picket_plat_show(sim, address, size_bytes);
	if (enter_or_fail(sim, SIM_SHOW))
		return -12;
	for_pages(sim, address, size_bytes, show_fresh_page);
	return 0;
}

/* Two threads may close one guard at a time, so that the page is hidden already is no mistake. */
static void discard_page(struct picket_platform *sim, u8 *page)
{
	uptr offset = (uptr)(page - sim->pool);
	bool hidden = sim->hidden[offset / sim->page_bytes];

	memset(hidden ? sim->saved + offset : page, DISCARDED_BYTE, sim->page_bytes);
}

void picket_plat_discard(struct picket_platform *sim, uptr address, uptr size_bytes)
{
	enter(sim);
	for_pages(sim, address, size_bytes, discard_page);
}

u64 picket_plat_time_ns(struct picket_platform *sim)
{
	enter(sim);
	if (sim->defect == SIM_CLOCK_BACKWARDS)
		return (1ull << 40) - sim->time_ns;
	return sim->defect == SIM_CLOCK_STOPPED ? 1 :
						  __atomic_load_n(&sim->time_ns, __ATOMIC_RELAXED);
}

u64 picket_plat_wall_offset_ns(struct picket_platform *sim)
{
	enter(sim);
	return 1700000000000000000ull;
}

u64 picket_plat_random(struct picket_platform *sim)
{
	u64 random;

	enter(sim);
	pthread_mutex_lock(&sim->lock);
	random = sim_random(sim);
	pthread_mutex_unlock(&sim->lock);
	return random;
}

u32 picket_plat_stack(struct picket_platform *sim, const struct picket_context *context, u64 *pc,
		      u32 max)
{
	u32 count = sim->depth < max ? sim->depth : max;

	if (enter_or_fail(sim, SIM_STACK))
		return 0;
	for (u32 i = 0; i < count; i++)
		pc[i] = sim_pc(sim, i);
	if (context && count)
		pc[0] = context->pc;
	return count;
}

u64 picket_plat_code_id(struct picket_platform *sim, u64 pc)
{
	enter(sim);
	if (sim->defect == SIM_RANDOM_IDS)
		return picket_plat_random(sim);
	return pc * 0x9e3779b97f4a7c15ull;
}

void picket_plat_task(struct picket_platform *sim, struct picket_task *task)
{
	enter(sim);
	*task = sim->task;
	task->time_ns = 0;
}

static bool terminated(const char *bytes, u32 count)
{
	return memchr(bytes, 0, count) != NULL;
}

static void check_record(struct picket_platform *sim, const struct picket_record *record)
{
	if (record->version != PICKET_RECORD_VERSION || record->size_bytes != sizeof(*record))
		sim_violation(sim, "record: wrong version or size");
	if (!record->bug || record->bug >= PICKET_BUG_COUNT || record->found >= PICKET_FOUND_COUNT)
		sim_violation(sim, "record: unknown kind");
	if (!terminated(record->object.allocator, sizeof(record->object.allocator)) ||
	    !terminated(record->access_task.name, sizeof(record->access_task.name)))
		sim_violation(sim, "record: name without end");
	if (record->access_stack.count > PICKET_STACK_FRAMES ||
	    record->alloc_stack.count > PICKET_STACK_FRAMES ||
	    record->free_stack.count > PICKET_STACK_FRAMES)
		sim_violation(sim, "record: stack too deep");
}

static void keep_record(struct picket_platform *sim, const struct picket_record *record)
{
	if (sim->record_count < SIM_RECORDS_MAX)
		sim->records[sim->record_count] = *record;
	sim->record_count++;
	sim->bug_count[record->bug % PICKET_BUG_COUNT]++;
}

void picket_plat_report(struct picket_platform *sim, const struct picket_record *record)
{
	enter(sim);
	pthread_mutex_lock(&sim->lock);
	check_record(sim, record);
	if (sim->defect != SIM_DROPS_REPORTS)
		keep_record(sim, record);
	if (sim->defect == SIM_REPEATS_REPORTS)
		keep_record(sim, record);
	pthread_mutex_unlock(&sim->lock);
}

void picket_plat_disabled(struct picket_platform *sim, const char *why)
{
	enter(sim);
	if (sim->disabled || !why)
		sim_violation(sim, "disabled: said twice, or without reason");
	sim->disabled = why ? why : "";
}
