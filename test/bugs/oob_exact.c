/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: OUT_OF_BOUNDS READ fault side=right:align=1 */
#include "bug.h"

int main(void)
{
	char *object = malloc(29);

	peek(object, 29);
	free(object);
	return done();
}
