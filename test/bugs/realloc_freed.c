/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: DOUBLE_FREE UNKNOWN realloc */
#include "bug.h"

int main(void)
{
	char *object = malloc(40);

	free(object);
	object = realloc(forget(object), 100);
	poke(object, 99);
	free(object);
	return done();
}
