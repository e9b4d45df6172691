/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "port.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

unsigned long port_shadow_offset;
unsigned long port_arena;
struct picket_platform port;

static u8 arena[PORT_ARENA_BYTES] __attribute__((aligned(32768)));
static u8 *shadow;
static u8 hidden[PORT_ARENA_BYTES / 8]; /* what stale pages of shadow really hold */

u64 port_random(u64 below)
{
	port.random_state ^= port.random_state << 13;
	port.random_state ^= port.random_state >> 7;
	port.random_state ^= port.random_state << 17;
	return port.random_state % below;
}

static bool fails(u32 percent)
{
	return percent && port_random(100) < percent;
}

bool port_lock_busy(void)
{
	return fails(port.fail_lock_percent);
}

void port_start(uptr quarantine_bytes, uptr stacks_bytes, u64 seed)
{
	struct picket_shadow_config config = {
		.quarantine_bytes = quarantine_bytes,
		.stacks_bytes = stacks_bytes,
		.multi_shot = true,
	};

	memset(&port, 0, sizeof(port));
	port.random_state = seed * 2 + 1;
	port.stack = 0;
	port.pid = 7;
	if (shadow)
		munmap(shadow, PORT_ARENA_BYTES / 8);
	shadow = mmap(NULL, PORT_ARENA_BYTES / 8, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (shadow == MAP_FAILED)
		abort();
	port_arena = (uptr)arena;
	port_shadow_offset = (uptr)shadow - (port_arena >> PICKET_SHADOW_SCALE);
	if (picket_shadow_start(&port, &config))
		abort();
}

void port_stop(void)
{
	picket_shadow_stop();
}

uptr port_slab(u32 slab, uptr slot_bytes, u32 flags)
{
	uptr start = port_arena + slab * PORT_SLAB_BYTES;

	port.slot_bytes[slab] = slot_bytes;
	port.slot_flags[slab] = flags;
	picket_shadow_slab(start, PORT_SLAB_BYTES);
	return start;
}

struct picket_shadow_slot port_slot(u32 slab, u32 index)
{
	return (struct picket_shadow_slot){
		.start = port_arena + slab * PORT_SLAB_BYTES + index * port.slot_bytes[slab],
		.bytes = port.slot_bytes[slab],
		.allocator = "arena",
		.flags = port.slot_flags[slab],
	};
}

static u32 shadow_page(uptr address)
{
	return (u32)((address - (uptr)shadow) / PICKET_SHADOW_PAGE_BYTES);
}

static void protect(u32 page, int protection)
{
	if (mprotect(shadow + page * PICKET_SHADOW_PAGE_BYTES, PICKET_SHADOW_PAGE_BYTES,
		     protection))
		abort();
}

static void show_page(u32 page)
{
	uptr offset = page * PICKET_SHADOW_PAGE_BYTES;

	if (!port.stale[page])
		return;
	protect(page, PROT_READ | PROT_WRITE);
	memcpy(shadow + offset, hidden + offset, PICKET_SHADOW_PAGE_BYTES);
	port.stale[page] = 0;
	port.stale_count--;
}

static void hide_page(u32 page)
{
	uptr offset = page * PICKET_SHADOW_PAGE_BYTES;

	if (!port.backed[page] || port.stale[page])
		return;
	memcpy(hidden + offset, shadow + offset, PICKET_SHADOW_PAGE_BYTES);
	memset(shadow + offset, 0, PICKET_SHADOW_PAGE_BYTES);
	protect(page, PROT_READ);
	port.stale[page] = 1;
	port.stale_count++;
}

/* A CPU that writes is told by the fault. */
static void show_written(int signal_number, siginfo_t *info, void *context)
{
	u32 page = shadow_page((uptr)info->si_addr);

	(void)context;
	if (page < PORT_SHADOW_PAGES && port.stale[page])
		show_page(page);
	else
		signal(signal_number, SIG_DFL);
}

void port_refresh(void)
{
	for (u32 page = 0; page < PORT_SHADOW_PAGES && port.stale_count; page++)
		show_page(page);
}

void port_stale(void)
{
	struct sigaction action = { .sa_sigaction = show_written, .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &action, NULL);
	for (u32 page = 0; page < PORT_SHADOW_PAGES; page++)
		hide_page(page);
}

u32 port_pages_backed(uptr start, uptr bytes)
{
	u32 first = shadow_page((uptr)picket_shadow_of(start));
	u32 last = shadow_page((uptr)picket_shadow_of(start + bytes - 1));
	u32 count = 0;

	for (u32 page = first; page <= last; page++)
		count += port.backed[page];
	return count;
}

int picket_plat_shadow_back(struct picket_platform *platform, uptr address, uptr bytes)
{
	platform->back_calls++;
	for (u32 page = shadow_page(address); page <= shadow_page(address + bytes - 1); page++) {
		if (fails(platform->fail_back_percent)) {
			platform->back_failures++;
			return -12;
		}
		if (platform->backed[page])
			continue;
		protect(page, PROT_READ | PROT_WRITE);
		platform->backed[page] = 1;
	}
	return 0;
}

void picket_plat_shadow_unback(struct picket_platform *platform, uptr address, uptr bytes)
{
	if (address % PICKET_SHADOW_PAGE_BYTES || bytes % PICKET_SHADOW_PAGE_BYTES)
		abort();
	for (u32 page = shadow_page(address); page < shadow_page(address + bytes); page++)
		platform->backed[page] = 0;
	if (madvise((void *)address, bytes, MADV_DONTNEED) ||
	    mprotect((void *)address, bytes, PROT_READ))
		abort();
}

bool picket_plat_slot(struct picket_platform *platform, uptr address,
		      struct picket_shadow_slot *slot)
{
	uptr slab = (address - port_arena) / PORT_SLAB_BYTES;
	uptr offset = (address - port_arena) % PORT_SLAB_BYTES;
	u32 index;

	if (slab >= PORT_SLABS || !platform->slot_bytes[slab])
		return false;
	index = (u32)(offset / platform->slot_bytes[slab]);
	if ((index + 1) * platform->slot_bytes[slab] > PORT_SLAB_BYTES)
		return false;
	*slot = port_slot((u32)slab, index);
	return true;
}

void picket_plat_slot_release(struct picket_platform *platform, uptr object)
{
	u32 index = __atomic_fetch_add(&platform->released_count, 1, __ATOMIC_RELAXED);

	platform->released[index % PORT_RELEASED_MAX] = object;
}

u32 picket_plat_stack_handle(struct picket_platform *platform)
{
	return platform->stack;
}

bool picket_plat_this_stack(struct picket_platform *platform, uptr *low, uptr *high)
{
	*low = platform->stack_low;
	*high = platform->stack_high;
	return platform->stack_high != 0;
}

bool picket_plat_stack_of(struct picket_platform *platform, uptr address, uptr *low, uptr *high)
{
	return picket_plat_this_stack(platform, low, high) && address >= *low && address < *high;
}

bool picket_plat_is_mapped_area(struct picket_platform *platform, uptr address)
{
	(void)platform;
	return address - port_arena >= PORT_HEAP_BYTES;
}

void *picket_plat_metadata(struct picket_platform *platform, uptr size_bytes)
{
	void *memory = NULL;

	(void)platform;
	if (posix_memalign(&memory, 64, size_bytes))
		return NULL;
	return memset(memory, 0, size_bytes);
}

void picket_plat_metadata_free(struct picket_platform *platform, void *memory, uptr size_bytes)
{
	(void)platform, (void)size_bytes;
	free(memory);
}

u64 picket_plat_time_ns(struct picket_platform *platform)
{
	(void)platform;
	return 1000;
}

u64 picket_plat_wall_offset_ns(struct picket_platform *platform)
{
	(void)platform;
	return 0;
}

u32 picket_plat_stack(struct picket_platform *platform, const struct picket_context *context,
		      u64 *pc, u32 max)
{
	(void)platform, (void)context, (void)pc, (void)max;
	return 0;
}

u64 picket_plat_code_id(struct picket_platform *platform, u64 pc)
{
	(void)platform;
	return pc;
}

void picket_plat_task(struct picket_platform *platform, struct picket_task *task)
{
	memset(task, 0, sizeof(*task));
	task->pid = platform->pid;
	task->tid = platform->pid;
}

void picket_plat_report(struct picket_platform *platform, const struct picket_record *record)
{
	__atomic_fetch_add(&platform->reports, 1, __ATOMIC_RELAXED);
	platform->record = *record;
}

void picket_plat_disabled(struct picket_platform *platform, const char *why)
{
	(void)platform, (void)why;
	abort();
}
