/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The contract but for shadow itself: time, tasks, stacks and records. */
#include "host.h"
#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define STACK_BYTES 0x40000ul

enum host_defect host_defect;

static char stack_memory[STACK_BYTES] __attribute__((aligned(4096)));
static ucontext_t outside;
static void (*to_call)(void);
static jmp_buf jump_target;

static struct picket_record last;
static u32 records;
static void (*in_report)(void *);
static void *in_report_argument;
static const char *disabled;

void *picket_plat_metadata(struct picket_platform *platform, uptr size_bytes)
{
	void *memory = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	(void)platform;
	return memory == MAP_FAILED ? NULL : memory;
}

void picket_plat_metadata_free(struct picket_platform *platform, void *memory, uptr size_bytes)
{
	(void)platform;
	munmap(memory, size_bytes);
}

u64 picket_plat_time_ns(struct picket_platform *platform)
{
	struct timespec now;

	(void)platform;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * 1000000000u + (u64)now.tv_nsec;
}

u64 picket_plat_wall_offset_ns(struct picket_platform *platform)
{
	(void)platform;
	return 0;
}

u64 picket_plat_code_id(struct picket_platform *platform, u64 pc)
{
	(void)platform;
	return pc;
}

void picket_plat_task(struct picket_platform *platform, struct picket_task *task)
{
	(void)platform;
	task->pid = task->tid = getpid();
	task->cpu = -1;
	memcpy(task->name, "suite", 6);
}

void sh_in_report(void (*function)(void *), void *argument)
{
	in_report_argument = argument;
	in_report = function;
}

void picket_plat_report(struct picket_platform *platform, const struct picket_record *record)
{
	void (*function)(void *) = in_report;
	static u32 count;

	(void)platform;
	in_report = NULL;
	if (function)
		function(in_report_argument);
	if (host_defect == HOST_LOSES_REPORTS && ++count % 5 == 0)
		return;
	last = *record;
	records += host_defect == HOST_REPORTS_TWICE ? 2 : 1;
}

void picket_plat_disabled(struct picket_platform *platform, const char *why)
{
	(void)platform;
	disabled = why;
}

u32 host_records(void)
{
	return records;
}

const struct picket_record *host_last(void)
{
	return records ? &last : NULL;
}

const char *host_audit(void)
{
	struct picket_shadow_stats stats;

	picket_shadow_stats(&stats);
	if (disabled)
		return disabled;
	if (stats.bytes_retained > HOST_QUARANTINE_BYTES)
		return "more is retained than the limit allows";
	if (stats.not_backed)
		return "shadow is missing, though all was backed";
	return host_areas_wrong;
}

static bool on_our_stack(uptr address)
{
	return address >= (uptr)stack_memory && address < (uptr)stack_memory + STACK_BYTES;
}

bool picket_plat_stack_of(struct picket_platform *platform, uptr address, uptr *low, uptr *high)
{
	(void)platform;
	*low = (uptr)stack_memory;
	*high = *low + STACK_BYTES;
	return on_our_stack(address);
}

bool picket_plat_this_stack(struct picket_platform *platform, uptr *low, uptr *high)
{
	return host_defect != HOST_NO_STACK_BOUNDS &&
	       picket_plat_stack_of(platform, (uptr)__builtin_frame_address(0), low, high);
}

bool picket_plat_is_mapped_area(struct picket_platform *platform, uptr address)
{
	(void)platform;
	return address >= host_arena.areas && address < host_arena.end;
}

/* The frame that called the one of this pointer, by the convention of the machine. */
static const uptr *caller(const uptr *frame, u64 *pc)
{
#ifdef __riscv
	frame -= 2;
#endif
	*pc = frame[1];
	return (const uptr *)frame[0];
}

/* All code here keeps frame pointers. */
u32 picket_plat_stack(struct picket_platform *platform, const struct picket_context *context,
		      u64 *pc, u32 max)
{
	const uptr *frame = __builtin_frame_address(0);
	u32 count = 0;

	(void)platform;
	(void)context;
	while (count < max && on_our_stack((uptr)frame) && !((uptr)frame % sizeof(uptr))) {
		const uptr *next = caller(frame, &pc[count]);

		count += pc[count] != 0;
		if (next <= frame)
			break;
		frame = next;
	}
	return count;
}

u32 picket_plat_stack_handle(struct picket_platform *platform)
{
	u64 pc[PICKET_STACK_FRAMES];
	u32 count = picket_plat_stack(platform, NULL, pc, PICKET_STACK_FRAMES);

	if (host_defect == HOST_NO_STACKS || !picket_shadow_stacks())
		return 0;
	return picket_stacks_put(picket_shadow_stacks(), pc, count);
}

bool picket_plat_slot(struct picket_platform *platform, uptr address,
		      struct picket_shadow_slot *slot)
{
	(void)platform;
	return host_defect != HOST_NO_SLOTS && host_slot(address, slot);
}

void picket_plat_slot_release(struct picket_platform *platform, uptr object)
{
	(void)platform;
	host_slot_push(object);
}

static void enter(void)
{
	to_call();
}

void host_on_stack(void (*function)(void))
{
	static ucontext_t inside;

	to_call = function;
	getcontext(&inside);
	inside.uc_stack.ss_sp = stack_memory;
	inside.uc_stack.ss_size = STACK_BYTES;
	inside.uc_link = &outside;
	makecontext(&inside, enter, 0);
	swapcontext(&outside, &inside);
}

void sh_jump_over(void (*function)(void))
{
	if (!setjmp(jump_target))
		function();
}

void sh_jump_back(void)
{
	longjmp(jump_target, 1);
}

void sh_on_stack(uptr bytes, void (*function)(char *memory, uptr bytes))
{
	function(__builtin_alloca(bytes), bytes);
	sh_barrier();
}
