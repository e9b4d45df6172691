/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The program to be run: where it is, and whether Picket can be in it. */
#ifndef PICKET_TOOL_PROGRAM_H
#define PICKET_TOOL_PROGRAM_H

#include <limits.h>
#include <stdbool.h>

/**
 * picket_program_find() - search as execvp() does.
 * @path: receives the file, of PATH_MAX bytes.
 * Return: 0, -ENOENT, or -EACCES if files of that name are there but none can be executed.
 */
int picket_program_find(const char *name, char path[PATH_MAX]);

/**
 * picket_program_unreachable() - can neither LD_PRELOAD nor PICKET_OPTIONS work for this program?
 * @linked: receives whether Picket was linked into it, a static one, which needs no library then.
 *
 * Looks at the file, and at the interpreter of a script. A file that cannot be read, or is of no
 * known kind, is taken to be reachable: the kernel will tell.
 * Return: NULL: it is reachable; else the reason, in static memory, to be put behind its name.
 */
const char *picket_program_unreachable(const char *path, bool *linked);

#endif
