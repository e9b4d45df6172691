/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: USE_AFTER_FREE WRITE fault */
#include "bug.h"

int main(void)
{
	char *object = malloc(40);

	free(object);
	poke(object, 39);
	return done();
}
