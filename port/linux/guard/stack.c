/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "module.h"
#include "code.h"
#include "imports.h"
#include "probes.h"

#include <linux/module.h>
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
