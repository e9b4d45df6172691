/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: USE_AFTER_FREE READ fault */
#include "bug.h"

int main(void)
{
	char *object = malloc(40);
	char *moved = realloc(forget(object), 400);

	peek(object, 0);
	free(moved);
	return done();
}
