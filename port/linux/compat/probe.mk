# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What this kernel's headers offer, asked of them and not of a version: distributors backport.
# picket_has HEADER, PATTERN, NAME: -DPICKET_HAVE_NAME if a line of the header matches.
picket_has = $(shell grep -Eqs '$(strip $(2))' $(srctree)/include/linux/$(strip $(1)) && \
	echo -DPICKET_HAVE_$(strip $(3)))

ccflags-y += $(call picket_has, ftrace.h, register_ftrace_direct.struct ftrace_ops, DIRECT_OPS)
ccflags-y += $(call picket_has, page-flags.h, FOLIO_TYPE_OPS.slab|PAGE_TYPE_OPS.Slab, FOLIO_SET_SLAB)
ccflags-y += $(call picket_has, module.h, mem.MOD_MEM_NUM_TYPES, MODULE_MEM)
ccflags-y += $(call picket_has, ../trace/events/error_report.h, error_report_end, ERROR_REPORT)
ccflags-y += $(call picket_has, slab.h, kmalloc_type.gfp_t flags. unsigned long caller, KMALLOC_TYPE_CALLER)
ccflags-y += $(call picket_has, slab.h, unsigned int __kmalloc_index.size_t size, KMALLOC_INDEX_CONSTANT)
ccflags-y += $(call picket_has, kallsyms.h, on_each_symbol.*struct module, SYMBOL_MODULE)
ccflags-y += $(call picket_has, panic_notifier.h, panic_notifier_list, PANIC_NOTIFIER_H)
