/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket kernel status: who watches the kernel, and what came of it. */
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tool/complain.h"
#include "kernel.h"
#include "file.h"
#include "native.h"
#include "readers.h"
#include "statistics.h"
#include "system.h"

#define READERS_SHOWN 16
#define UNKNOWN (-1LL)

struct status {
	bool json;
	enum picket_watcher detector;
	long long interval_us;
	long long every; /* 0: by the clock */
	long long slots; /* objects that can be guarded at a time */
	long long reports;
	char statistics[PICKET_STATISTICS_BYTES];
	const char *no_statistics; /* why there are none */
	struct picket_kernel_reader readers[READERS_SHOWN];
	int reader_count;
};

static const struct picket_option own_options[] = {
	PICKET_OPTION_NATIVE,
	PICKET_OPTION_MODULE,
	PICKET_SWITCH("json", "print one JSON object"),
	{ 0 },
};

static void set_option(void *context, const struct picket_option *option, const char *value)
{
	struct status *status = context;

	(void)option;
	status->json = !strcmp(value, "1");
}

static void fill_module(struct status *status)
{
	const char *parameters = "/sys/module/picket/parameters";
	char path[PATH_MAX];

	status->interval_us =
		picket_file_number(picket_system_path(path, "%s/sample_interval_us", parameters));
	status->every = picket_file_number(picket_system_path(path, "%s/every", parameters));
	status->slots = picket_file_number(picket_system_path(path, "%s/num_objects", parameters));
	status->reader_count = picket_readers_find("/dev/picket", status->readers, READERS_SHOWN);
}

static void fill_native(struct status *status)
{
	struct picket_native_status native = { UNKNOWN, UNKNOWN };

	picket_native_status(&native);
	status->interval_us = native.interval_ms < 0 ? UNKNOWN : native.interval_ms * 1000;
	status->slots = native.slots;
}

static void fill(struct status *status)
{
	if (status->detector == PICKET_WATCHER_NONE)
		return;
	if (status->detector == PICKET_WATCHER_MODULE)
		fill_module(status);
	else
		fill_native(status);
	picket_counters_read(status->detector, status->statistics, &status->no_statistics);
	status->reports = picket_counters_find(status->statistics, "total bugs");
}

static const char *detector_text(const struct status *status)
{
	switch (status->detector) {
	case PICKET_WATCHER_MODULE:
		return "picket.ko";
	case PICKET_WATCHER_NATIVE:
		return "KFENCE, built into the kernel";
	default:
		return "none";
	}
}

static void print_number(const char *name, long long value)
{
	if (value < 0)
		printf("%s:    not known\n", name);
	else
		printf("%s:    %lld\n", name, value);
}

static void print_readers(const struct status *status)
{
	printf("readers:    %s", status->reader_count ? "" : "none");
	for (int i = 0; i < status->reader_count && i < READERS_SHOWN; i++)
		printf("%spid %d (%s)", i ? ", " : "", status->readers[i].pid,
		       status->readers[i].name);
	printf("\n");
}

static void print_filters(void)
{
	static const char *const filters[] = { "cache", "module", "size" };
	char path[PATH_MAX], text[1024];

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		if (picket_file_read(picket_system_path(path,
							"/sys/module/picket/parameters/filter_%s",
							filters[i]),
				     text, sizeof(text)) > 0)
			printf("filter:     %s %s\n", filters[i], text);
}

static void print_text(const struct status *status)
{
	char sampling[PICKET_SAMPLING_BYTES];

	printf("kernel:     %s\n", picket_system_release());
	printf("detector:   %s\n", detector_text(status));
	if (status->detector == PICKET_WATCHER_NONE)
		return;
	printf("guards:     %s\n", status->detector == PICKET_WATCHER_MODULE ?
					   picket_kernel_sampling(sampling) :
					   picket_interval_text(status->interval_us, sampling));
	if (status->detector == PICKET_WATCHER_MODULE)
		print_filters();
	print_number("objects", status->slots);
	print_number("reports", status->reports);
	if (status->detector == PICKET_WATCHER_MODULE)
		print_readers(status);
	picket_counters_print(status->statistics, status->no_statistics);
}

static json_t *json_number(long long value)
{
	return value < 0 ? json_null() : json_integer(value);
}

static json_t *json_readers(const struct status *status)
{
	json_t *readers = json_array();

	for (int i = 0; i < status->reader_count && i < READERS_SHOWN; i++)
		json_array_append_new(readers, json_pack("{si ss}", "pid", status->readers[i].pid,
							 "name", status->readers[i].name));
	return readers;
}

static void print_json(const struct status *status)
{
	static const char *const names[] = {
		[PICKET_WATCHER_NONE] = "none",
		[PICKET_WATCHER_MODULE] = "picket.ko",
		[PICKET_WATCHER_NATIVE] = "kfence",
	};
	json_t *root = json_object();

	json_object_set_new(root, "kernel", json_string(picket_system_release()));
	json_object_set_new(root, "detector", json_string(names[status->detector]));
	if (status->detector != PICKET_WATCHER_NONE) {
		json_object_set_new(root, "sample_interval_us", json_number(status->interval_us));
		json_object_set_new(root, "objects", json_number(status->slots));
		json_object_set_new(root, "reports", json_number(status->reports));
		json_object_set_new(
			root, "statistics",
			picket_counters_json(status->statistics, status->no_statistics));
	}
	if (status->detector == PICKET_WATCHER_MODULE) {
		json_object_set_new(root, "every", json_number(status->every));
		json_object_set_new(root, "readers", json_readers(status));
	}
	json_dumpf(root, stdout, JSON_COMPACT);
	printf("\n");
	json_decref(root);
}

static int check_there(const struct status *status)
{
	if (status->detector == PICKET_WATCHER_MODULE && !picket_kernel_is_loaded()) {
		picket_complain("kernel status: picket.ko is not loaded");
		return -1;
	}
	if (status->detector == PICKET_WATCHER_NATIVE && !picket_native_is_there()) {
		picket_complain("kernel status: the running kernel, %s, has no KFENCE built in",
				picket_system_release());
		return -1;
	}
	return 0;
}

static int run(char **arguments)
{
	static struct status status;
	struct picket_action action = { .command = &picket_kernel_status,
					.set = set_option,
					.context = &status };
	int error = picket_action_read(&action, arguments);

	if (error)
		return error - 1;
	status.detector = picket_kernel_watcher(action.wanted);
	if (check_there(&status))
		return PICKET_EXIT_FAILURE;
	fill(&status);
	if (status.json)
		print_json(&status);
	else
		print_text(&status);
	return PICKET_EXIT_OK;
}

const struct picket_command picket_kernel_status = {
	.name = "kernel status",
	.operands = "[OPTION...]",
	.summary = "say who watches, and what came of it",
	.options = own_options,
	.run = run,
};
