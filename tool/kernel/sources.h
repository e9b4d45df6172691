/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The sources of a module, laid out as in the repository, and trees of files in general. */
#ifndef PICKET_TOOL_KERNEL_SOURCES_H
#define PICKET_TOOL_KERNEL_SOURCES_H

#include <limits.h>

#include "core/types.h"

/** picket_sources_find() - beside this command, or where it was installed to.
 * Return: 0, or -2 (ENOENT), and @path is where they would be.
 */
int picket_sources_find(char path[PATH_MAX]);

/**
 * picket_sources_digest() - a number of the sources.
 * @directory: where the module's Kbuild is, below @sources.
 * Return: 0 or a negative errno.
 */
int picket_sources_digest(const char *sources, const char *directory, u64 *digest);

/** picket_digest_add() - a number for what was digested so far and a text. */
u64 picket_digest_add(u64 digest, const char *text);

/** picket_sources_copy() - to a directory that is there. Return: 0 or a negative errno. */
int picket_sources_copy(const char *sources, const char *directory, const char *to);

/** picket_tree_remove() - a directory and all in it; it need not be there. */
void picket_tree_remove(const char *directory);

#endif
