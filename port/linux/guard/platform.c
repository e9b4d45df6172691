/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The contract of core/platform.h, but for pages.c and stack.c. */
#include "module.h"

#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>

/* The clock of the kernel's log. */
u64 picket_plat_time_ns(struct picket_platform *platform)
{
	return local_clock();
}

/* The fast reading is safe in any context. */
u64 picket_plat_wall_offset_ns(struct picket_platform *platform)
{
	return ktime_get_real_fast_ns() - local_clock();
}

u64 picket_plat_random(struct picket_platform *platform)
{
	return get_random_u64();
}

void picket_plat_task(struct picket_platform *platform, struct picket_task *task)
{
	task->pid = current->tgid;
	task->tid = current->pid;
	task->cpu = raw_smp_processor_id();
	memcpy(task->name, current->comm, min(sizeof(task->name), sizeof(current->comm)));
	task->name[sizeof(task->name) - 1] = '\0';
}

void picket_plat_report(struct picket_platform *platform, const struct picket_record *record)
{
	platform->deliver(record);
}

void picket_plat_disabled(struct picket_platform *platform, const char *why)
{
	platform->say_disabled(why);
}
