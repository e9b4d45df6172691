/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The stacks of allocations and frees. To walk one takes thousands of instructions, but most have
 * been walked before. So it is remembered where on the stack its return addresses stood. If the
 * same ones stand at the same places again it is the same stack: the place of each follows from
 * the address before it.
 *
 * A stack ends where the stack of the CPU's does: what an interrupt interrupted is no part of it.
 *
 * 1. A way is read under its sequence number: an odd or changed one makes what was read void.
 * 2. Who writes a way has made its number odd. Nobody waits for that.
 */
#include "module.h"
#include "../compat/module.h"

#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/stacktrace.h>
#include <linux/vmalloc.h>

#include <asm/unwind.h>

#define WAYS 4
#define SETS 1024
#define KNOWN_FRAMES 40 /* of a stack that is remembered */

/* A return address, and where it stands. */
struct frame {
	u32 place; /* in words from where the walk began */
	u32 pc;	   /* the lower half: all kernel code is within 2 GB */
};

struct known {
	u32 sequence;
	u32 count;
	unsigned long room; /* bytes from where the walk began to the end of the stack */
	u32 handle;
	struct frame frame[KNOWN_FRAMES];
};

static struct {
	struct known (*set)[WAYS];
	unsigned long code_start; /* our own */
	unsigned long code_bytes;
	u64 walks;
} cache;

/* One walk. */
struct walk {
	const unsigned long *base; /* the place of the first return address */
	u32 count;		   /* of all frames, our own too */
	u32 callers;		   /* of those that are not */
	bool complete;		   /* all frames are in frame[] */
	struct frame frame[KNOWN_FRAMES];
	u64 pc[PICKET_STACK_FRAMES]; /* of callers */
};

static bool is_ours(unsigned long pc)
{
	return pc - cache.code_start < cache.code_bytes;
}

/* Its word there is what will be compared; tracers may have put another than the walk finds. */
static void note_frame(struct walk *walk, const unsigned long *place, unsigned long pc)
{
	if (walk->count < KNOWN_FRAMES && *place == pc) {
		walk->frame[walk->count].place = place - walk->base;
		walk->frame[walk->count].pc = pc;
	} else {
		walk->complete = false;
	}
	walk->count++;
	if (walk->callers || !is_ours(pc))
		walk->pc[walk->callers++] = pc;
}

static noinline void walk_stack(struct walk *walk, const unsigned long *base, unsigned long end)
{
	struct unwind_state state;

	walk->base = base;
	walk->count = walk->callers = 0;
	walk->complete = true;
	for (unwind_start(&state, current, NULL, (unsigned long *)base);
	     !unwind_done(&state) && walk->callers < PICKET_STACK_FRAMES;
	     unwind_next_frame(&state)) {
		unsigned long place = state.sp - sizeof(long);
		unsigned long pc = unwind_get_return_address(&state);

		if (!pc || state.regs || place < (unsigned long)base || place >= end)
			break;
		note_frame(walk, (const unsigned long *)place, pc);
	}
}

static struct known *set_of(const unsigned long *base, unsigned long room)
{
	return cache.set[jhash_2words(room, *base, 0) % SETS];
}

/* Return: the handle; 0: it is not that stack. */
static u32 compare(const struct known *known, const unsigned long *base, unsigned long room)
{
	u32 sequence = picket_load_acquire(&known->sequence);
	u32 count = picket_load(&known->count);
	u32 handle = picket_load(&known->handle);
	u32 i;

	if (sequence & 1 || picket_load(&known->room) != room || count > KNOWN_FRAMES)
		return 0;
	for (i = 0; i < count; i++) {
		u32 place = picket_load(&known->frame[i].place);

		if (place >= room / sizeof(long) ||
		    (u32)base[place] != picket_load(&known->frame[i].pc))
			return 0;
	}
	picket_fence_acquire();
	return picket_load(&known->sequence) == sequence ? handle : 0;
}

static void learn(struct known *known, const struct walk *walk, unsigned long room, u32 handle)
{
	u32 sequence = picket_load(&known->sequence);
	u32 i;

	if (sequence & 1 || !picket_cas(&known->sequence, &sequence, sequence + 1))
		return;
	picket_fence();
	picket_store(&known->count, walk->count);
	picket_store(&known->room, room);
	picket_store(&known->handle, handle);
	for (i = 0; i < walk->count; i++) {
		picket_store(&known->frame[i].place, walk->frame[i].place);
		picket_store(&known->frame[i].pc, walk->frame[i].pc);
	}
	picket_store_release(&known->sequence, sequence + 2);
}

static noinline u32 walk_and_learn(struct picket_stacks *stacks, const unsigned long *base,
				   unsigned long end)
{
	unsigned long room = end - (unsigned long)base;
	struct walk walk;
	u64 turn = picket_add(&cache.walks, 1ull);
	u32 handle;

	walk_stack(&walk, base, end);
	handle = picket_stacks_put(stacks, walk.pc, walk.callers);
	if (handle && walk.complete)
		learn(&set_of(base, room)[turn % WAYS], &walk, room, handle);
	return handle;
}

/* The walk begins with the address that this function returns to. */
noinline u32 picket_plat_stack_handle(struct picket_platform *platform)
{
	const unsigned long *base = (const unsigned long *)__builtin_frame_address(0) + 1;
	struct picket_stacks *stacks = picket_shadow_stacks();
	unsigned long low, end, room;
	struct known *set;
	u32 way, handle;

	if (!stacks || !picket_stack_around((unsigned long)base, &low, &end))
		return 0;
	room = end - (unsigned long)base;
	set = set_of(base, room);
	for (way = 0; way < WAYS; way++) {
		handle = compare(&set[way], base, room);
		if (handle)
			return handle;
	}
	return walk_and_learn(stacks, base, end);
}

/* Only of reports: a stack as the kernel would print it. */
u32 picket_plat_stack(struct picket_platform *platform, const struct picket_context *context,
		      u64 *pc, u32 max)
{
	u32 count = stack_trace_save((unsigned long *)pc, max, 0);
	u32 ours = 0;

	while (ours < count && is_ours(pc[ours]))
		ours++;
	memmove(pc, pc + ours, (count - ours) * sizeof(*pc));
	return count - ours;
}

static void note_code(void *unused, unsigned long start, unsigned long bytes)
{
	if ((unsigned long)picket_plat_stack - start < bytes) {
		cache.code_start = start;
		cache.code_bytes = bytes;
	}
}

int picket_unwind_start(void)
{
	picket_module_ranges(THIS_MODULE, note_code, NULL);
	cache.set = vzalloc(SETS * sizeof(*cache.set));
	return cache.set ? 0 : -ENOMEM;
}

void picket_unwind_stop(void)
{
	vfree(cache.set);
}

u64 picket_unwinds(void)
{
	return picket_load(&cache.walks);
}
