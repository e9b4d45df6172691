/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a signal says about a fault: the one file with machine registers in it is fault.c. */
#ifndef PICKET_FAULT_H
#define PICKET_FAULT_H

#include "../../core/guard/guard.h"

#include <signal.h>
#include <ucontext.h>

struct picket_context {
	ucontext_t *user; /* of the signal frame */
};

/** picket_context_pc() - the interrupted instruction. */
picket_uptr picket_context_pc(const struct picket_context *context);

/**
 * picket_fault_handle() - give a SIGSEGV to the detector, if the kernel raised it for an address
 * in the pool. Async-signal-safe.
 */
enum picket_verdict picket_fault_handle(struct picket_guard *guard, const siginfo_t *info,
					ucontext_t *user);

#endif
