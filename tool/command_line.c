/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "complain.h"

#define LIST_BYTES 1024
#define SHOWN_BYTES_MAX 64 /* of a wrong name, so that what is allowed has its place */

static const char *last_word(const char *name)
{
	const char *space = strrchr(name, ' ');

	return space ? space + 1 : name;
}

const struct picket_command *picket_command_action(const struct picket_command *command,
						   const char *name)
{
	const struct picket_command *const *action = command->actions;

	for (; action && *action; action++)
		if (!strcmp(last_word((*action)->name), name))
			return *action;
	return NULL;
}

const char *picket_command_names(const struct picket_command *parent,
				 char names[PICKET_NAMES_BYTES])
{
	const struct picket_command *command;
	size_t used = 0;

	names[0] = '\0';
	for (unsigned int i = 0; used < PICKET_NAMES_BYTES; i++) {
		command = parent ? parent->actions[i] : picket_command_at(i);
		if (!command)
			break;
		used += (size_t)snprintf(names + used, PICKET_NAMES_BYTES - used, "%s%s",
					 i ? ", " : "", last_word(command->name));
	}
	return names;
}

const struct picket_option *picket_command_option(const struct picket_command *command,
						  unsigned int index)
{
	const struct picket_option *option;

	if (command->watches)
		for (size_t i = 0; (option = picket_option_at(i)); i++)
			if (!option->internal && index-- == 0)
				return option;
	for (option = command->options; option && option->name; option++)
		if (index-- == 0)
			return option;
	return NULL;
}

const char *picket_option_flag(const struct picket_option *option, char flag[PICKET_FLAG_BYTES])
{
	snprintf(flag, PICKET_FLAG_BYTES, "--%s", option->name);
	for (char *character = flag; *character; character++)
		if (*character == '_')
			*character = '-';
	return flag;
}

static const struct picket_option *find(const struct picket_command *command, const char *argument,
					size_t length)
{
	const struct picket_option *option;
	char flag[PICKET_FLAG_BYTES];

	for (unsigned int i = 0; (option = picket_command_option(command, i)); i++)
		if (strlen(picket_option_flag(option, flag)) == length &&
		    !strncmp(flag, argument, length))
			return option;
	return NULL;
}

static int say_unknown(const struct picket_command *command, const char *argument)
{
	char list[LIST_BYTES] = "", flag[PICKET_FLAG_BYTES];
	const struct picket_option *option;
	size_t length = strcspn(argument, "="), used = 0;

	for (unsigned int i = 0; (option = picket_command_option(command, i)); i++)
		if (used < sizeof(list))
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s, ",
						 picket_option_flag(option, flag));
	picket_complain("%s: unknown option '%.*s'; there are %s--help", command->name,
			(int)(length < SHOWN_BYTES_MAX ? length : SHOWN_BYTES_MAX), argument, list);
	return -1;
}

static int say_no_value(const struct picket_command *command, const struct picket_option *option)
{
	char flag[PICKET_FLAG_BYTES];

	picket_complain("%s: %s needs a value: %s=%s", command->name,
			picket_option_flag(option, flag), flag, option->values);
	return -1;
}

static int set(const struct picket_command_line *line, const struct picket_option *option,
	       const char *value)
{
	char error[PICKET_OPTION_ERROR_BYTES], flag[PICKET_FLAG_BYTES];

	if (line->check ? line->check(option, value, error) :
			  picket_option_check(option, value, strlen(value), error, sizeof(error))) {
		picket_complain("%s: %s%s", line->command->name, picket_option_flag(option, flag),
				error + strlen(option->name));
		return -1;
	}
	line->set(line->context, option, value);
	return 0;
}

/* @next: the argument, and receives what follows the option. Return: 0, or -1: said. */
static int read_option(const struct picket_command_line *line, char ***next)
{
	const char *argument = *(*next)++, *equals = strchrnul(argument, '=');
	const struct picket_option *option =
		find(line->command, argument, (size_t)(equals - argument));

	if (!option)
		return say_unknown(line->command, argument);
	if (*equals)
		return set(line, option, equals + 1);
	if (option->kind == PICKET_OPTION_SWITCH)
		return set(line, option, "1");
	if (!**next)
		return say_no_value(line->command, option);
	return set(line, option, *(*next)++);
}

/* Return: 0, or -1: said. */
static int check_operands(const struct picket_command_line *line, size_t count)
{
	const struct picket_command *command = line->command;

	if (line->needed && !count)
		picket_complain("%s: %s is needed: picket %s %s", command->name, line->needed,
				command->name, command->operands);
	else if (count > line->operands_max)
		picket_complain("%s: '%.64s' is one argument too many: picket %s %s", command->name,
				line->operands[line->operands_max], command->name,
				command->operands);
	else
		return 0;
	return -1;
}

int picket_command_line_read(struct picket_command_line *line, char **arguments)
{
	char **next = arguments, **operand = arguments;
	bool only_operands = false;

	while (*next) {
		if (only_operands || **next != '-' || !(*next)[1]) {
			*operand++ = *next++;
			only_operands |= line->options_first;
		} else if (!strcmp(*next, "--")) {
			only_operands = true;
			next++;
		} else if (!strcmp(*next, "--help") || !strcmp(*next, "-h")) {
			picket_help_print(line->command);
			return PICKET_EXIT_OK + 1;
		} else if (read_option(line, &next)) {
			return PICKET_EXIT_USAGE + 1;
		}
	}
	*operand = NULL;
	line->operands = arguments;
	return check_operands(line, (size_t)(operand - arguments)) ? PICKET_EXIT_USAGE + 1 : 0;
}

int picket_command_run_action(const struct picket_command *parent, char **arguments)
{
	struct picket_command_line line = { .command = parent,
					    .operands_max = PICKET_OPERANDS_ANY,
					    .options_first = true };
	int status = picket_command_line_read(&line, arguments);
	const struct picket_command *action;
	char names[PICKET_NAMES_BYTES];

	if (status)
		return status - 1;
	picket_command_names(parent, names);
	if (!line.operands[0]) {
		picket_complain("%s: an action is needed: %s", parent->name, names);
		return PICKET_EXIT_USAGE;
	}
	action = picket_command_action(parent, line.operands[0]);
	if (action)
		return action->run(line.operands + 1);
	picket_complain("%s: unknown action '%.64s'; there are %s", parent->name, line.operands[0],
			names);
	return PICKET_EXIT_USAGE;
}
