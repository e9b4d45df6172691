/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Page faults of the kernel on hidden pages. */
#include "handlers.h"
#include "code.h"
#include "imports.h"
#include "report.h"

#include <asm/ptrace.h>
#include <asm/trap_pf.h>

/*
 * Code with a fixup expects that its access may fault, and goes on without it; as KFENCE, we say
 * nothing then. A copy to or from user space expects that of the user's end only.
 */
static bool has_fixup(unsigned long pc)
{
	return picket_imports.search_exception_tables(pc) &&
	       !picket_code_is(PICKET_CODE_USERCOPY, pc);
}

static bool resolve(const struct picket_fault *fault, struct pt_regs *regs)
{
	enum picket_verdict verdict;
	struct picket_core_call call;

	picket_call_begin(&call, regs);
	verdict = picket_guard_fault(picket_linux.guard, fault);
	picket_call_end(&call);
	return verdict != PICKET_FAULT_NOT_OURS;
}

/* (registers, error code, address) */
struct picket_result picket_on_fault(struct picket_args *args)
{
	struct pt_regs *regs = (struct pt_regs *)args->di;
	struct picket_context context = { regs };
	const struct picket_fault fault = {
		.address = args->dx,
		.access = args->si & X86_PF_WRITE ? PICKET_ACCESS_WRITE : PICKET_ACCESS_READ,
		.context = &context,
	};

	if (user_mode(regs) || (args->si & X86_PF_PROT))
		return (struct picket_result){ 0, 0 };
	if (picket_code_is(PICKET_CODE_FREE, regs->ip)) {
		picket_guard_let(picket_linux.guard, fault.address);
		return (struct picket_result){ 0, 1 };
	}
	if (has_fixup(regs->ip))
		return (struct picket_result){ 0, 0 };
	return (struct picket_result){ 0, resolve(&fault, regs) };
}
