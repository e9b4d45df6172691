/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "base.h"
#include "kernel.h"

#include <linux/kprobes.h>

#include <asm/cpufeature.h>

struct picket_kernel picket_kernel;

#define ENDBR64 0xfa1e0ff3u

static const struct picket_import imports[] = {
	{ "kallsyms_lookup_size_offset", &picket_kernel.kallsyms_lookup_size_offset },
	{ "kallsyms_lookup", &picket_kernel.kallsyms_lookup },
	{ "kallsyms_on_each_symbol", &picket_kernel.kallsyms_on_each_symbol },
	{ "module_mutex", &picket_kernel.module_mutex },
	{ "__module_address", &picket_kernel.module_address },
	{ "__start_BTF", &picket_kernel.btf_start },
	{ "__stop_BTF", &picket_kernel.btf_end },
	{ "_text", &picket_kernel.text },
	{ "_stext", &picket_kernel.text_start },
	{ "panic_on_warn", &picket_kernel.panic_on_warn },
	{ "check_panic_on_warn", &picket_kernel.check_panic_on_warn, .optional = true },
	{ "dump_stack_print_info", &picket_kernel.dump_stack_print_info, .optional = true },
	{ "show_regs", &picket_kernel.show_regs, .optional = true },
	{ "no_hash_pointers", &picket_kernel.no_hash_pointers, .optional = true },
};

/* Functions found by name may lack the mark that indirect calls need where they are checked. */
static int check_machine(void)
{
#ifdef X86_FEATURE_IBT
	if (cpu_feature_enabled(X86_FEATURE_IBT)) {
		pr_err("this CPU checks indirect calls (IBT); boot with ibt=off\n");
		return -EOPNOTSUPP;
	}
#endif
	return 0;
}

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

int picket_imports_find(const struct picket_import *wanted, size_t count)
{
	const struct picket_import *import;

	for (import = wanted; import < wanted + count; import++) {
		unsigned long address = picket_kernel.kallsyms_lookup_name(import->symbol);

		if (!address && !import->optional) {
			pr_err("this kernel has no symbol %s\n", import->symbol);
			return -ENOENT;
		}
		*(unsigned long *)import->place = address;
	}
	return 0;
}

int picket_kernel_find(void)
{
	int error = check_machine();

	if (error)
		return error;
	picket_kernel.kallsyms_lookup_name = (void *)find_lookup();
	if (!picket_kernel.kallsyms_lookup_name) {
		pr_err("this kernel does not let us look up its symbols (kprobes are off?)\n");
		return -ENOENT;
	}
	return picket_imports_find(imports, ARRAY_SIZE(imports));
}

void picket_kernel_warned(const char *origin)
{
	if (picket_kernel.check_panic_on_warn)
		picket_kernel.check_panic_on_warn(origin);
	else if (*picket_kernel.panic_on_warn)
		panic("panic_on_warn set ...\n");
}
