/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What only the runtime uses of the kernel though it is not exported to modules. */
#ifndef PICKET_KASAN_IMPORTS_H
#define PICKET_KASAN_IMPORTS_H

#include "../base/kernel.h"

struct mm_struct;
struct stack_info;
struct task_struct;
struct vm_struct;

struct picket_imports {
	struct mm_struct *init_mm;
	struct vm_struct *(*get_vm_area)(unsigned long size, unsigned long flags);
	void (*free_vm_area)(struct vm_struct *area);
	void (*flush_tlb_kernel_range)(unsigned long start, unsigned long end);
	void (*flush_tlb_one_kernel)(unsigned long address);
	void (*flush_tlb_all_local)(void);
	int (*get_stack_info)(unsigned long *stack, struct task_struct *task,
			      struct stack_info *info, unsigned long *visited);
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
