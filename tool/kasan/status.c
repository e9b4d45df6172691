/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket kasan status: which drivers are checked, and what came of it. */
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tool/complain.h"
#include "tool/kernel/file.h"
#include "tool/kernel/kernel.h"
#include "tool/kernel/readers.h"
#include "tool/kernel/statistics.h"
#include "tool/kernel/system.h"
#include "kasan.h"

#define LIST_BYTES 1024
#define DRIVERS "/sys/kernel/debug/picket-kasan/modules" /* lines "NAME MODE" */

struct status {
	bool json;
	bool loaded;
	char drivers[LIST_BYTES];
	char readers[LIST_BYTES];
	char statistics[PICKET_STATISTICS_BYTES];
	const char *no_statistics; /* why there are none */
	long long reports;
};

static const struct picket_option own_options[] = {
	PICKET_SWITCH("json", "print one JSON object"),
	{ 0 },
};

static void set_option(void *context, const struct picket_option *option, const char *value)
{
	struct status *status = context;

	(void)option;
	status->json = !strcmp(value, "1");
}

/* The runtime tells modes too, if its files can be read. */
static void fill_drivers(struct status *status)
{
	char path[PATH_MAX];

	if (picket_file_read(picket_system_path(path, DRIVERS), status->drivers, LIST_BYTES) <= 0)
		picket_kasan_users(status->drivers, LIST_BYTES);
}

/* Lines, or "ring, xfs". Return: NULL: that was the last. */
static char *next_driver(char **rest)
{
	char *driver;

	while ((driver = strsep(rest, ",\n")) != NULL) {
		driver += strspn(driver, " ");
		if (*driver)
			return driver;
	}
	return NULL;
}

static void fill(struct status *status)
{
	status->loaded = picket_kernel_has_module(PICKET_KASAN_NAME);
	if (!status->loaded)
		return;
	fill_drivers(status);
	picket_readers_text(PICKET_KASAN_DEVICE, status->readers, sizeof(status->readers));
	picket_counters_read(PICKET_WATCHER_KASAN, status->statistics, &status->no_statistics);
	status->reports = picket_counters_find(status->statistics, "reports");
}

static void print_drivers(const struct status *status)
{
	char list[LIST_BYTES], *rest = list, *driver, *comma = "";

	snprintf(list, sizeof(list), "%s", status->drivers);
	printf("drivers:    ");
	for (; (driver = next_driver(&rest)) != NULL; comma = ", ")
		printf("%s%s", comma, driver);
	printf("%s\n", *comma ? "" : "none");
}

static void print_text(const struct status *status)
{
	printf("kernel:     %s\n", picket_system_release());
	printf("runtime:    %s\n", status->loaded ? PICKET_KASAN_NAME ".ko" : "not loaded");
	if (!status->loaded)
		return;
	print_drivers(status);
	if (status->reports < 0)
		printf("reports:    not known\n");
	else
		printf("reports:    %lld\n", status->reports);
	printf("readers:    %s\n", *status->readers ? status->readers : "none");
	picket_counters_print(status->statistics, status->no_statistics);
}

static json_t *json_drivers(const struct status *status)
{
	json_t *drivers = json_array();
	char list[LIST_BYTES], *rest = list, *driver;

	snprintf(list, sizeof(list), "%s", status->drivers);
	while ((driver = next_driver(&rest)) != NULL) {
		char *mode = strchr(driver, ' ');

		if (mode)
			*mode++ = '\0';
		json_array_append_new(drivers, json_pack("{ss ss?}", "name", driver, "mode", mode));
	}
	return drivers;
}

static void print_json(const struct status *status)
{
	json_t *root = json_object();

	json_object_set_new(root, "kernel", json_string(picket_system_release()));
	json_object_set_new(root, "loaded", json_boolean(status->loaded));
	if (status->loaded) {
		json_object_set_new(root, "drivers", json_drivers(status));
		json_object_set_new(root, "reports",
				    status->reports < 0 ? json_null() :
							  json_integer(status->reports));
		json_object_set_new(
			root, "statistics",
			picket_counters_json(status->statistics, status->no_statistics));
	}
	json_dumpf(root, stdout, JSON_COMPACT);
	printf("\n");
	json_decref(root);
}

static int run(char **arguments)
{
	static struct status status;
	struct picket_command_line line = { .command = &picket_kasan_status,
					    .set = set_option,
					    .context = &status };
	int error = picket_command_line_read(&line, arguments);

	if (error)
		return error - 1;
	fill(&status);
	if (status.json)
		print_json(&status);
	else
		print_text(&status);
	return PICKET_EXIT_OK;
}

const struct picket_command picket_kasan_status = {
	.name = "kasan status",
	.operands = "[OPTION...]",
	.summary = "say which drivers are checked, and what came of it",
	.options = own_options,
	.run = run,
};
