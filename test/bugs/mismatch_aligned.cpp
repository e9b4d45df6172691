/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: MISMATCH UNKNOWN free */
#include "bug.h"

#include <new>

int main(void)
{
	::operator delete(forget(::operator new(64, std::align_val_t(64))));
	return done();
}
