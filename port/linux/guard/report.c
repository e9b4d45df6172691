/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Records as KFENCE prints them, and what a report leads to. */
#include "module.h"
#include "imports.h"
#include "report.h"
#include "../base/device.h"
#include "../base/printer.h"

#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#ifdef PICKET_HAVE_ERROR_REPORT
#include <trace/events/error_report.h>
#endif

static DEFINE_PER_CPU(struct picket_core_call *, innermost);

void picket_call_begin(struct picket_core_call *call, struct pt_regs *regs)
{
	preempt_disable();
	call->regs = regs;
	call->reported = false;
	call->outer = this_cpu_read(innermost);
	this_cpu_write(innermost, call);
}

void picket_call_end(struct picket_core_call *call)
{
	this_cpu_write(innermost, call->outer);
	preempt_enable();
	BUG_ON(call->reported && picket_params.fault == PICKET_ACTION_OOPS);
}

/* Registers hold addresses. */
static void print_machine(void *context)
{
	const struct picket_record *record = context;
	const struct picket_core_call *call = this_cpu_read(innermost);

	if (record->found == PICKET_FOUND_FAULT && call && call->regs && picket_addresses_shown() &&
	    picket_kernel.show_regs)
		picket_kernel.show_regs(call->regs);
	else
		picket_kernel.dump_stack_print_info(KERN_ERR);
}

static void print_report(const struct picket_record *record)
{
	struct picket_text_style style = {
		.prefix = picket_params.report_prefix,
		.kfence = true,
		.hide_addresses = !picket_addresses_shown(),
		.context = (void *)record,
		.footer = picket_kernel.dump_stack_print_info ? print_machine : NULL,
	};

	picket_log_record(record, &style);
}

void picket_report_disabled(const char *why)
{
	pr_err("disabled: %s\n", why);
}

void picket_report(const struct picket_record *record)
{
	struct picket_core_call *call = this_cpu_read(innermost);

	picket_device_write(record);
	print_report(record);
#ifdef PICKET_HAVE_ERROR_REPORT
	trace_error_report_end(ERROR_DETECTOR_KFENCE, record->fault_address);
#endif
	if (record->found == PICKET_FOUND_PANIC)
		return;
	picket_kernel_warned("KFENCE");
	add_taint(TAINT_BAD_PAGE, LOCKDEP_STILL_OK);
	if (picket_params.fault == PICKET_ACTION_PANIC)
		panic("picket: fault=panic set ...\n");
	if (call)
		call->reported = true;
}
