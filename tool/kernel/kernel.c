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

static int run_action(char **arguments)
{
	struct picket_command_line line = { .command = &picket_command_kernel, .next = arguments };
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
		picket_complain("kernel: an action is needed: %s", names);
		return PICKET_EXIT_USAGE;
	}
	action = picket_command_action(line.command, *line.next);
	if (action)
		return action->run(line.next + 1);
	picket_complain("kernel: unknown action '%.64s'; there are %s", *line.next, names);
	return PICKET_EXIT_USAGE;
}

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
	if (strcmp(name, "native") && strcmp(name, "module"))
		return action->set(action->context, line->option, line->value);
	if (on)
		action->wanted =
			strcmp(name, "native") ? PICKET_DETECTOR_MODULE : PICKET_DETECTOR_NATIVE;
	return 0;
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

bool picket_kernel_is_loaded(void)
{
	char path[PATH_MAX];

	return access(picket_system_path(path, "/sys/module/picket"), F_OK) == 0;
}

enum picket_detector picket_kernel_detector(enum picket_detector wanted)
{
	if (wanted != PICKET_DETECTOR_NONE)
		return wanted;
	if (picket_kernel_is_loaded())
		return PICKET_DETECTOR_MODULE;
	return picket_native_is_there() ? PICKET_DETECTOR_NATIVE : PICKET_DETECTOR_NONE;
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
