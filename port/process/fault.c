/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "fault.h"

#if defined(__x86_64__)

#define ERROR_WRITE 2u

/* With a frame pointer, so that stacks can be walked from one stack to the other. */
__asm__(".text\n"
	".globl picket_fault_switch_stack\n"
	".hidden picket_fault_switch_stack\n"
	".type picket_fault_switch_stack, @function\n"
	"picket_fault_switch_stack:\n"
	"	.cfi_startproc\n"
	"	push	%rbp\n"
	"	.cfi_def_cfa_offset 16\n"
	"	.cfi_offset %rbp, -16\n"
	"	mov	%rsp, %rbp\n"
	"	.cfi_def_cfa_register %rbp\n"
	"	mov	%rdi, %rsp\n"
	"	mov	%rdx, %rdi\n"
	"	call	*%rsi\n"
	"	leave\n"
	"	.cfi_def_cfa %rsp, 8\n"
	"	ret\n"
	"	.cfi_endproc\n"
	".size picket_fault_switch_stack, . - picket_fault_switch_stack\n");

picket_uptr picket_context_pc(const struct picket_context *context)
{
	return (picket_uptr)context->user->uc_mcontext.gregs[REG_RIP];
}

picket_uptr picket_context_sp(const struct picket_context *context)
{
	return (picket_uptr)context->user->uc_mcontext.gregs[REG_RSP];
}

/* The kernel's frame is a return address, and then the context. */
bool picket_fault_is_direct(const void *frame, const siginfo_t *info, const ucontext_t *user)
{
	(void)info;
	return frame == (const void *)user;
}

picket_uptr picket_fault_address(const siginfo_t *info)
{
	return (picket_uptr)info->si_addr;
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
#define TAG_SHIFT 56 /* the hardware ignores what is above, and a handler may ask for it */

__asm__(".text\n"
	".globl picket_fault_switch_stack\n"
	".hidden picket_fault_switch_stack\n"
	".type picket_fault_switch_stack, %function\n"
	"picket_fault_switch_stack:\n"
	"	.cfi_startproc\n"
	"	stp	x29, x30, [sp, #-16]!\n"
	"	.cfi_def_cfa_offset 16\n"
	"	.cfi_offset x29, -16\n"
	"	.cfi_offset x30, -8\n"
	"	mov	x29, sp\n"
	"	.cfi_def_cfa_register x29\n"
	"	mov	sp, x0\n"
	"	mov	x0, x2\n"
	"	blr	x1\n"
	"	mov	sp, x29\n"
	"	.cfi_def_cfa_register sp\n"
	"	ldp	x29, x30, [sp], #16\n"
	"	.cfi_restore x30\n"
	"	.cfi_restore x29\n"
	"	.cfi_def_cfa_offset 0\n"
	"	ret\n"
	"	.cfi_endproc\n"
	".size picket_fault_switch_stack, . - picket_fault_switch_stack\n");

picket_uptr picket_context_pc(const struct picket_context *context)
{
	return (picket_uptr)context->user->uc_mcontext.pc;
}

picket_uptr picket_context_sp(const struct picket_context *context)
{
	return (picket_uptr)context->user->uc_mcontext.sp;
}

/* The kernel's frame begins with the information, and then the context. */
bool picket_fault_is_direct(const void *frame, const siginfo_t *info, const ucontext_t *user)
{
	(void)user;
	return frame == (const void *)info;
}

picket_uptr picket_fault_address(const siginfo_t *info)
{
	return (picket_uptr)info->si_addr & (((picket_uptr)1 << TAG_SHIFT) - 1);
}

/*
 * Loads and stores by their encoding; the first that fits counts. What reads and then writes faults
 * at reading, as the syndrome register says too.
 */
static const struct {
	picket_u32 mask;
	picket_u32 value;
	enum picket_access access;
} instructions[] = {
	{ 0xffffffe0, 0xd50b7420, PICKET_ACCESS_WRITE }, /* dc zva */
	{ 0x3b000000, 0x18000000, PICKET_ACCESS_READ },	 /* literal */
	{ 0x3f200c00, 0x38200000, PICKET_ACCESS_READ },	 /* ldadd, swp ... */
	{ 0x3fa07c00, 0x08a07c00, PICKET_ACCESS_READ },	 /* cas */
	{ 0xbfa07c00, 0x08207c00, PICKET_ACCESS_READ },	 /* casp */
	{ 0x3ac00000, 0x38000000, PICKET_ACCESS_WRITE }, /* str */
	{ 0x3ec00000, 0x3c800000, PICKET_ACCESS_WRITE }, /* str of a vector */
	{ 0x3a000000, 0x38000000, PICKET_ACCESS_READ },	 /* ldr */
	{ 0x0a400000, 0x08000000, PICKET_ACCESS_WRITE }, /* stp, stxr, st1 ... */
	{ 0x0a000000, 0x08000000, PICKET_ACCESS_READ },	 /* ldp, ldxr, ld1 ... */
};

/* For emulators, which do not tell. */
static enum picket_access access_by_instruction(const ucontext_t *user)
{
	const picket_u32 *pc = (const picket_u32 *)user->uc_mcontext.pc;

	/* A jump there. */
	if (user->uc_mcontext.pc == user->uc_mcontext.fault_address)
		return PICKET_ACCESS_UNKNOWN;
	for (size_t i = 0; i < sizeof(instructions) / sizeof(instructions[0]); i++) {
		if ((*pc & instructions[i].mask) == instructions[i].value)
			return instructions[i].access;
	}
	return PICKET_ACCESS_UNKNOWN;
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
	return access_by_instruction(user);
}

#else
#error "This machine's signal frame is not known: supply picket_context_pc() and access_of()."
#endif

/* A code of zero and below: sent by a process, and si_addr means nothing. */
bool picket_fault_is_ours(const struct picket_guard *guard, const siginfo_t *info)
{
	return guard && info->si_code > 0 && picket_guard_owns(guard, picket_fault_address(info));
}

enum picket_verdict picket_fault_handle(struct picket_guard *guard, const siginfo_t *info,
					ucontext_t *user)
{
	struct picket_context context = { .user = user };
	struct picket_fault fault = {
		.address = picket_fault_address(info),
		.context = &context,
	};

	if (!picket_fault_is_ours(guard, info))
		return PICKET_FAULT_NOT_OURS;
	fault.access = access_of(user);
	return picket_guard_fault(guard, &fault);
}
