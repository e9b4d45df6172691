/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the module, or the kernel about it, says in the kernel log while something is tried. */
#ifndef PICKET_TOOL_KERNEL_LOG_H
#define PICKET_TOOL_KERNEL_LOG_H

#include <stddef.h>

/** picket_log_mark() - listen from now on. Return: what picket_log_said() wants; -1 is as good. */
int picket_log_mark(void);

/**
 * picket_log_said() - the last line "picket: ..." since the mark that tells something; the mark is
 * used up.
 * @text: receives it without "picket: "; "" if there is none, or the log may not be read.
 */
void picket_log_said(int mark, char *text, size_t bytes);

#endif
