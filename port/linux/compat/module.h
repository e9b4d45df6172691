/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Where a module's code starts, and where all of it lies. */
#ifndef PICKET_COMPAT_MODULE_H
#define PICKET_COMPAT_MODULE_H

#include <linux/module.h>

typedef void (*picket_range_visitor)(void *context, unsigned long start, unsigned long bytes);

#ifdef PICKET_HAVE_MODULE_MEM
static inline unsigned long picket_module_base(const struct module *module)
{
	return (unsigned long)module->mem[MOD_TEXT].base;
}

static inline void picket_module_memory(const struct module *module, bool init,
					picket_range_visitor visit, void *context)
{
	for_each_mod_mem_type(type)
	{
		if (mod_mem_type_is_init(type) == init && module->mem[type].size)
			visit(context, (unsigned long)module->mem[type].base,
			      module->mem[type].size);
	}
}
#else
static inline unsigned long picket_module_base(const struct module *module)
{
	return (unsigned long)module->core_layout.base;
}

static inline void picket_module_memory(const struct module *module, bool init,
					picket_range_visitor visit, void *context)
{
	const struct module_layout *layout = init ? &module->init_layout : &module->core_layout;

	if (layout->size)
		visit(context, (unsigned long)layout->base, layout->size);
}
#endif

/** picket_module_init_ranges() - what is freed once the module has started. */
static inline void picket_module_init_ranges(const struct module *module,
					     picket_range_visitor visit, void *context)
{
	picket_module_memory(module, true, visit, context);
}

/** picket_module_ranges() - all of it. */
static inline void picket_module_ranges(const struct module *module, picket_range_visitor visit,
					void *context)
{
	picket_module_memory(module, false, visit, context);
	picket_module_memory(module, true, visit, context);
}

#endif
