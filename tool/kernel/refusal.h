/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Why a kernel does not take a module. */
#ifndef PICKET_TOOL_KERNEL_REFUSAL_H
#define PICKET_TOOL_KERNEL_REFUSAL_H

#define PICKET_REFUSAL_BYTES 512

/**
 * picket_refusal_reason() - and what can be done about it.
 * @error: of finit_module(2), positive.
 * @said:  what the kernel log said meanwhile, or "".
 * Return: @why, one line.
 */
const char *picket_refusal_reason(int error, const char *said, char why[PICKET_REFUSAL_BYTES]);

#endif
