/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "fault.h"

#if defined(__x86_64__)

#define ERROR_WRITE 2u

picket_uptr picket_context_pc(const struct picket_context *context)
{
	return (picket_uptr)context->user->uc_mcontext.gregs[REG_RIP];
}

static enum picket_access access_of(const ucontext_t *user)
{
	return (unsigned long long)user->uc_mcontext.gregs[REG_ERR] & ERROR_WRITE ?
		       PICKET_ACCESS_WRITE :
		       PICKET_ACCESS_READ;
}

#elif defined(__aarch64__)

#include <asm/sigcontext.h>

#define ESR_WRITE 0x40u
#define ESR_CLASS(esr) ((esr) >> 26)
#define ESR_CLASS_DATA_ABORT 0x24u

picket_uptr picket_context_pc(const struct picket_context *context)
{
	return (picket_uptr)context->user->uc_mcontext.pc;
}

/* The kernel appends the syndrome register to the frame, as one of a list of blocks. */
static enum picket_access access_of(const ucontext_t *user)
{
	const unsigned char *block = user->uc_mcontext.__reserved;
	const unsigned char *end = block + sizeof(user->uc_mcontext.__reserved);

	while (end - block >= (long)sizeof(struct esr_context)) {
		const struct esr_context *esr = (const void *)block;

		if (!esr->head.magic || esr->head.size < sizeof(esr->head))
			break;
		if (esr->head.magic == ESR_MAGIC && ESR_CLASS(esr->esr) == ESR_CLASS_DATA_ABORT)
			return esr->esr & ESR_WRITE ? PICKET_ACCESS_WRITE : PICKET_ACCESS_READ;
		block += esr->head.size;
	}
	return PICKET_ACCESS_UNKNOWN;
}

#else
#error "This machine's signal frame is not known: supply picket_context_pc() and access_of()."
#endif

enum picket_verdict picket_fault_handle(struct picket_guard *guard, const siginfo_t *info,
					ucontext_t *user)
{
	struct picket_context context = { .user = user };
	struct picket_fault fault = {
		.address = (picket_uptr)info->si_addr,
		.access = access_of(user),
		.context = &context,
	};

	/* Zero and below: sent by a process, and si_addr means nothing. */
	if (!guard || info->si_code <= 0 || !picket_guard_owns(guard, fault.address))
		return PICKET_FAULT_NOT_OURS;
	return picket_guard_fault(guard, &fault);
}
