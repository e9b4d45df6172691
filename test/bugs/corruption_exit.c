/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: CORRUPTION WRITE exit side=left */
#include "bug.h"

int main(void)
{
	char *object = malloc(29);

	/* The allocation of a buffer could come upon the bug before the end does. */
	setvbuf(stdout, NULL, _IONBF, 0);
	poke(object, 31);
	return done();
}
