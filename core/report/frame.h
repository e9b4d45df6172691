/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Stacks as frames, whatever the symbols and the record hold. Private to core/report/. */
#ifndef PICKET_REPORT_FRAME_H
#define PICKET_REPORT_FRAME_H

#include "report.h"

/** picket_stack_depth() - how many program counters are to be shown; never more than there are. */
u32 picket_stack_depth(const struct picket_stack *stack);

/**
 * picket_stack_frames() - the frames of one program counter.
 * @symbols: may be NULL: then nothing but the pc is known.
 * @index:   less than picket_stack_depth().
 * @out:     PICKET_INLINE_MAX frames. Only the last one is not inlined.
 *
 * Return: how many were stored, at least 1.
 */
u32 picket_stack_frames(const struct picket_stack *stack, u32 index,
			const struct picket_symbols *symbols, struct picket_frame *out);

#endif
