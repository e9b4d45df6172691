/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What only this module uses of the kernel though it is not exported to modules. */
#ifndef PICKET_LINUX_IMPORTS_H
#define PICKET_LINUX_IMPORTS_H

#include "../base/kernel.h"

struct exception_table_entry;

struct picket_imports {
	int (*set_memory_4k)(unsigned long address, int pages);
	void (*flush_tlb_one_kernel)(unsigned long address);
	const struct exception_table_entry *(*search_exception_tables)(unsigned long address);
	unsigned int (*stack_trace_save_regs)(struct pt_regs *regs, unsigned long *store,
					      unsigned int size, unsigned int skip);
	void (*usercopy_abort)(const char *name, const char *detail, bool to_user,
			       unsigned long offset, unsigned long size);
	unsigned long (*ftrace_location)(unsigned long address);
};

extern struct picket_imports picket_imports;

/**
 * picket_imports_read() - find all of it, and struct picket_kernel.
 *
 * Context: may sleep; once, before anything else.
 * Return: 0, or a negative error after saying in the log what is missing.
 */
int picket_imports_read(void);

#endif
