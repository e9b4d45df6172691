/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Direct calls: how one function is told to call a trampoline first. */
#ifndef PICKET_COMPAT_FTRACE_H
#define PICKET_COMPAT_FTRACE_H

#include <linux/ftrace.h>

struct picket_direct {
	unsigned long function;
	unsigned long trampoline; /* 0: not registered */
#ifdef PICKET_HAVE_DIRECT_OPS
	struct ftrace_ops ops;
#endif
};

#ifdef PICKET_HAVE_DIRECT_OPS
static inline int picket_direct_register(struct picket_direct *direct)
{
	int error = ftrace_set_filter_ip(&direct->ops, direct->function, 0, 0);

	return error ?: register_ftrace_direct(&direct->ops, direct->trampoline);
}

static inline int picket_direct_unregister(struct picket_direct *direct)
{
	return unregister_ftrace_direct(&direct->ops, direct->trampoline, true);
}
#else
static inline int picket_direct_register(struct picket_direct *direct)
{
	return register_ftrace_direct(direct->function, direct->trampoline);
}

static inline int picket_direct_unregister(struct picket_direct *direct)
{
	return unregister_ftrace_direct(direct->function, direct->trampoline);
}
#endif

#endif
