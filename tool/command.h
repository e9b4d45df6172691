/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The subcommands, each a file with a table of its options and a function, and the reader of
 * their command lines.
 */
#ifndef PICKET_TOOL_COMMAND_H
#define PICKET_TOOL_COMMAND_H

#include <stdbool.h>

#include "port/process/options.h"

struct picket_command {
	const char *name;
	const char *operands;		     /* as usage shows them */
	const char *summary;		     /* one line */
	const struct picket_option *options; /* its own, ended by a row without name */
	bool watches; /* the options of a watched process (options.def) are its options too */
	/* NULL, or subcommands of its own, ended by NULL; their names begin with its name. */
	const struct picket_command *const *actions;
	/** @arguments: behind the name, ended by NULL. Return: exit status. */
	int (*run)(char **arguments);
};

extern const struct picket_command picket_command_run;
extern const struct picket_command picket_command_show;
extern const struct picket_command picket_command_kernel;
extern const struct picket_command picket_command_kasan;
extern const struct picket_command picket_command_ctl;
extern const struct picket_command picket_command_help;

/** picket_command_at() - all of them; NULL behind the last. */
const struct picket_command *picket_command_at(unsigned int index);

/** picket_command_find() - by name; NULL: there is none. */
const struct picket_command *picket_command_find(const char *name);

/** picket_command_action() - a subcommand by the last word of its name; NULL: there is none. */
const struct picket_command *picket_command_action(const struct picket_command *command,
						   const char *name);

/** picket_command_names() - "run, show, help", or so of the actions of @parent. Return: @names. */
#define PICKET_NAMES_BYTES 256
const char *picket_command_names(const struct picket_command *parent,
				 char names[PICKET_NAMES_BYTES]);

/** picket_command_option() - the options of a command as help lists them; NULL behind the last. */
const struct picket_option *picket_command_option(const struct picket_command *command,
						  unsigned int index);

/** picket_command_is_own() - the option is in command->options, not in options.def. */
bool picket_command_is_own(const struct picket_command *command,
			   const struct picket_option *option);

/** picket_option_flag() - "--skip-covered" for skip_covered. Return: @flag. */
#define PICKET_FLAG_BYTES 64
const char *picket_option_flag(const struct picket_option *option, char flag[PICKET_FLAG_BYTES]);

/* A place in a command line. */
struct picket_command_line {
	const struct picket_command *command;
	char **next;			    /* the argument to be read */
	bool only_operands;		    /* "--" was read */
	const struct picket_option *option; /* that was read last, */
	const char *value;		    /* and its value; a switch without one has "1" */
};

enum picket_read {
	PICKET_READ_OPTION,
	PICKET_READ_OPERAND, /* *next is no option, or NULL at the end; nothing was consumed */
	PICKET_READ_WRONG,   /* said on standard error */
	PICKET_READ_HELP,    /* help was asked for and printed */
};

/** picket_command_line_read() - read one option: --name=VALUE, --name VALUE, or --switch. */
enum picket_read picket_command_line_read(struct picket_command_line *line);

/** picket_help_print() - usage and options of a command on standard output. */
void picket_help_print(const struct picket_command *command);

#endif
