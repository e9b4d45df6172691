/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The contract of core/platform.h but for memory (memory.c) and code (backtrace.c, modules.c). */
#include "runtime.h"

#include <errno.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static u64 clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (u64)now.tv_sec * 1000000000u + (u64)now.tv_nsec;
}

u64 picket_plat_time_ns(struct picket_platform *platform)
{
	return clock_ns(platform->clock);
}

u64 picket_plat_wall_offset_ns(struct picket_platform *platform)
{
	(void)platform;
	return clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC);
}

/* Before the system has entropy (early boot), or without the system call, this must do. */
static u64 random_substitute(void)
{
	const u64 *given = (const u64 *)getauxval(AT_RANDOM);
	u64 value = clock_ns(CLOCK_MONOTONIC) ^ (u64)(unsigned int)getpid() << 40;

	return given ? value ^ given[0] ^ given[1] << 1 : value;
}

u64 picket_plat_random(struct picket_platform *platform)
{
	u64 value;

	(void)platform;
	if (getrandom(&value, sizeof(value), GRND_NONBLOCK) == sizeof(value))
		return value;
	return random_substitute();
}

void picket_plat_task(struct picket_platform *platform, struct picket_task *task)
{
	(void)platform;
	if (!picket_thread.pid) {
		picket_thread.pid = getpid();
		picket_thread.tid = (s32)syscall(SYS_gettid);
	}
	task->pid = picket_thread.pid;
	task->tid = picket_thread.tid;
	task->cpu = sched_getcpu();
	if (prctl(PR_GET_NAME, task->name))
		task->name[0] = '\0';
}

void picket_plat_report(struct picket_platform *platform, const struct picket_record *record)
{
	platform->deliver(record);
}

void picket_plat_disabled(struct picket_platform *platform, const char *why)
{
	platform->say_disabled(why);
}
