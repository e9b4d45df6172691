/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "module.h"
#include "imports.h"

struct picket_imports picket_imports;

static const struct picket_import imports[] = {
	{ "set_memory_4k", &picket_imports.set_memory_4k },
	{ "flush_tlb_one_kernel", &picket_imports.flush_tlb_one_kernel },
	{ "search_exception_tables", &picket_imports.search_exception_tables },
	{ "stack_trace_save_regs", &picket_imports.stack_trace_save_regs },
	{ "usercopy_abort", &picket_imports.usercopy_abort },
	{ "ftrace_location", &picket_imports.ftrace_location },
};

int picket_imports_read(void)
{
	return picket_kernel_find() ?: picket_imports_find(imports, ARRAY_SIZE(imports));
}
