/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: USE_AFTER_FREE READ fault */
#include "bug.h"

int main(void)
{
	char *object = malloc(40);

	free(object);
	peek(object, 8);
	return done();
}
