/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Names of kernel code, as reports show them. */
#ifndef PICKET_LINUX_SYMBOLS_H
#define PICKET_LINUX_SYMBOLS_H

#include "../../../core/report/report.h"

#include <linux/kallsyms.h>

/* Of one who asks; a name lives in it until the next question. */
struct picket_symbol_names {
	char name[KSYM_NAME_LEN];
};

/**
 * picket_symbols_frames() - the function a pc lies in, as struct picket_symbols has it.
 * @names: struct picket_symbol_names of the caller.
 *
 * Any context, while modules cannot go away (interrupts or preemption off).
 */
u32 picket_symbols_frames(void *names, u64 pc, bool exact, struct picket_frame *out);

#endif
