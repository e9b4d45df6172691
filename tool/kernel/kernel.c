/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket kernel: watch the running kernel. */
#include "kernel.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "native.h"
#include "parameters.h"
#include "system.h"

static const struct picket_command *const actions[] = {
	&picket_kernel_start,	&picket_kernel_status, &picket_kernel_stop,
	&picket_kernel_reports, &picket_kernel_try,    NULL,
};

static const struct {
	const char *name;
	enum picket_watcher watcher;
} watchers[] = {
	{ "native", PICKET_WATCHER_NATIVE },
	{ "module", PICKET_WATCHER_MODULE },
	{ "kasan", PICKET_WATCHER_KASAN },
};

static void take_option(void *context, const struct picket_option *option, const char *value)
{
	struct picket_action *action = context;

	for (size_t i = 0; i < sizeof(watchers) / sizeof(watchers[0]); i++) {
		if (strcmp(option->name, watchers[i].name) != 0)
			continue;
		if (!strcmp(value, "1"))
			action->wanted = watchers[i].watcher;
		return;
	}
	action->set(action->context, option, value);
}

int picket_action_read(struct picket_action *action, char **arguments)
{
	struct picket_command_line line = { .command = action->command,
					    .check = picket_parameter_check,
					    .set = take_option,
					    .context = action };

	return picket_command_line_read(&line, arguments);
}

bool picket_kernel_has_module(const char *name)
{
	char path[PATH_MAX];

	return access(picket_system_path(path, "/sys/module/%s", name), F_OK) == 0;
}

bool picket_kernel_is_loaded(void)
{
	return picket_kernel_has_module("picket");
}

enum picket_watcher picket_kernel_watcher(enum picket_watcher wanted)
{
	if (wanted != PICKET_WATCHER_NONE)
		return wanted;
	if (picket_kernel_is_loaded())
		return PICKET_WATCHER_MODULE;
	return picket_native_is_there() ? PICKET_WATCHER_NATIVE : PICKET_WATCHER_NONE;
}

const char *picket_interval_text(long long interval_us, char text[PICKET_SAMPLING_BYTES])
{
	if (interval_us < 0)
		snprintf(text, PICKET_SAMPLING_BYTES, "not known (only root may see)");
	else if (!interval_us)
		snprintf(text, PICKET_SAMPLING_BYTES, "none");
	else if (interval_us % 1000)
		snprintf(text, PICKET_SAMPLING_BYTES, "one allocation every %lld us", interval_us);
	else
		snprintf(text, PICKET_SAMPLING_BYTES, "one allocation every %lld ms",
			 interval_us / 1000);
	return text;
}

const char *picket_kernel_sampling(char text[PICKET_SAMPLING_BYTES])
{
	const char *parameters = "/sys/module/picket/parameters";
	char path[PATH_MAX];
	long long every = picket_file_number(picket_system_path(path, "%s/every", parameters));

	if (every == 1)
		snprintf(text, PICKET_SAMPLING_BYTES, "every allocation that fits");
	else if (every > 0)
		snprintf(text, PICKET_SAMPLING_BYTES, "one of %lld allocations", every);
	else
		picket_interval_text(picket_file_number(picket_system_path(
					     path, "%s/sample_interval_us", parameters)),
				     text);
	return text;
}

const struct picket_command picket_command_kernel = {
	.name = "kernel",
	.operands = "ACTION [OPTION...]",
	.summary = "watch the running kernel, report its memory bugs",
	.actions = actions,
};
