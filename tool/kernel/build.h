/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * picket.ko built for the running kernel, by its headers and compiler, in a directory that only
 * root can write to, and kept there for the next time.
 */
#ifndef PICKET_TOOL_KERNEL_BUILD_H
#define PICKET_TOOL_KERNEL_BUILD_H

#include <limits.h>

/**
 * picket_ko_build() - build it, or find it built already.
 * @path: receives where it is.
 * Return: 0, or -1: said on standard error.
 */
int picket_ko_build(char path[PATH_MAX]);

#endif
