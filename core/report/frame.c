/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "frame.h"

u32 picket_stack_depth(const struct picket_stack *stack)
{
	return stack->count < PICKET_STACK_FRAMES ? stack->count : PICKET_STACK_FRAMES;
}

u32 picket_pc_frames(u64 pc, bool exact, const struct picket_symbols *symbols,
		     struct picket_frame *out)
{
	u32 count = 0;
	u32 each;

	if (symbols)
		count = symbols->frames(symbols->context, pc, exact, out);
	if (count == 0) {
		memset(out, 0, sizeof(*out));
		count = 1;
	}
	if (count > PICKET_INLINE_MAX)
		count = PICKET_INLINE_MAX;
	for (each = 0; each < count; each++) {
		out[each].pc = pc;
		out[each].inlined = each + 1 < count;
	}
	return count;
}

u32 picket_stack_frames(const struct picket_stack *stack, u32 index,
			const struct picket_symbols *symbols, struct picket_frame *out)
{
	bool exact = index == 0 && (stack->flags & PICKET_STACK_EXACT_PC);

	return picket_pc_frames(stack->pc[index], exact, symbols, out);
}
