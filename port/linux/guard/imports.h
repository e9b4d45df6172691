/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What we use of the kernel though it is not exported to modules. */
#ifndef PICKET_LINUX_IMPORTS_H
#define PICKET_LINUX_IMPORTS_H

#include <linux/types.h>

struct exception_table_entry;
struct module;
struct mutex;
struct pt_regs;

struct picket_imports {
	unsigned long (*kallsyms_lookup_name)(const char *name);
	int (*kallsyms_lookup_size_offset)(unsigned long address, unsigned long *size,
					   unsigned long *offset);
	const char *(*kallsyms_lookup)(unsigned long address, unsigned long *size,
				       unsigned long *offset, char **module, char *name);
	int (*kallsyms_on_each_symbol)(void *visitor, void *context); /* compat/kallsyms.h */
	struct mutex *module_mutex;
	int (*set_memory_4k)(unsigned long address, int pages);
	void (*flush_tlb_one_kernel)(unsigned long address);
	const struct exception_table_entry *(*search_exception_tables)(unsigned long address);
	unsigned int (*stack_trace_save_regs)(struct pt_regs *regs, unsigned long *store,
					      unsigned int size, unsigned int skip);
	void (*usercopy_abort)(const char *name, const char *detail, bool to_user,
			       unsigned long offset, unsigned long size);
	struct module *(*module_address)(unsigned long address);
	unsigned long (*ftrace_location)(unsigned long address);
	const void *btf_start;
	const void *btf_end;
	const void *text; /* the first byte of the kernel */
	const void *text_start;
	int *panic_on_warn;

	/* These may be NULL. */
	void (*check_panic_on_warn)(const char *origin);
	void (*dump_stack_print_info)(const char *level);
	void (*show_regs)(struct pt_regs *regs);
	bool *no_hash_pointers;
};

extern struct picket_imports picket_imports;

/**
 * picket_imports_find() - find all of it.
 *
 * Context: may sleep; once, before anything else.
 * Return: 0, or -ENOENT after naming what is missing in the log.
 */
int picket_imports_find(void);

#endif
