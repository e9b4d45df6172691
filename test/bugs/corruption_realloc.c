/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: CORRUPTION WRITE realloc side=left */
#include "bug.h"

int main(void)
{
	char *object = malloc(29);

	poke(object, 30);
	object = realloc(object, 100);
	free(object);
	return done();
}
