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
#include "libc.h"
#include "mask.h"
#include "thread.h"

#include <unwind.h>

#define OWN_FRAMES_MAX 32     /* of Picket and the signal frame, before the host's first */
#define AUTODISARM (1u << 31) /* SS_AUTODISARM, which the C library's header does not have */

struct walk {
	u64 *pc;
	u32 count;
	u32 max;
	u32 skipped;
	uptr start; /* the frame to begin with; 0 when it was met */
};

/* What may fault, and is over then. */
struct attempt {
	void (*function)(void *argument);
	void *argument;
	void *outer_escape[5];
	bool nested;
};

struct span {
	const volatile u8 *first, *last;
	bool readable;
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

/*
 * Results are in memory that survives a jump out of an attempt gone wrong. The thread may be in
 * another one already, which a signal of the host's has interrupted.
 */
static __attribute__((noinline)) void run_attempt(struct attempt *attempt)
{
	attempt->nested = picket_thread.unwinding;
	memcpy(attempt->outer_escape, picket_thread.escape, sizeof(attempt->outer_escape));
	if (__builtin_setjmp(picket_thread.escape) == 0) {
		picket_thread.unwinding = true;
		attempt->function(attempt->argument);
	}
	memcpy(picket_thread.escape, attempt->outer_escape, sizeof(attempt->outer_escape));
	picket_thread.unwinding = attempt->nested;
}

static void walk_stack(void *walk)
{
	_Unwind_Backtrace(visit, walk);
}

static void touch(void *argument)
{
	struct span *span = argument;

	(void)*span->first;
	(void)*span->last;
	span->readable = true;
}

bool picket_backtrace_may_read(const void *start, uptr count)
{
	const u8 *bytes = start;
	struct span span = { .first = bytes, .last = bytes + count - 1 };
	struct attempt attempt = { .function = touch, .argument = &span };

	run_attempt(&attempt);
	return span.readable;
}

/* The host's handler may have come in between; then the fault is the handler's. */
static bool in_own_code(ucontext_t *user)
{
	const struct picket_context context = { .user = user };
	struct picket_loaded code, own;

	return !picket_libc_find((const void *)picket_context_pc(&context), &code) &&
	       !picket_libc_find((const void *)visit, &own) && code.start == own.start;
}

void picket_backtrace_escape(ucontext_t *user)
{
	if (!picket_thread.unwinding || !in_own_code(user))
		return;
	picket_thread.unwinding = false;
	/* What returning from the handler would do. */
	if ((u32)user->uc_stack.ss_flags & AUTODISARM)
		sigaltstack(&user->uc_stack, NULL);
	picket_mask_change(SIG_SETMASK, picket_mask_from(&user->uc_sigmask));
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

	struct attempt attempt = { .function = walk_stack, .argument = &walk };

	(void)platform;
	run_attempt(&attempt);
	if (!walk.count && walk.start && max)
		pc[walk.count++] = walk.start;
	return walk.count;
}

void picket_backtrace_prepare(void)
{
	u64 pc[4];

	picket_plat_stack(NULL, NULL, pc, 4);
}
