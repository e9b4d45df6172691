/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* One line of a kernel log, however it was kept: what was said, when, and in which task. */
#ifndef PICKET_TOOL_KERNEL_LINE_H
#define PICKET_TOOL_KERNEL_LINE_H

#include "tool/scan.h"

struct picket_kernel_line {
	struct picket_scan text;
	struct picket_scan rest; /* further lines of the same message */
	u64 time_ns;		 /* since boot; 0: not known */
	char caller[16];	 /* "T138": a task, "C1": a CPU; "": not known */
};

/**
 * picket_kernel_line_read() - tell the message from what stands before it.
 *
 * That may be what dmesg, a journal, syslog, or a serial console puts there, with level, times and
 * caller or without, or the head of a record of /dev/kmsg. Blanks at the end are left out, those at
 * the front are not. @line needs no end mark, and must outlive @out.
 */
void picket_kernel_line_read(const char *line, size_t length, struct picket_kernel_line *out);

/** picket_kernel_line_next() - go on to the message's next line. Return: false: it has no more. */
bool picket_kernel_line_next(struct picket_kernel_line *line);

#endif
