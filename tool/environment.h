/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The program's environment: the same, but for LD_PRELOAD and PICKET_OPTIONS. */
#ifndef PICKET_TOOL_ENVIRONMENT_H
#define PICKET_TOOL_ENVIRONMENT_H

/**
 * picket_environment_make() - a copy of @environment with the library put before what was
 * preloaded already, and PICKET_OPTIONS set.
 * @library: NULL: none.
 * Return: the copy, never freed (the program is about to be run); NULL: out of memory.
 */
char **picket_environment_make(char **environment, const char *library, const char *options);

#endif
