/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* How the command says that something is wrong: one line on standard error. */
#ifndef PICKET_TOOL_COMPLAIN_H
#define PICKET_TOOL_COMPLAIN_H

enum picket_exit {
	PICKET_EXIT_OK = 0,
	PICKET_EXIT_FAILURE = 1,
	PICKET_EXIT_USAGE = 2,
	PICKET_EXIT_NOT_EXECUTABLE = 126,
	PICKET_EXIT_NOT_FOUND = 127,
};

/**
 * picket_complain() - write "picket: ...\n" to standard error with one write.
 *
 * Control characters in what is printed are shown as '?': values come from records and
 * command lines, and must neither break the line nor steer a terminal.
 */
void picket_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
