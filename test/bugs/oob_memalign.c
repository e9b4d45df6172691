/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: OUT_OF_BOUNDS WRITE fault side=right */
#include "bug.h"

int main(void)
{
	char *object = aligned_alloc(64, 128);

	poke(object, 128);
	free(object);
	return done();
}
