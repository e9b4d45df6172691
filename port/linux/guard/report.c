/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Records as text in the kernel's log, as KFENCE prints them, and what a report leads to.
 *
 * A report may come from any context: with locks of the allocator or of a console held, in an
 * interrupt or an NMI. printk() stands that. What is ours here is held for one text at a time, and
 * nobody waits for it longer than WAIT_MS.
 */
#include "module.h"
#include "device.h"
#include "imports.h"
#include "report.h"
#include "symbols.h"

#include <linux/delay.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/smp.h>
#ifdef PICKET_HAVE_ERROR_REPORT
#include <trace/events/error_report.h>
#endif

#define NOBODY (-1)
#define MESSAGE_BYTES 896 /* of one printk() that nobody cuts, but for its time */
#define WAIT_MS 1000	  /* a text takes half of that on a slow serial line */
#define WAIT_STEP_US 10

/* One report is printed at a time: lines of several would mix. */
static struct {
	int cpu; /* that prints, or NOBODY */
	const char *level;
	unsigned int used;
	char message[MESSAGE_BYTES];
	char address[PICKET_ADDRESS_BYTES];
	struct picket_symbol_names names;
} printer = { .cpu = NOBODY };

static DEFINE_PER_CPU(struct picket_call *, innermost);

static u64 unprinted;

u64 picket_reports_unprinted(void)
{
	return __atomic_load_n(&unprinted, __ATOMIC_RELAXED);
}

void picket_call_begin(struct picket_call *call, struct pt_regs *regs)
{
	preempt_disable();
	call->regs = regs;
	call->reported = false;
	call->outer = this_cpu_read(innermost);
	this_cpu_write(innermost, call);
}

void picket_call_end(struct picket_call *call)
{
	this_cpu_write(innermost, call->outer);
	preempt_enable();
	BUG_ON(call->reported && picket_params.fault == PICKET_ACTION_OOPS);
}

bool picket_addresses_shown(void)
{
	return picket_imports.no_hash_pointers && *picket_imports.no_hash_pointers;
}

/* printk()'s own rules: hashed, but for kernels that were told otherwise. */
const char *picket_address_digits(void *digits, u64 address)
{
	snprintf(digits, PICKET_ADDRESS_BYTES, "%p", (void *)(unsigned long)address);
	return digits;
}

static const char *digits_of(void *unused, u64 address)
{
	return picket_address_digits(printer.address, address);
}

static void print_message(void)
{
	if (printer.used)
		printk("%s%.*s", printer.level, (int)printer.used, printer.message);
	printer.used = 0;
}

static void begin_message(void *unused, bool heading)
{
	print_message();
	printer.level = heading ? KERN_ERR : KERN_DEFAULT;
}

static void add(void *unused, const char *bytes, uptr count)
{
	count = min_t(uptr, count, MESSAGE_BYTES - printer.used);
	memcpy(printer.message + printer.used, bytes, count);
	printer.used += count;
}

/* Registers hold addresses. */
static void print_machine(void *context)
{
	const struct picket_record *record = context;
	const struct picket_call *call = this_cpu_read(innermost);

	if (record->found == PICKET_FOUND_FAULT && call && call->regs && picket_addresses_shown() &&
	    picket_imports.show_regs)
		picket_imports.show_regs(call->regs);
	else
		picket_imports.dump_stack_print_info(KERN_ERR);
}

/* Interrupts are off where it succeeds. */
static bool printer_try(int *owner, unsigned long *flags)
{
	*owner = NOBODY;
	local_irq_save(*flags);
	if (__atomic_compare_exchange_n(&printer.cpu, owner, smp_processor_id(), false,
					__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return true;
	/* A bug struck in the midst of printing. */
	if (*owner == smp_processor_id())
		*owner = NOBODY;
	local_irq_restore(*flags);
	return false;
}

/*
 * Who prints may in its turn wait for this CPU, if that was interrupted while it drove a console;
 * so this one does not wait for ever.
 */
static bool printer_claim(unsigned long *flags)
{
	int waited_us, owner;

	for (waited_us = 0; waited_us < WAIT_MS * 1000; waited_us += WAIT_STEP_US) {
		if (printer_try(&owner, flags))
			return true;
		if (owner == NOBODY || in_nmi())
			return false;
		udelay(WAIT_STEP_US);
	}
	return false;
}

static void printer_release(unsigned long flags)
{
	__atomic_store_n(&printer.cpu, NOBODY, __ATOMIC_RELEASE);
	local_irq_restore(flags);
}

/* When the kernel dies, the other CPUs stand still, perhaps in the midst of printing. */
static void printer_seize(unsigned long *flags)
{
	local_irq_save(*flags);
	__atomic_store_n(&printer.cpu, smp_processor_id(), __ATOMIC_RELAXED);
	printer.used = 0;
}

static void render(const struct picket_record *record)
{
	const struct picket_text_style style = {
		.prefix = picket_params.report_prefix,
		.kfence = true,
		.hide_addresses = !picket_addresses_shown(),
		.context = (void *)record,
		.address = digits_of,
		.message = begin_message,
		.footer = picket_imports.dump_stack_print_info ? print_machine : NULL,
	};
	const struct picket_symbols symbols = { picket_symbols_frames, &printer.names };
	const struct picket_output output = { .write = add };

	picket_render_text(record, &style, &symbols, &output);
	print_message();
}

static void print_report(const struct picket_record *record)
{
	unsigned long flags;

	if (record->found == PICKET_FOUND_PANIC) {
		printer_seize(&flags);
	} else if (!printer_claim(&flags)) {
		__atomic_fetch_add(&unprinted, 1, __ATOMIC_RELAXED);
		return;
	}
	render(record);
	printer_release(flags);
}

void picket_report_disabled(const char *why)
{
	pr_err("disabled: %s\n", why);
}

static void panic_if_warnings_do(void)
{
	if (picket_imports.check_panic_on_warn)
		picket_imports.check_panic_on_warn("KFENCE");
	else if (*picket_imports.panic_on_warn)
		panic("panic_on_warn set ...\n");
}

void picket_report(const struct picket_record *record)
{
	struct picket_call *call = this_cpu_read(innermost);

	picket_device_write(record);
	print_report(record);
#ifdef PICKET_HAVE_ERROR_REPORT
	trace_error_report_end(ERROR_DETECTOR_KFENCE, record->fault_address);
#endif
	if (record->found == PICKET_FOUND_PANIC)
		return;
	panic_if_warnings_do();
	add_taint(TAINT_BAD_PAGE, LOCKDEP_STILL_OK);
	if (picket_params.fault == PICKET_ACTION_PANIC)
		panic("picket: fault=panic set ...\n");
	if (call)
		call->reported = true;
}
