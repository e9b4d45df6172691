/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "work.h"

#include "../../core/atomic.h"
#include "runtime.h"

#include <time.h>

#define LOOK_NS 20000000ull
#define PIECE_MAX_NS 500000ull /* fifty times what it takes: more is not our doing */

static struct {
	u64 next_look_ns; /* by the coarse clock */
	u64 host_ns;	  /* that the host had run at the last look */
} seen;

static u64 clock_ns(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now))
		return 0;
	return (u64)now.tv_sec * 1000000000u + (u64)now.tv_nsec;
}

u64 picket_work_begin(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

void picket_work_end(u64 begin_ns)
{
	u64 took_ns = clock_ns(CLOCK_MONOTONIC) - begin_ns;

	picket_guard_worked(picket_runtime.guard, took_ns < PIECE_MAX_NS ? took_ns : PIECE_MAX_NS);
}

/* Refused under some system call filters: then as if it ran on one CPU all the time. */
static u64 host_ns(void)
{
	u64 now = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

	return now ? now : clock_ns(CLOCK_MONOTONIC);
}

void picket_work_look(void)
{
	u64 now = clock_ns(CLOCK_MONOTONIC_COARSE);
	u64 due = picket_load(&seen.next_look_ns);
	u64 before;

	if (now < due || !picket_cas(&seen.next_look_ns, &due, now + LOOK_NS))
		return;
	before = picket_load(&seen.host_ns);
	now = host_ns();
	/* After vfork() the child has a clock of its own, and its parent's memory. */
	if (now <= before)
		return;
	picket_store(&seen.host_ns, now);
	picket_guard_ran(picket_runtime.guard, now - before);
}

void picket_work_fork_child(void)
{
	seen.host_ns = 0;
}
