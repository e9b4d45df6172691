/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What is used of the kernel though it is not exported to modules. */
#ifndef PICKET_LINUX_KERNEL_H
#define PICKET_LINUX_KERNEL_H

#include <linux/types.h>

struct module;
struct mutex;
struct pt_regs;

/* What every module of ours uses. */
struct picket_kernel {
	unsigned long (*kallsyms_lookup_name)(const char *name);
	int (*kallsyms_lookup_size_offset)(unsigned long address, unsigned long *size,
					   unsigned long *offset);
	const char *(*kallsyms_lookup)(unsigned long address, unsigned long *size,
				       unsigned long *offset, char **module, char *name);
	int (*kallsyms_on_each_symbol)(void *visitor, void *context); /* compat/kallsyms.h */
	struct mutex *module_mutex;
	struct module *(*module_address)(unsigned long address);
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

extern struct picket_kernel picket_kernel;

/* A symbol, and the pointer that is to hold its address. */
struct picket_import {
	const char *symbol;
	void *place;
	bool optional; /* the pointer may stay NULL */
};

/**
 * picket_kernel_find() - find all of struct picket_kernel.
 *
 * Context: may sleep; once, before anything else.
 * Return: 0; -ENOENT, -EOPNOTSUPP after naming in the log what is missing or in the way.
 */
int picket_kernel_find(void);

/** picket_imports_find() - fill a module's own pointers. After picket_kernel_find(), and as it. */
int picket_imports_find(const struct picket_import *imports, size_t count);

/** picket_kernel_warned() - panic, where the administrator wants that of warnings. */
void picket_kernel_warned(const char *origin);

#endif
