/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Results go to the standard output, where there is one. */
#ifndef PICKET_TEST_SAY_H
#define PICKET_TEST_SAY_H

#include <stdio.h>

static inline void say(const char *line)
{
	puts(line);
	fflush(stdout);
}

#endif
