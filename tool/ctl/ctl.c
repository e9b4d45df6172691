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
	[OPTION_JSON] = PICKET_SWITCH(
		"json", "print status and stats as one JSON object; dump always is"),
	[OPTION_WAIT] = {
		.name = "wait",
		.kind = PICKET_OPTION_NUMBER,
		.standard = "2000",
		.values = "MS",
		.text = "how long the process may take to look what is asked, in milliseconds",
		.max = 600000,
	},
	{ 0 },
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

static void set_option(void *context, const struct picket_option *option, const char *value)
{
	struct ctl *ctl = context;

	if (option == &own_options[OPTION_JSON])
		ctl->json = !strcmp(value, "1");
	else
		ctl->patience_ms = strtoull(value, NULL, 10);
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
	struct picket_command_line line = { .command = &picket_command_ctl,
					    .set = set_option,
					    .context = &ctl,
					    .operands_max = 2 };
	int status = picket_command_line_read(&line, arguments);
	const struct action *action;
	pid_t pid;

	if (status)
		return status - 1;
	if (!line.operands[0] || !line.operands[1]) {
		picket_complain("ctl: a process and an action are needed: PID and one of %s",
				ACTIONS);
		return PICKET_EXIT_USAGE;
	}
	pid = read_pid(line.operands[0]);
	action = pid > 0 ? find_action(&ctl, line.operands[1]) : NULL;
	return action ? run_action(&ctl, action, pid) : PICKET_EXIT_USAGE;
}

const struct picket_command picket_command_ctl = {
	.name = "ctl",
	.operands = "PID status|stats|on|off|rate=N|sweep|dump [OPTION...]",
	.summary = "look into a watched process, change how it is watched",
	.options = own_options,
	.run = run,
};
