/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: OUT_OF_BOUNDS WRITE fault side=right */
#include "bug.h"

int main(void)
{
	char *object = calloc(4, 8);

	poke(object, 32);
	free(object);
	return done();
}
