/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: USE_AFTER_FREE READ fault */
#include "bug.h"

int main(void)
{
	int *object = new int[10];

	delete[] object;
	peek(object, 4);
	return done();
}
