/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Descriptors of the supervisor. It keeps its own away from those it inherits, for two reasons:
 * a standard stream that is closed must not become a log file by accident, and the pipes and
 * terminals of the program must not be held open by us after the program has closed them.
 */
#ifndef PICKET_TOOL_DESCRIPTOR_H
#define PICKET_TOOL_DESCRIPTOR_H

/** picket_descriptor_high() - move @fd out of the way of 0, 1 and 2, close-on-exec.
 * @fd: or -1 with errno set, which is passed on.
 * Return: the descriptor or a negative errno; @fd is closed.
 */
int picket_descriptor_high(int fd);

/**
 * picket_descriptor_close_others() - close all but standard error and @keep.
 * @keep: @count descriptors; negative ones are skipped.
 *
 * Standard input and output, and standard error if it was closed, become /dev/null.
 */
void picket_descriptor_close_others(const int *keep, int count);

#endif
