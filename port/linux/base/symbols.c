/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "base.h"
#include "symbols.h"
#include "kernel.h"
#include "../compat/module.h"

#include <asm/page_types.h>

/*
 * Where the address lies in the file: the kernel's image is linked to one address, and moved. Code
 * that the kernel made itself is in no file, but has an owner ("bpf", "ftrace").
 */
static void locate(unsigned long address, const char *owner, struct picket_frame *out)
{
	const struct module *module = picket_kernel.module_address(address);

	if (module) {
		out->module = module->name;
		out->module_offset = address - picket_module_base(module);
	} else if (owner) {
		out->module = owner;
		out->module_offset = out->function_offset;
	} else {
		out->module = "vmlinux";
		out->module_offset = address - (unsigned long)picket_kernel.text + __START_KERNEL;
	}
}

u32 picket_symbols_frames(void *context, u64 pc, bool exact, struct picket_frame *out)
{
	struct picket_symbol_names *names = context;
	unsigned long size, offset;
	char *owner = NULL;
	const char *name;

	memset(out, 0, sizeof(*out));
	name = picket_kernel.kallsyms_lookup(pc, &size, &offset, &owner, names->name);
	if (!name)
		return 0;
	out->function = name;
	out->function_offset = offset;
	out->function_size = size;
	locate(pc, owner, out);
	return 1;
}
