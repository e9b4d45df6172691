/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The subcommands, each a file with a table of its options and a function, and the reader of
 * their command lines.
 */
#ifndef PICKET_TOOL_COMMAND_H
#define PICKET_TOOL_COMMAND_H

#include <stdbool.h>

#include "port/process/options.h"

/* Rows that are in several tables. */
#define PICKET_SWITCH(name_, text_)                                                                \
	{                                                                                          \
		.name = (name_), .kind = PICKET_OPTION_SWITCH, .standard = "0", .values = "",      \
		.text = (text_), .max = 1,                                                         \
	}
#define PICKET_OPTION_DEBUGINFO_PATH                                                               \
	{                                                                                          \
		.name = "debuginfo_path", .kind = PICKET_OPTION_STRING, .standard = "",            \
		.values = "DIR:DIR",                                                               \
		.text = "where separate debug files are, instead of :.debug:/usr/lib/debug",       \
	}

struct picket_command {
	const char *name;
	const char *operands;		     /* as usage shows them */
	const char *summary;		     /* one line */
	const struct picket_option *options; /* its own, ended by one without name; or NULL */
	bool watches; /* the options of a watched process (options.def) are its options too */
	/* NULL, or subcommands of its own, ended by NULL; their names begin with its name. */
	const struct picket_command *const *actions;
	/** @arguments: behind the name, ended by NULL. Return: exit status. NULL: see actions. */
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

/** picket_option_flag() - "--skip-covered" for skip_covered. Return: @flag. */
#define PICKET_FLAG_BYTES 64
const char *picket_option_flag(const struct picket_option *option, char flag[PICKET_FLAG_BYTES]);

/** picket_command_run_action() - run the action that is named first. Return: exit status. */
int picket_command_run_action(const struct picket_command *parent, char **arguments);

#define PICKET_OPERANDS_ANY (~0u)

/* What a command line may hold, and what is done with it. */
struct picket_command_line {
	const struct picket_command *command;
	/** check() - as picket_option_check(); NULL: that one. */
	int (*check)(const struct picket_option *option, const char *value, char *error);
	/** set() - take an option with a value that is right; NULL: there are none. */
	void (*set)(void *context, const struct picket_option *option, const char *value);
	void *context;
	unsigned int operands_max;
	const char *needed; /* what the first operand is; NULL: it may be missing */
	bool options_first; /* all behind the first operand are operands, whatever they look like */
	char **operands;    /* receives them, ended by NULL */
};

/**
 * picket_command_line_read() - read --name=VALUE, --name VALUE, --switch and --help, anywhere, and
 * what is none of them.
 * @arguments: are sorted: operands move to the front.
 * Return: 0, or what to exit with, plus 1.
 */
int picket_command_line_read(struct picket_command_line *line, char **arguments);

/** picket_help_print() - usage and options of a command on standard output. */
void picket_help_print(const struct picket_command *command);

#endif
