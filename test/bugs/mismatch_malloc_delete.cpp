/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: MISMATCH UNKNOWN free */
#include "bug.h"

int main(void)
{
	::operator delete(forget(malloc(40)));
	return done();
}
