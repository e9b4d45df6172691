/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Other programs, run to their end. */
#ifndef PICKET_TOOL_PROCESS_H
#define PICKET_TOOL_PROCESS_H

struct picket_streams {
	int input; /* -1: /dev/null */
	int output;
	int errors;
};

/**
 * picket_process_run() - run a program, without a shell, and wait.
 * @arguments:   its name, which is searched in PATH, and its arguments; ended by NULL.
 * @environment: NULL: that of this process.
 * Return: its exit status; 128 and the number of the signal that ended it; or a negative errno: it
 * could not be started.
 */
int picket_process_run(char *const arguments[], char *const environment[],
		       const struct picket_streams *streams);

#endif
