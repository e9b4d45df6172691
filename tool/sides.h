/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which side comes first in this run of a program, so that two runs guard both ends of every
 * object. One bit a program is kept in $XDG_STATE_HOME/picket/sides, or in ~/.local/state.
 */
#ifndef PICKET_TOOL_SIDES_H
#define PICKET_TOOL_SIDES_H

#include <picket/record.h>

/**
 * picket_sides_next() - the side of this run; the next run of the program gets the other.
 * @program: path of the file.
 *
 * Creates the file when it is missing.
 * Return: left or right; AUTO if no state can be kept (then it is left to chance).
 */
enum picket_side picket_sides_next(const char *program);

#endif
