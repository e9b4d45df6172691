/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Modules as files: found among those of the running kernel, and loaded. */
#ifndef PICKET_TOOL_KERNEL_MODULE_H
#define PICKET_TOOL_KERNEL_MODULE_H

#include <limits.h>

#include "ko.h"

/**
 * picket_ko_find_installed() - among the modules of the running kernel.
 * @path: as the user may read it, for picket_ko_load().
 * Return: 0, or -2 (ENOENT).
 */
int picket_ko_find_installed(const struct picket_ko *ko, char path[PATH_MAX]);

/**
 * picket_ko_load() - load it, .ko or .ko.xz.
 * @parameters: as picket_parameters_text() makes them.
 * Return: 0, or a negative errno: said on standard error.
 */
int picket_ko_load(const struct picket_ko *ko, const char *path, const char *parameters);

#endif
