/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the files of the runtime share. */
#ifndef PICKET_KASAN_MODULE_H
#define PICKET_KASAN_MODULE_H

#include "../base/base.h"
#include "../../../core/shadow/shadow.h"

struct pt_regs;
struct task_struct;

/* There is one shadow: all else is static in the file it belongs to. */
struct picket_platform {
	const char *disabled; /* why it switched itself off; NULL: it did not */
};

extern struct picket_platform picket_linux;

/* What happens after a report. */
enum picket_action {
	PICKET_ACTION_REPORT,
	PICKET_ACTION_PANIC,
	PICKET_ACTION_PANIC_ON_WRITE,
};

/* params.c: as the administrator gave them, checked. */
struct picket_params {
	unsigned int multi_shot;
	bool stacks;
	unsigned int stacks_kib;
	unsigned int quarantine_kib;
	unsigned int fault; /* enum picket_action */
};

extern struct picket_params picket_params;

/** picket_params_running() - from now on changes take effect at once, or no more. */
void picket_params_running(bool running);

/* fault.c: the first writes to pages of shadow, which compilers make for stacks. */
void picket_fault_probe(void *unused, unsigned long address, struct pt_regs *regs,
			unsigned long error_code);
u64 picket_faults(void);

/* tasks.c */
void picket_exit_probe(void *unused, struct task_struct *task);

/** picket_stack_around() - the bounds of the stack of this CPU that the address is on. */
bool picket_stack_around(unsigned long address, unsigned long *low, unsigned long *high);

/* modules.c */

/** picket_modules_start() - look at each module that is loaded from now on. May sleep. */
int picket_modules_start(void);
void picket_modules_stop(void);

/** picket_modules_visit() - call that for each instrumented module. May sleep. */
void picket_modules_visit(void (*visit)(void *context, const char *name, bool is_inline),
			  void *context);

/* unwind.c */
int picket_unwind_start(void);
void picket_unwind_stop(void);

/** picket_unwinds() - stacks that had to be walked. */
u64 picket_unwinds(void);

/* debugfs.c */
void picket_debugfs_start(void);
void picket_debugfs_stop(void);

#endif
