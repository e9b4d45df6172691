/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: MISMATCH UNKNOWN free */
#include "bug.h"

/* C23: Picket brings it where the C library has none. */
void free_sized(void *address, size_t size) __attribute__((weak));

int main(void)
{
	char *object = malloc(40);

	free_sized(object, 41);
	return done();
}
