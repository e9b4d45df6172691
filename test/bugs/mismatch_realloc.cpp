/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: MISMATCH UNKNOWN realloc */
#include "bug.h"

int main(void)
{
	free(realloc(forget(::operator new(40)), 80));
	return done();
}
