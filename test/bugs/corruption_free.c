/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: CORRUPTION WRITE free side=left */
#include "bug.h"

int main(void)
{
	char *object = malloc(29);

	poke(object, 29);
	free(object);
	return done();
}
