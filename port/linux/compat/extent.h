/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* How much code a module has. */
#ifndef PICKET_COMPAT_EXTENT_H
#define PICKET_COMPAT_EXTENT_H

#include "module.h"

static inline unsigned long picket_module_text_bytes(const struct module *module)
{
#ifdef PICKET_HAVE_MODULE_MEM
	return module->mem[MOD_TEXT].size;
#else
	return module->core_layout.text_size;
#endif
}

#endif
