/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a module for the running kernel is built with. */
#ifndef PICKET_TOOL_KERNEL_HEADERS_H
#define PICKET_TOOL_KERNEL_HEADERS_H

#include <limits.h>

#include "ko.h"

/**
 * picket_headers_find() - the kernel's headers, make, and the kernel's compiler.
 * @path: receives the directory for `make -C`.
 * Return: 0, or -1: which package is missing was said on standard error.
 */
int picket_headers_find(const struct picket_ko *ko, char path[PATH_MAX]);

#endif
