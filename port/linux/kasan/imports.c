/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "../base/base.h"
#include "imports.h"

struct picket_imports picket_imports;

static const struct picket_import imports[] = {
	{ "init_mm", &picket_imports.init_mm },
	{ "get_vm_area", &picket_imports.get_vm_area },
	{ "free_vm_area", &picket_imports.free_vm_area },
	{ "flush_tlb_kernel_range", &picket_imports.flush_tlb_kernel_range },
	{ "flush_tlb_one_kernel", &picket_imports.flush_tlb_one_kernel },
	{ "__flush_tlb_all", &picket_imports.flush_tlb_all_local },
	{ "get_stack_info", &picket_imports.get_stack_info },
};

int picket_imports_read(void)
{
	return picket_kernel_find() ?: picket_imports_find(imports, ARRAY_SIZE(imports));
}
