/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: OUT_OF_BOUNDS WRITE fault side=left */
#include "bug.h"

int main(void)
{
	char *object = malloc(32);

	poke(object, -1);
	free(object);
	return done();
}
