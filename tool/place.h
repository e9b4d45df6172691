/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Files that belong to this command, wherever it was installed to or built. */
#ifndef PICKET_TOOL_PLACE_H
#define PICKET_TOOL_PLACE_H

#include <limits.h>

/** picket_place_own() - the path of this command. Return: 0 or a negative errno. */
int picket_place_own(char path[PATH_MAX]);

/** picket_place_directory() - the directory of this command. Return: 0 or a negative errno. */
int picket_place_directory(char path[PATH_MAX]);

/**
 * picket_place_find() - the first that is there.
 * @places: relative to the directory of this command, or absolute; ended by NULL.
 * @path:   receives it, without symbolic links; if none is there, the last one.
 * Return: 0, or -2 (ENOENT).
 */
int picket_place_find(const char *const places[], char path[PATH_MAX]);

#endif
