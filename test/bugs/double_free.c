/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: DOUBLE_FREE UNKNOWN free */
#include "bug.h"

int main(void)
{
	char *object = malloc(40);

	free(object);
	free(forget(object));
	return done();
}
