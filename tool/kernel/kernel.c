/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket kernel: watch the running kernel. */
#include "kernel.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tool/complain.h"
#include "file.h"
#include "native.h"
#include "parameters.h"
#include "system.h"

static const struct picket_command *const actions[] = {
	&picket_kernel_start,	&picket_kernel_status, &picket_kernel_stop,
	&picket_kernel_reports, &picket_kernel_try,    NULL,
};

int picket_action_run(const struct picket_command *parent, char **arguments)
{
	struct picket_command_line line = { .command = parent, .next = arguments };
	const struct picket_command *action;
	char names[PICKET_NAMES_BYTES];

	picket_command_names(line.command, names);
	switch (picket_command_line_read(&line)) {
	case PICKET_READ_HELP:
		return PICKET_EXIT_OK;
	case PICKET_READ_OPERAND:
		break;
	default:
		return PICKET_EXIT_USAGE;
	}
	if (!*line.next) {
		picket_complain("%s: an action is needed: %s", parent->name, names);
		return PICKET_EXIT_USAGE;
	}
	action = picket_command_action(line.command, *line.next);
	if (action)
		return action->run(line.next + 1);
	picket_complain("%s: unknown action '%.64s'; there are %s", parent->name, *line.next,
			names);
	return PICKET_EXIT_USAGE;
}

static int run_action(char **arguments)
{
	return picket_action_run(&picket_command_kernel, arguments);
}

static const struct {
	const char *name;
	enum picket_watcher watcher;
} watchers[] = {
	{ "native", PICKET_WATCHER_NATIVE },
	{ "module", PICKET_WATCHER_MODULE },
	{ "kasan", PICKET_WATCHER_KASAN },
};

static int take_option(struct picket_action *action, const struct picket_command_line *line)
{
	char error[PICKET_OPTION_ERROR_BYTES], flag[PICKET_FLAG_BYTES];
	const char *name = line->option->name;
	bool on = !strcmp(line->value, "1");

	if (picket_parameter_check(line->option, line->value, error)) {
		picket_complain("%s: %s%s", action->command->name,
				picket_option_flag(line->option, flag), error + strlen(name));
		return -1;
	}
	for (size_t i = 0; i < sizeof(watchers) / sizeof(watchers[0]); i++) {
		if (strcmp(name, watchers[i].name))
			continue;
		if (on)
			action->wanted = watchers[i].watcher;
		return 0;
	}
	return action->set(action->context, line->option, line->value);
}

static int take_operand(struct picket_action *action, char *operand, int operands_max)
{
	if (operands_max && !action->operand) {
		action->operand = operand;
		return 0;
	}
	picket_complain("%s: '%.64s' is one argument too many: picket %s %s", action->command->name,
			operand, action->command->name, action->command->operands);
	return -1;
}

int picket_action_read(struct picket_action *action, char **arguments, int operands_max)
{
	struct picket_command_line line = { .command = action->command, .next = arguments };

	for (;;) {
		switch (picket_command_line_read(&line)) {
		case PICKET_READ_OPTION:
			if (take_option(action, &line))
				return PICKET_EXIT_USAGE + 1;
			break;
		case PICKET_READ_OPERAND:
			if (!*line.next)
				return 0;
			if (take_operand(action, *line.next++, operands_max))
				return PICKET_EXIT_USAGE + 1;
			break;
		case PICKET_READ_WRONG:
			return PICKET_EXIT_USAGE + 1;
		case PICKET_READ_HELP:
			return PICKET_EXIT_OK + 1;
		}
	}
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

static const struct picket_option no_options[] = { { 0 } };

const struct picket_command picket_command_kernel = {
	.name = "kernel",
	.operands = "ACTION [OPTION...]",
	.summary = "watch the running kernel, report its memory bugs",
	.options = no_options,
	.actions = actions,
	.run = run_action,
};
