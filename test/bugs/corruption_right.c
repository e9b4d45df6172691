/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: CORRUPTION WRITE free side=right */
#include "bug.h"

int main(void)
{
	char *object = malloc(29);

	poke(object, -3);
	free(object);
	return done();
}
