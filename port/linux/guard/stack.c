/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Stacks, and the names of code that stay the same from boot to boot. */
#include "module.h"
#include "code.h"
#include "imports.h"
#include "probes.h"
#include "../compat/module.h"

#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/stacktrace.h>

/* A stack that began with our own and the allocator's functions would hide who called them. */
static bool is_internal(unsigned long pc)
{
	return within_module(pc, THIS_MODULE) || picket_code_is(PICKET_CODE_ALLOCATOR, pc);
}

u32 picket_plat_stack(struct picket_platform *platform, const struct picket_context *context,
		      u64 *pc, u32 max)
{
	struct pt_regs *probed = picket_probes_interrupted();
	unsigned long *frames = (unsigned long *)pc;
	u32 internal = 0;
	u32 count;

	BUILD_BUG_ON(sizeof(*frames) != sizeof(*pc));
	if (context)
		return picket_imports.stack_trace_save_regs(context->regs, frames, max, 0);
	if (probed)
		count = picket_imports.stack_trace_save_regs(probed, frames, max, 0);
	else
		count = stack_trace_save(frames, max, 0);
	while (internal < count && is_internal(frames[internal]))
		internal++;
	memmove(pc, pc + internal, (count - internal) * sizeof(*pc));
	return count - internal;
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
	module = picket_imports.module_address(address);
	if (module)
		id = hash(address - picket_module_base(module), hash_name(module->name));
	else
		id = hash(address - (unsigned long)picket_imports.text_start, 0);
	preempt_enable();
	return id;
}
