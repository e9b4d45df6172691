/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Where libpicket.so is: beside this command in the build tree, or where both were installed. */
#ifndef PICKET_TOOL_LIBRARY_H
#define PICKET_TOOL_LIBRARY_H

#include <limits.h>

/**
 * picket_library_find() - path of libpicket.so for LD_PRELOAD.
 *
 * The installed pair may have been moved together.
 * Return: 0; -ENOENT: nowhere, what was tried is in @path; -EINVAL: it is at @path, which
 * LD_PRELOAD cannot express (it separates by colons and spaces).
 */
int picket_library_find(char path[PATH_MAX]);

#endif
