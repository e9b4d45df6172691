/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: INVALID_FREE UNKNOWN free */
#include "bug.h"

int main(void)
{
	char *object = malloc(40);

	free((char *)forget(object) + 16);
	free(object);
	return done();
}
