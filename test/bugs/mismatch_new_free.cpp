/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: MISMATCH UNKNOWN free */
#include "bug.h"

int main(void)
{
	free(forget(new int(1)));
	return done();
}
