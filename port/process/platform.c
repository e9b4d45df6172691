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

#define NAME_VALID_NS 1000000000u

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

/* A system call, and threads seldom change their names: asked for again after a second. */
static void name_ask(struct picket_platform *platform)
{
	u64 now = picket_plat_time_ns(platform);

	if (picket_thread.named_ns && now - picket_thread.named_ns < NAME_VALID_NS)
		return;
	if (prctl(PR_GET_NAME, picket_thread.name))
		picket_thread.name[0] = '\0';
	picket_thread.named_ns = now;
}

void picket_plat_task(struct picket_platform *platform, struct picket_task *task)
{
	if (!picket_thread.pid) {
		picket_thread.pid = getpid();
		picket_thread.tid = (s32)syscall(SYS_gettid);
	}
	task->pid = picket_thread.pid;
	task->tid = picket_thread.tid;
	task->cpu = sched_getcpu();
	name_ask(platform);
	memcpy(task->name, picket_thread.name, sizeof(task->name));
}

void picket_plat_report(struct picket_platform *platform, const struct picket_record *record)
{
	platform->deliver(record);
}

void picket_plat_disabled(struct picket_platform *platform, const char *why)
{
	platform->say_disabled(why);
}
