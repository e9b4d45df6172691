/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "symbol.h"

#include <dlfcn.h>

void *picket_symbol_next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}
