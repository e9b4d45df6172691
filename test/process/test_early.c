/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Under Picket and early.c: objects made before Picket knew its next allocator. */
#include "test/tap.h"

#include <dlfcn.h>

int main(void)
{
	int (*good)(void) = (int (*)(void))dlsym(RTLD_DEFAULT, "early_good");

	tap_ok(good && good(), "objects made inside dlsym and before the start can be used");
	return tap_done();
}
