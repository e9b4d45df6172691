/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the module, or the kernel about it, says in the kernel log while something is tried. */
#ifndef PICKET_TOOL_KERNEL_LOG_H
#define PICKET_TOOL_KERNEL_LOG_H

#include <stddef.h>

/** picket_log_mark() - listen from now on. Return: what picket_log_said() wants; -1 is as good. */
int picket_log_mark(void);

/**
 * picket_log_said() - the last line of a module since the mark that tells something; the mark is
 * used up.
 * @module: the line begins with its name, or with "picket_kasan", which looks at every module.
 * @text:   receives it without the name; "" if there is none, or the log may not be read.
 */
void picket_log_said(int mark, const char *module, char *text, size_t bytes);

#endif
