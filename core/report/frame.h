/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Stacks as frames, whatever the symbols and the record hold. Private to core/report/. */
#ifndef PICKET_REPORT_FRAME_H
#define PICKET_REPORT_FRAME_H

#include "report.h"

/** picket_stack_depth() - how many program counters are to be shown; never more than there are. */
u32 picket_stack_depth(const struct picket_stack *stack);

/**
 * picket_pc_frames() - the frames of one program counter.
 * @exact:   it is the instruction itself, no return address.
 * @symbols: may be NULL: then nothing but the pc is known.
 * @out:     PICKET_INLINE_MAX frames. Only the last one is not inlined.
 *
 * Return: how many were stored, at least 1.
 */
u32 picket_pc_frames(u64 pc, bool exact, const struct picket_symbols *symbols,
		     struct picket_frame *out);

/**
 * picket_stack_frames() - the same for one of a stack.
 * @index: less than picket_stack_depth().
 */
u32 picket_stack_frames(const struct picket_stack *stack, u32 index,
			const struct picket_symbols *symbols, struct picket_frame *out);

#endif
