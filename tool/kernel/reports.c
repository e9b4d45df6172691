/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket kernel reports: print what was found in the running kernel. */
#include <stdio.h>
#include <string.h>

#include "tool/complain.h"
#include "tool/enrich.h"
#include "tool/interrupt.h"
#include "kernel.h"
#include "device.h"
#include "native.h"
#include "origin.h"
#include "system.h"

struct reports {
	bool follow;
	bool json;
	const char *debuginfo_path;
	struct picket_symbolizer *symbolizer;
	struct picket_kernel_origin origin;
	u64 sequences[PICKET_DETECTOR_COUNT]; /* of the last one of each */
};

static const struct picket_option own_options[] = {
	PICKET_OPTION_NATIVE,
	PICKET_OPTION_MODULE,
	PICKET_OPTION_KASAN,
	PICKET_SWITCH("follow", "wait for more, until interrupted"),
	PICKET_SWITCH("json", "print records as JSON, with names, one a line"),
	PICKET_OPTION_DEBUGINFO_PATH,
	{ 0 },
};

static void set_option(void *context, const struct picket_option *option, const char *value)
{
	struct reports *reports = context;

	if (!strcmp(option->name, "follow"))
		reports->follow = !strcmp(value, "1");
	else if (!strcmp(option->name, "json"))
		reports->json = !strcmp(value, "1");
	else
		reports->debuginfo_path = value;
}

/* Records count from 1, and old ones make room for new ones. */
static void say_gap(struct reports *reports, const struct picket_record *record)
{
	u64 *last = &reports->sequences[record->detector < PICKET_DETECTOR_COUNT ?
						record->detector :
						PICKET_DETECTOR_GUARD];
	u64 wanted = *last + 1, sequence = record->sequence;

	*last = sequence;
	if (sequence > wanted)
		picket_complain("kernel reports: before the next report %llu made room for newer "
				"ones and were lost",
				sequence - wanted);
}

static int print_report(void *context, struct picket_report *report)
{
	struct reports *reports = context;

	say_gap(reports, &report->record);
	picket_origin_add(&reports->origin, report);
	if (reports->json)
		picket_enrich_json(report, reports->symbolizer, stdout);
	else
		picket_enrich_text(report, reports->symbolizer, stdout);
	return fflush(stdout) || ferror(stdout);
}

static const char *const guard_device[] = { "/dev/picket", NULL };
static const char *const kasan_device[] = { "/dev/picket-kasan", NULL };
static const char *const devices[] = { "/dev/picket", "/dev/picket-kasan", NULL };

/* The two modules have one device each, and whoever names neither means both. */
static int read_detector(enum picket_watcher wanted, const struct picket_report_taker *taker)
{
	if (wanted == PICKET_WATCHER_NONE && picket_kernel_has_module("picket_kasan"))
		return picket_device_read(devices, taker);
	switch (picket_kernel_watcher(wanted)) {
	case PICKET_WATCHER_MODULE:
		return picket_device_read(guard_device, taker);
	case PICKET_WATCHER_KASAN:
		return picket_device_read(kasan_device, taker);
	case PICKET_WATCHER_NATIVE:
		return picket_native_read(taker);
	default:
		picket_complain("kernel reports: nothing watches this kernel; `picket kernel "
				"start` begins it");
		return -1;
	}
}

static int print_reports(struct reports *reports, enum picket_watcher wanted)
{
	struct picket_report_taker taker = {
		.report = print_report,
		.context = reports,
		.follow = reports->follow,
		.stop_fd = -1,
	};
	int error;

	if (taker.follow)
		taker.stop_fd = picket_interrupt_open();
	if (taker.follow && taker.stop_fd < 0) {
		picket_complain("kernel reports: cannot wait: %s", strerror(-taker.stop_fd));
		return PICKET_EXIT_FAILURE;
	}
	reports->symbolizer = picket_symbolizer_create(reports->debuginfo_path);
	if (!reports->symbolizer) {
		picket_complain("kernel reports: out of memory");
		return PICKET_EXIT_FAILURE;
	}
	error = read_detector(wanted, &taker);
	picket_symbolizer_destroy(reports->symbolizer);
	return error ? PICKET_EXIT_FAILURE : PICKET_EXIT_OK;
}

static int run(char **arguments)
{
	static struct reports reports;
	struct picket_action action = { .command = &picket_kernel_reports,
					.set = set_option,
					.context = &reports };
	int status = picket_action_read(&action, arguments);

	if (status)
		return status - 1;
	return print_reports(&reports, action.wanted);
}

const struct picket_command picket_kernel_reports = {
	.name = "kernel reports",
	.operands = "[OPTION...]",
	.summary = "print the reports that are still held",
	.options = own_options,
	.run = run,
};
