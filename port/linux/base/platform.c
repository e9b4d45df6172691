/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Of the contract of core/platform.h what is the same for every detector. */
#include "base.h"
#include "kernel.h"
#include "../../../core/platform.h"
#include "../compat/module.h"

#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

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

void *picket_plat_metadata(struct picket_platform *platform, uptr size_bytes)
{
	return vzalloc(size_bytes);
}

void picket_plat_metadata_free(struct picket_platform *platform, void *memory, uptr size_bytes)
{
	vfree(memory);
}

static u64 hash(u64 value, u64 seed)
{
	value = (value ^ seed) * 0x9e3779b97f4a7c15ull;
	return value ^ value >> 29;
}

static u64 hash_name(const char *name)
{
	u64 value = 0xcbf29ce484222325ull;

	for (; *name; name++)
		value = (value ^ (unsigned char)*name) * 0x100000001b3ull;
	return value;
}

u64 picket_plat_code_id(struct picket_platform *platform, u64 pc)
{
	unsigned long address = pc;
	struct module *module;
	u64 id = pc;

	preempt_disable();
	module = picket_kernel.module_address(address);
	if (module)
		id = hash(address - picket_module_base(module), hash_name(module->name));
	else
		id = hash(address - (unsigned long)picket_kernel.text_start, 0);
	preempt_enable();
	return id;
}
