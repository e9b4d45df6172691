/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Where a module's code starts. */
#ifndef PICKET_COMPAT_MODULE_H
#define PICKET_COMPAT_MODULE_H

#include <linux/module.h>

static inline unsigned long picket_module_base(const struct module *module)
{
#ifdef PICKET_HAVE_MODULE_MEM
	return (unsigned long)module->mem[MOD_TEXT].base;
#else
	return (unsigned long)module->core_layout.base;
#endif
}

#endif
