/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Functions with arrays on the stack write to its shadow as they begin, and to the page of zeros
 * that faults. The tracepoint comes before the kernel looks at the fault: with a page in place it
 * finds the fault spurious, and the write is made again.
 *
 * Without a page the writer cannot go on. So it gets one that others write to as well, and since
 * what is read there has no meaning nothing is reported any more, anywhere.
 */
#include "module.h"
#include "shadow.h"

#include <asm/trap_pf.h>

static u64 faults;

u64 picket_faults(void)
{
	return picket_load(&faults);
}

void picket_fault_probe(void *unused, unsigned long address, struct pt_regs *regs,
			unsigned long error_code)
{
	if (!picket_room_has(address) || !(error_code & X86_PF_WRITE))
		return;
	picket_add(&faults, 1ull);
	if (!picket_room_fill(address))
		picket_shadow_disable("there was no memory for the shadow of a stack");
}
