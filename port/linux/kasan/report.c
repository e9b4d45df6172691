/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Records as KASAN prints them, and what a report leads to. */
#include "module.h"
#include "../base/device.h"
#include "../base/kernel.h"
#include "../base/printer.h"

#include <linux/uaccess.h>
#ifdef PICKET_HAVE_ERROR_REPORT
#include <trace/events/error_report.h>
#endif

#define DIGITS_BYTES 20

static void print_machine(void *unused)
{
	picket_kernel.dump_stack_print_info(KERN_ERR);
}

/* KASAN shows addresses as they are: shadow is told by them. */
static const char *digits_of(void *unused, u64 address)
{
	static char digits[DIGITS_BYTES];

	snprintf(digits, sizeof(digits), "%016llx", address);
	return digits;
}

static void print_report(const struct picket_record *record)
{
	struct picket_text_style style = {
		.address = digits_of,
		.footer = picket_kernel.dump_stack_print_info ? print_machine : NULL,
	};

	picket_log_record(record, &style);
}

static bool is_fatal(const struct picket_record *record)
{
	switch (picket_params.fault) {
	case PICKET_ACTION_PANIC:
		return true;
	case PICKET_ACTION_PANIC_ON_WRITE:
		return record->access != PICKET_ACCESS_READ;
	default:
		return false;
	}
}

/* Who wants to see every report does not want the first to be the last. */
static void act(const struct picket_record *record)
{
	if (!picket_params.multi_shot)
		picket_kernel_warned("KASAN");
	add_taint(TAINT_BAD_PAGE, LOCKDEP_STILL_OK);
	if (is_fatal(record))
		panic("picket_kasan: fault=%s set ...\n",
		      picket_params.fault == PICKET_ACTION_PANIC ? "panic" : "panic_on_write");
}

static noinline void deliver(const struct picket_record *record)
{
	picket_device_write(record);
	print_report(record);
#ifdef PICKET_HAVE_ERROR_REPORT
	trace_error_report_end(ERROR_DETECTOR_KASAN, record->fault_address);
#endif
	act(record);
}

/*
 * The driver may be in the midst of an access to user space. Of a function with this name the
 * checker of the kernel's build knows that.
 */
static noinline void kasan_report(const struct picket_record *record)
{
	unsigned long flags = user_access_save();

	deliver(record);
	user_access_restore(flags);
}

void picket_plat_report(struct picket_platform *platform, const struct picket_record *record)
{
	kasan_report(record);
}

void picket_plat_disabled(struct picket_platform *platform, const char *why)
{
	platform->disabled = why;
	pr_err("disabled: %s\n", why);
}
