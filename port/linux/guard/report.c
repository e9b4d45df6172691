/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Records as text in the kernel's log, in KFENCE's layout, and what a report leads to. */
#include "module.h"
#include "device.h"
#include "imports.h"
#include "symbols.h"

#include <linux/module.h>
#include <linux/printk.h>
#include <linux/smp.h>
#ifdef PICKET_HAVE_ERROR_REPORT
#include <trace/events/error_report.h>
#endif

#define LINE_BYTES 512
#define NOBODY (-1)

/* One report is printed at a time: lines of several would mix. */
static struct {
	int cpu; /* that prints, or NOBODY */
	unsigned int used;
	char line[LINE_BYTES];
	struct picket_symbol_names names;
} printer = { .cpu = NOBODY };

static u64 unprinted;

u64 picket_reports_unprinted(void)
{
	return __atomic_load_n(&unprinted, __ATOMIC_RELAXED);
}

static void print_line(void)
{
	printk(KERN_ERR "%.*s\n", (int)printer.used, printer.line);
	printer.used = 0;
}

static void print(void *context, const char *bytes, uptr count)
{
	for (; count; bytes++, count--) {
		if (*bytes == '\n' || printer.used == LINE_BYTES)
			print_line();
		if (*bytes != '\n')
			printer.line[printer.used++] = *bytes;
	}
}

/*
 * Another CPU may be printing for as long as a serial line takes. If it is this one, a bug struck
 * in the midst of printing, and then this report must be dropped.
 */
static bool printer_claim(int cpu)
{
	int nobody = NOBODY;

	while (!__atomic_compare_exchange_n(&printer.cpu, &nobody, cpu, false, __ATOMIC_ACQUIRE,
					    __ATOMIC_RELAXED)) {
		if (nobody == cpu)
			return false;
		nobody = NOBODY;
		cpu_relax();
	}
	return true;
}

static void print_report(const struct picket_record *record)
{
	const struct picket_text_style style = {
		.prefix = picket_params.report_prefix,
		.kfence = true,
	};
	const struct picket_symbols symbols = { picket_symbols_frames, &printer.names };
	const struct picket_output output = { .write = print };
	unsigned long flags;

	local_irq_save(flags);
	if (printer_claim(smp_processor_id())) {
		picket_render_text(record, &style, &symbols, &output);
		if (printer.used)
			print_line();
		__atomic_store_n(&printer.cpu, NOBODY, __ATOMIC_RELEASE);
	} else {
		__atomic_fetch_add(&unprinted, 1, __ATOMIC_RELAXED);
	}
	local_irq_restore(flags);
}

void picket_report_disabled(const char *why)
{
	pr_err("disabled: %s\n", why);
}

void picket_report(const struct picket_record *record)
{
	picket_device_write(record);
	print_report(record);
#ifdef PICKET_HAVE_ERROR_REPORT
	trace_error_report_end(ERROR_DETECTOR_KFENCE, record->fault_address);
#endif
	if (record->found == PICKET_FOUND_PANIC)
		return;
	if (*picket_imports.panic_on_warn)
		panic("KFENCE: panic_on_warn set ...\n");
	add_taint(TAINT_BAD_PAGE, LOCKDEP_STILL_OK);
	if (picket_params.fault == PICKET_ACTION_PANIC)
		panic("picket: fault=panic set ...\n");
	BUG_ON(picket_params.fault == PICKET_ACTION_OOPS);
}
