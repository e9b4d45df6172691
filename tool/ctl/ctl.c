/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket ctl: look into a watched process, and change how it is watched, while it runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "request.h"
#include "statistics.h"
#include "tool/command.h"
#include "tool/complain.h"
#include "tool/statistics.h"

#define ACTIONS "status, stats, on, off, rate=N, sweep and dump"
#define RATE "rate="

struct ctl {
	struct picket_target target;
	picket_u64 patience_ms;
	picket_u64 rate;
	bool json;
};

enum own_option {
	OPTION_JSON,
	OPTION_WAIT,
};

static const struct picket_option own_options[] = {
	[OPTION_JSON] = {
		.name = "json",
		.kind = PICKET_OPTION_SWITCH,
		.standard = "0",
		.values = "",
		.text = "print status and stats as one JSON object; dump always is",
		.max = 1,
	},
	[OPTION_WAIT] = {
		.name = "wait",
		.kind = PICKET_OPTION_NUMBER,
		.standard = "2000",
		.values = "MS",
		.text = "how long the process may take to look what is asked, in milliseconds",
		.max = 600000,
	},
	{0},
};

static int print_json(json_t *json)
{
	if (!json)
		return -1;
	json_dumpf(json, stdout, JSON_COMPACT);
	printf("\n");
	json_decref(json);
	return 0;
}

static int status(struct ctl *ctl)
{
	json_t *json = picket_target_status(&ctl->target);

	if (ctl->json || !json)
		return print_json(json);
	picket_target_status_print(json);
	json_decref(json);
	return 0;
}

static int stats(struct ctl *ctl)
{
	json_t *json = picket_target_statistics(&ctl->target);
	char *line;

	if (ctl->json || !json)
		return print_json(json);
	line = json_dumps(json, JSON_COMPACT);
	if (line)
		picket_statistics_print(line, strlen(line), stdout);
	free(line);
	json_decref(json);
	return 0;
}

static int ask(struct ctl *ctl, enum picket_control_command command, picket_u64 argument, bool keep,
	       struct picket_control_answer *answer)
{
	if (picket_request_lock(&ctl->target, ctl->patience_ms))
		return -1;
	return picket_request(&ctl->target, command, argument, ctl->patience_ms, keep, answer);
}

static int on(struct ctl *ctl)
{
	struct picket_control_answer answer;

	return ask(ctl, PICKET_CONTROL_ON, 0, true, &answer);
}

static int off(struct ctl *ctl)
{
	struct picket_control_answer answer;

	return ask(ctl, PICKET_CONTROL_STOP, 0, true, &answer);
}

static int rate(struct ctl *ctl)
{
	struct picket_control_answer answer;

	return ask(ctl, PICKET_CONTROL_RATE, ctl->rate, true, &answer);
}

static int sweep(struct ctl *ctl)
{
	struct picket_control_answer answer;

	if (ask(ctl, PICKET_CONTROL_SWEEP, 0, false, &answer))
		return -1;
	printf("%lld objects with changed bytes beside them%s\n", (long long)answer.result,
	       answer.result ? ", now reported where all bugs are" : "");
	return 0;
}

static int dump(struct ctl *ctl)
{
	json_t *json, *objects;

	if (picket_request_lock(&ctl->target, ctl->patience_ms))
		return -1;
	objects = picket_target_objects(&ctl->target, ctl->patience_ms);
	json = objects ? picket_target_status(&ctl->target) : NULL;
	if (!json) {
		json_decref(objects);
		return -1;
	}
	json_object_set_new(json, "schema", json_string("picket_dump/1"));
	json_object_set_new(json, "statistics", picket_target_statistics(&ctl->target));
	json_object_set_new(json, "objects", objects);
	return print_json(json);
}

static const struct action {
	const char *name;
	int (*run)(struct ctl *ctl);
} actions[] = {
	{ "status", status }, { "stats", stats }, { "on", on },	    { "off", off },
	{ "rate", rate },     { "sweep", sweep }, { "dump", dump },
};

static const struct action *find_action(struct ctl *ctl, const char *word)
{
	const struct picket_option *option = picket_option_find("rate", strlen("rate"));
	char error[PICKET_OPTION_ERROR_BYTES];
	bool is_rate = !strncmp(word, RATE, strlen(RATE));
	const char *value = is_rate ? word + strlen(RATE) : "";

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(actions[i].name, is_rate ? "rate" : word) != 0)
			continue;
		if (actions[i].run == rate &&
		    picket_option_check(option, value, strlen(value), error, sizeof(error))) {
			picket_complain("ctl: %s", error);
			return NULL;
		}
		ctl->rate = strtoull(value, NULL, 10);
		return &actions[i];
	}
	picket_complain("ctl: unknown action '%.64s'; there are %s", word, ACTIONS);
	return NULL;
}

/* Return: the number, or -1: said. */
static pid_t read_pid(const char *word)
{
	static const struct picket_option pid = {
		.name = "PID",
		.kind = PICKET_OPTION_NUMBER,
		.standard = "",
		.values = "",
		.min = 1,
		.max = PICKET_PID_MAX,
	};
	char error[PICKET_OPTION_ERROR_BYTES];

	if (!picket_option_check(&pid, word, strlen(word), error, sizeof(error)))
		return (pid_t)strtol(word, NULL, 10);
	picket_complain("ctl: %s", error);
	return -1;
}

static int set_option(struct ctl *ctl, const struct picket_command_line *line)
{
	char error[PICKET_OPTION_ERROR_BYTES];

	if (picket_option_check(line->option, line->value, strlen(line->value), error,
				sizeof(error))) {
		picket_complain("ctl: --%s", error);
		return -1;
	}
	if (line->option == &own_options[OPTION_JSON])
		ctl->json = !strcmp(line->value, "1");
	else
		ctl->patience_ms = strtoull(line->value, NULL, 10);
	return 0;
}

/*
 * Options may stand anywhere. What is no option moves to the front of @arguments.
 * Return: 0, or what to exit with, plus 1.
 */
static int read_command_line(struct ctl *ctl, char **arguments)
{
	struct picket_command_line line = { .command = &picket_command_ctl, .next = arguments };
	char **word = arguments;

	for (;;) {
		switch (picket_command_line_read(&line)) {
		case PICKET_READ_OPTION:
			if (set_option(ctl, &line))
				return PICKET_EXIT_USAGE + 1;
			break;
		case PICKET_READ_OPERAND:
			*word = *line.next;
			if (!*word++)
				return 0;
			line.next++;
			break;
		case PICKET_READ_WRONG:
			return PICKET_EXIT_USAGE + 1;
		case PICKET_READ_HELP:
			return PICKET_EXIT_OK + 1;
		}
	}
}

static int run_action(struct ctl *ctl, const struct action *action, pid_t pid)
{
	int error;

	if (picket_target_open(&ctl->target, pid))
		return PICKET_EXIT_FAILURE;
	error = action->run(ctl);
	picket_target_close(&ctl->target);
	return error ? PICKET_EXIT_FAILURE : PICKET_EXIT_OK;
}

static int run(char **arguments)
{
	static struct ctl ctl = { .patience_ms = 2000 };
	int error = read_command_line(&ctl, arguments);
	const struct action *action;
	pid_t pid;

	if (error)
		return error - 1;
	if (!arguments[0] || !arguments[1]) {
		picket_complain("ctl: a process and an action are needed: PID and one of %s",
				ACTIONS);
		return PICKET_EXIT_USAGE;
	}
	pid = read_pid(arguments[0]);
	action = pid > 0 ? find_action(&ctl, arguments[1]) : NULL;
	if (!action)
		return PICKET_EXIT_USAGE;
	if (!arguments[2])
		return run_action(&ctl, action, pid);
	picket_complain("ctl: '%.64s' is one argument too many: picket ctl %s", arguments[2],
			picket_command_ctl.operands);
	return PICKET_EXIT_USAGE;
}

const struct picket_command picket_command_ctl = {
	.name = "ctl",
	.operands = "PID status|stats|on|off|rate=N|sweep|dump [OPTION...]",
	.summary = "look into a watched process, change how it is watched",
	.options = own_options,
	.run = run,
};
