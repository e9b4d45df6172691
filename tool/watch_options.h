/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The options of a watched process as the text of PICKET_OPTIONS. */
#ifndef PICKET_TOOL_WATCH_OPTIONS_H
#define PICKET_TOOL_WATCH_OPTIONS_H

#include "port/process/options.h"

/**
 * picket_watch_options_text() - what picket_options_parse() reads back as the same options.
 *
 * Only what differs from the defaults. Names of files are made absolute: the program may change
 * its directory.
 * Return: the text, to be freed; NULL: out of memory.
 */
char *picket_watch_options_text(const struct picket_options *options);

#endif
