/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stacks, by the unwind tables that every program has: few are built with frame pointers.
 *
 * The unwinder is libgcc's, linked statically: a copy of our own takes no lock, because nobody
 * registers frames with it and glibc finds tables without one, and the program's libraries and
 * symbols stay as they are.
 */
#include "backtrace.h"

#include "fault.h"
#include "thread.h"

#include <dlfcn.h>
#include <unwind.h>

#define OWN_FRAMES_MAX 32 /* of Picket and the signal frame, before the host's first */

struct walk {
	u64 *pc;
	u32 count;
	u32 max;
	u32 skipped;
	uptr start; /* the frame to begin with; 0 when it was met */
};

static _Unwind_Reason_Code visit(struct _Unwind_Context *frame, void *argument)
{
	struct walk *walk = argument;
	uptr pc = (uptr)_Unwind_GetIP(frame);

	if (walk->start && pc != walk->start)
		return ++walk->skipped < OWN_FRAMES_MAX ? _URC_NO_REASON : _URC_END_OF_STACK;
	walk->start = 0;
	if (walk->count == walk->max || !pc)
		return _URC_END_OF_STACK;
	walk->pc[walk->count++] = pc;
	return _URC_NO_REASON;
}

/* The count is in memory that survives a jump out of a walk gone wrong. */
static __attribute__((noinline)) void run(struct walk *walk)
{
	if (__builtin_setjmp(picket_thread.escape) == 0) {
		picket_thread.unwinding = true;
		_Unwind_Backtrace(visit, walk);
	}
	picket_thread.unwinding = false;
}

/* The host's handler may have come in between; then the fault is the handler's. */
static bool in_own_code(ucontext_t *user)
{
	const struct picket_context context = { .user = user };
	struct dl_find_object code, own;

	return !_dl_find_object((void *)picket_context_pc(&context), &code) &&
	       !_dl_find_object((void *)visit, &own) && code.dlfo_map_start == own.dlfo_map_start;
}

void picket_backtrace_escape(ucontext_t *user)
{
	if (!picket_thread.unwinding || !in_own_code(user))
		return;
	picket_thread.unwinding = false;
	__builtin_longjmp(picket_thread.escape, 1);
}

u32 picket_plat_stack(struct picket_platform *platform, const struct picket_context *context,
		      u64 *pc, u32 max)
{
	struct walk walk = {
		.pc = pc,
		.max = max,
		.start = context ? picket_context_pc(context) : (uptr)picket_thread.caller,
	};

	(void)platform;
	/* A fault while this thread walks a stack: walking again could fault again. */
	if (!picket_thread.unwinding)
		run(&walk);
	if (!walk.count && walk.start && max)
		pc[walk.count++] = walk.start;
	return walk.count;
}

void picket_backtrace_prepare(void)
{
	u64 pc[4];

	picket_plat_stack(NULL, NULL, pc, 4);
}
