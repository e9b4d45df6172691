/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Shadow in a process. That of the arena reads as zero and may be written where the core has asked
 * for memory behind it; all other appears in windows when it is touched first, so that emulators
 * need not map what nobody uses.
 */
#include "host.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define WINDOW_BYTES 0x8000ul /* divides where the shadow of the arena starts and ends */
#define ARENA_ALIGN 0x200000ul
#define HEAP_BYTES 0x4000000ul
#define PAGES_BYTES 0x1000000ul
#define AREAS_BYTES 0x2000000ul
#define ARENA_BYTES (HEAP_BYTES + PAGES_BYTES + AREAS_BYTES)
#define POISON_PERIOD 7

struct picket_platform {
	int unused;
};

struct host_arena host_arena;

static bool backed[(ARENA_BYTES >> PICKET_SHADOW_SCALE) / HOST_PAGE_BYTES];

static uptr shadow_of(uptr address)
{
	return (address >> PICKET_SHADOW_SCALE) + PICKET_SHADOW_OFFSET;
}

static bool is_arena_shadow(uptr address)
{
	return address >= shadow_of(host_arena.start) && address < shadow_of(host_arena.end);
}

static void die(const char *why)
{
	if (write(2, why, strlen(why)) < 0)
		abort();
	abort();
}

static void map_at(uptr start, uptr bytes, int protection)
{
	void *got = mmap((void *)start, bytes, protection,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);

	if (got == MAP_FAILED)
		die("# shadow cannot be mapped\n");
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	uptr address = (uptr)info->si_addr;

	(void)context;
	if (address < shadow_of(0) || address >= shadow_of(1ul << 47)) {
		signal(number, SIG_DFL);
		return;
	}
	if (is_arena_shadow(address))
		die("# shadow was written that nobody has backed\n");
	map_at(address & ~(WINDOW_BYTES - 1), WINDOW_BYTES, PROT_READ | PROT_WRITE);
}

static void catch_faults(void)
{
	static char memory[65536];
	stack_t stack = { .ss_sp = memory, .ss_size = sizeof(memory) };
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	if (sigaltstack(&stack, NULL) || sigaction(SIGSEGV, &action, NULL) ||
	    sigaction(SIGBUS, &action, NULL))
		die("# faults cannot be caught\n");
}

static void map_arena(void)
{
	char *memory = mmap(NULL, ARENA_BYTES + ARENA_ALIGN, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		die("# no memory\n");
	host_arena.start = ((uptr)memory + ARENA_ALIGN - 1) & ~(ARENA_ALIGN - 1);
	host_arena.heap = host_arena.start;
	host_arena.pages = host_arena.heap + HEAP_BYTES;
	host_arena.areas = host_arena.pages + PAGES_BYTES;
	host_arena.end = host_arena.areas + AREAS_BYTES;
	map_at(shadow_of(host_arena.start), ARENA_BYTES >> PICKET_SHADOW_SCALE, PROT_READ);
}

static void start_detector(void)
{
	static struct picket_platform platform;
	struct picket_shadow_config config = {
		.quarantine_bytes = HOST_QUARANTINE_BYTES,
		.stacks_bytes = 1 << 20,
		.multi_shot = true,
	};

	if (picket_shadow_start(&platform, &config))
		die("# the detector does not start\n");
}

void host_start(void)
{
	catch_faults();
	map_arena();
	start_detector();
	host_heap_start();
}

static bool *backed_of(uptr shadow)
{
	return &backed[(shadow - shadow_of(host_arena.start)) / HOST_PAGE_BYTES];
}

int picket_plat_shadow_back(struct picket_platform *platform, uptr shadow, uptr bytes)
{
	uptr end = shadow + bytes;

	(void)platform;
	for (shadow &= ~(HOST_PAGE_BYTES - 1); shadow < end; shadow += HOST_PAGE_BYTES) {
		if (!is_arena_shadow(shadow) || *backed_of(shadow))
			continue;
		if (mprotect((void *)shadow, HOST_PAGE_BYTES, PROT_READ | PROT_WRITE))
			return -12;
		*backed_of(shadow) = true;
	}
	return 0;
}

void picket_plat_shadow_unback(struct picket_platform *platform, uptr shadow, uptr bytes)
{
	(void)platform;
	if (host_defect == HOST_KEEPS_SHADOW)
		return;
	if (shadow % HOST_PAGE_BYTES || bytes % HOST_PAGE_BYTES || !is_arena_shadow(shadow))
		die("# shadow is given back that is no page of the arena's\n");
	for (uptr end = shadow + bytes; shadow < end; shadow += HOST_PAGE_BYTES) {
		map_at(shadow, HOST_PAGE_BYTES, PROT_READ);
		*backed_of(shadow) = false;
	}
}

uptr host_shadow_backed(uptr start, uptr end)
{
	uptr bytes = 0;

	for (uptr at = shadow_of(start); at < shadow_of(end); at += HOST_PAGE_BYTES)
		bytes += *backed_of(at) ? HOST_PAGE_BYTES : 0;
	return bytes;
}

void host_poisoned(uptr start, uptr bytes)
{
	static u32 count;

	if (host_defect == HOST_DROPS_POISON && ++count % POISON_PERIOD == 0)
		picket_shadow_open(start & ~7ul, bytes);
}
