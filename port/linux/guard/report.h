/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the log says of a bug, and what follows from it. */
#ifndef PICKET_LINUX_REPORT_H
#define PICKET_LINUX_REPORT_H

#include <linux/types.h>

struct pt_regs;

/*
 * A call of the core that may find bugs, on the caller's stack. Reports belong to the innermost of
 * their CPU.
 */
struct picket_core_call {
	struct picket_core_call *outer;
	struct pt_regs *regs; /* of the code that faulted; NULL: none did */
	bool reported;
};

/**
 * picket_call_begin() - until picket_call_end(), reports of this CPU belong to this call.
 *
 * Any context. Preemption is off in between.
 */
void picket_call_begin(struct picket_core_call *call, struct pt_regs *regs);

/**
 * picket_call_end() - the core has returned.
 *
 * Does not return if something was reported, and the administrator wants the task to die then: only
 * now nothing of the core is left half done.
 */
void picket_call_end(struct picket_core_call *call);

#endif
