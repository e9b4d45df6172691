/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A module of Picket's built for the running kernel, by its headers and compiler, in a directory
 * that only its owner can write to, and kept there for the next time: root's, from which modules
 * are loaded, or that of the user, who may build drivers.
 */
#ifndef PICKET_TOOL_KERNEL_BUILD_H
#define PICKET_TOOL_KERNEL_BUILD_H

#include <limits.h>

#include "ko.h"

/**
 * picket_ko_build() - build it, or find it built already.
 * @path: receives where it is.
 * Return: 0, or -1: said on standard error.
 */
int picket_ko_build(const struct picket_ko *ko, char path[PATH_MAX]);

/** picket_ko_sources() - where the sources are. Return: 0, or -1: said on standard error. */
int picket_ko_sources(const struct picket_ko *ko, char path[PATH_MAX]);

/**
 * picket_kbuild_check() - can Kbuild work with a path? Not where white space, say, is in it.
 * Return: 0, or -1: said on standard error.
 */
int picket_kbuild_check(const struct picket_ko *ko, const char *path);

#endif
