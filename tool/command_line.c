/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "complain.h"

#define LIST_BYTES 1024
#define SHOWN_BYTES_MAX 64 /* of a wrong name, so that what is allowed has its place */

bool picket_command_is_own(const struct picket_command *command, const struct picket_option *option)
{
	for (const struct picket_option *own = command->options; own->name; own++)
		if (own == option)
			return true;
	return false;
}

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
	for (option = command->options; option->name; option++)
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

static enum picket_read unknown(const struct picket_command *command, const char *argument)
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
	return PICKET_READ_WRONG;
}

static enum picket_read no_value(const struct picket_command *command,
				 const struct picket_option *option)
{
	char flag[PICKET_FLAG_BYTES];

	picket_complain("%s: %s needs a value: %s=%s", command->name,
			picket_option_flag(option, flag), flag, option->values);
	return PICKET_READ_WRONG;
}

static enum picket_read read_option(struct picket_command_line *line)
{
	const char *argument = *line->next, *equals = strchrnul(argument, '=');

	line->option = find(line->command, argument, (size_t)(equals - argument));
	if (!line->option)
		return unknown(line->command, argument);
	line->next++;
	if (*equals)
		line->value = equals + 1;
	else if (line->option->kind == PICKET_OPTION_SWITCH)
		line->value = "1";
	else if (*line->next)
		line->value = *line->next++;
	else
		return no_value(line->command, line->option);
	return PICKET_READ_OPTION;
}

enum picket_read picket_command_line_read(struct picket_command_line *line)
{
	const char *argument = *line->next;

	if (!argument || line->only_operands || argument[0] != '-' || !argument[1])
		return PICKET_READ_OPERAND;
	if (!strcmp(argument, "--")) {
		line->only_operands = true;
		line->next++;
		return PICKET_READ_OPERAND;
	}
	if (!strcmp(argument, "--help") || !strcmp(argument, "-h")) {
		picket_help_print(line->command);
		return PICKET_READ_HELP;
	}
	return read_option(line);
}
