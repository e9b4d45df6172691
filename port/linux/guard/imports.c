/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "module.h"
#include "imports.h"

#include <linux/kprobes.h>

struct picket_imports picket_imports;

#define ENDBR64 0xfa1e0ff3u

#define IMPORT(symbol, member, ...)                                                                \
	{                                                                                          \
		symbol, offsetof(struct picket_imports, member), __VA_ARGS__                       \
	}

static const struct import {
	const char *symbol;
	size_t offset;
	bool optional; /* reports say less without it */
} imports[] = {
	IMPORT("kallsyms_lookup_size_offset", kallsyms_lookup_size_offset),
	IMPORT("kallsyms_lookup", kallsyms_lookup),
	IMPORT("kallsyms_on_each_symbol", kallsyms_on_each_symbol),
	IMPORT("module_mutex", module_mutex),
	IMPORT("set_memory_4k", set_memory_4k),
	IMPORT("flush_tlb_one_kernel", flush_tlb_one_kernel),
	IMPORT("search_exception_tables", search_exception_tables),
	IMPORT("stack_trace_save_regs", stack_trace_save_regs),
	IMPORT("usercopy_abort", usercopy_abort),
	IMPORT("__module_address", module_address),
	IMPORT("ftrace_location", ftrace_location),
	IMPORT("__start_BTF", btf_start),
	IMPORT("__stop_BTF", btf_end),
	IMPORT("_text", text),
	IMPORT("_stext", text_start),
	IMPORT("panic_on_warn", panic_on_warn),
	IMPORT("check_panic_on_warn", check_panic_on_warn, .optional = true),
	IMPORT("dump_stack_print_info", dump_stack_print_info, .optional = true),
	IMPORT("show_regs", show_regs, .optional = true),
	IMPORT("no_hash_pointers", no_hash_pointers, .optional = true),
};

/* kprobes resolve any symbol, so a probe tells us where the general lookup is. */
static unsigned long find_lookup(void)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long address;

	if (register_kprobe(&probe))
		return 0;
	address = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	/* The probe sits behind the landing mark that an indirect call must hit. */
	if (*(u32 *)(address - sizeof(u32)) == ENDBR64)
		address -= sizeof(u32);
	return address;
}

int picket_imports_find(void)
{
	size_t i;

	picket_imports.kallsyms_lookup_name = (void *)find_lookup();
	if (!picket_imports.kallsyms_lookup_name) {
		pr_err("this kernel does not let us look up its symbols (kprobes are off?)\n");
		return -ENOENT;
	}
	for (i = 0; i < ARRAY_SIZE(imports); i++) {
		unsigned long address = picket_imports.kallsyms_lookup_name(imports[i].symbol);

		if (!address && !imports[i].optional) {
			pr_err("this kernel has no symbol %s\n", imports[i].symbol);
			return -ENOENT;
		}
		*(unsigned long *)((char *)&picket_imports + imports[i].offset) = address;
	}
	return 0;
}
