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

/** picket_context_sp() - the interrupted code's stack pointer. */
picket_uptr picket_context_sp(const struct picket_context *context);

/**
 * picket_fault_is_direct() - did the kernel call the handler, rather than another handler?
 * @frame: __builtin_dwarf_cfa() in the handler.
 */
bool picket_fault_is_direct(const void *frame, const siginfo_t *info, const ucontext_t *user);

/** picket_fault_switch_stack() - call a function with its stack below @top, aligned to 16. */
void picket_fault_switch_stack(picket_uptr top, void (*function)(void *argument), void *argument);

/** picket_fault_address() - that was accessed. */
picket_uptr picket_fault_address(const siginfo_t *info);

/** picket_fault_is_ours() - did the kernel raise a SIGSEGV for an address in the pool? */
bool picket_fault_is_ours(const struct picket_guard *guard, const siginfo_t *info);

/** picket_fault_handle() - give a SIGSEGV to the detector if it is ours. Async-signal-safe. */
enum picket_verdict picket_fault_handle(struct picket_guard *guard, const siginfo_t *info,
					ucontext_t *user);

#endif
