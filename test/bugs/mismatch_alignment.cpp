/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* expect: MISMATCH UNKNOWN free */
#include "bug.h"

#include <new>

int main(void)
{
	void *object = ::operator new(64, std::align_val_t(64));

	::operator delete(forget(object), std::align_val_t(32));
	return done();
}
