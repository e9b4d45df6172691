/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Help for people, and the same tables as a section of a man page and as doc/options.md, so that
 * the three cannot differ.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "complain.h"

#define HELP_COLUMN 24
#define HELP_WIDTH 80

/* Print words with line breaks; @column is where the cursor stands. */
static void print_wrapped(const char *text, int column)
{
	while (*text) {
		int length = (int)strcspn(text, " ");

		if (column > HELP_COLUMN && column + 1 + length > HELP_WIDTH) {
			printf("\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		}
		if (column > HELP_COLUMN)
			column += printf(" ");
		column += printf("%.*s", length, text);
		text += length;
		text += strspn(text, " ");
	}
	printf("\n");
}

static bool has_default(const struct picket_option *option)
{
	return option->kind == PICKET_OPTION_NUMBER || option->kind == PICKET_OPTION_CHOICE;
}

static void print_option(const struct picket_option *option)
{
	char flag[PICKET_FLAG_BYTES], text[1024];
	int column = printf("  %s", picket_option_flag(option, flag));

	if (option->kind != PICKET_OPTION_SWITCH)
		column += printf("=%s", option->values);
	if (column + 2 > HELP_COLUMN)
		column = printf("\n") - 1;
	printf("%*s", HELP_COLUMN - column, "");
	if (has_default(option))
		snprintf(text, sizeof(text), "%s (default %s)", option->text, option->standard);
	else
		snprintf(text, sizeof(text), "%s", option->text);
	print_wrapped(text, HELP_COLUMN);
}

static void print_options(const struct picket_command *command)
{
	const struct picket_option *option;

	for (unsigned int i = 0; (option = picket_command_option(command, i)); i++) {
		if (i == 0)
			printf("\n");
		print_option(option);
	}
}

void picket_help_print(const struct picket_command *command)
{
	const struct picket_command *const *action = command->actions;

	printf("usage: picket %s %s\n%s\n", command->name, command->operands, command->summary);
	print_options(command);
	for (; action && *action; action++) {
		printf("\npicket %s %s\n%s\n", (*action)->name, (*action)->operands,
		       (*action)->summary);
		print_options(*action);
	}
	if (command->watches)
		printf("\nThe options of a watched process are also taken from the environment, "
		       "as\n"
		       "PICKET_OPTIONS=name=value:name=value, with '_' for '-'.\n");
}

static void print_all(void)
{
	const struct picket_command *command;

	printf("usage: picket COMMAND ...\n"
	       "Finds memory bugs in running programs and kernels, without rebuilding them.\n\n");
	for (unsigned int i = 0; (command = picket_command_at(i)); i++)
		printf("  %-10s %s\n", command->name, command->summary);
	printf("\n`picket help COMMAND` tells more; so do the man pages.\n");
}

/* A list for the OPTIONS section of an mdoc page. */
static void print_mdoc(const struct picket_command *command)
{
	const struct picket_option *option;
	char flag[PICKET_FLAG_BYTES];

	printf(".Bl -tag -width Ds\n");
	for (unsigned int i = 0; (option = picket_command_option(command, i)); i++) {
		printf(".It Fl %s", picket_option_flag(option, flag) + 1);
		if (option->kind != PICKET_OPTION_SWITCH)
			printf(" Ns = Ns Ar %s", option->values);
		printf("\n%s.\n", option->text);
		if (option->kind == PICKET_OPTION_NUMBER)
			printf("From %llu to %llu; the default is %s.\n", option->min, option->max,
			       option->standard);
		else if (option->kind == PICKET_OPTION_CHOICE)
			printf("The default is %s.\n", option->standard);
	}
	printf(".El\n");
}

/* Table cells: '|' would end one. */
static void print_cell(const char *text)
{
	for (printf(" "); *text; text++)
		printf(*text == '|' ? "\\|" : "%c", *text);
	printf(" |");
}

static void print_flag(const struct picket_option *option)
{
	char flag[PICKET_FLAG_BYTES], cell[128];

	snprintf(cell, sizeof(cell), "`%s`", picket_option_flag(option, flag));
	printf("|");
	print_cell(cell);
}

static void print_values(const struct picket_option *option)
{
	char cell[128];

	if (option->kind == PICKET_OPTION_NUMBER)
		snprintf(cell, sizeof(cell), "%s, %llu ... %llu", option->values, option->min,
			 option->max);
	else
		snprintf(cell, sizeof(cell), "%s",
			 option->kind == PICKET_OPTION_SWITCH ? "0, 1" : option->values);
	print_cell(cell);
	print_cell(option->standard);
	print_cell(option->text);
	printf("\n");
}

static void print_row(const struct picket_option *option)
{
	char cell[128];

	print_flag(option);
	snprintf(cell, sizeof(cell), "`%s`", option->name);
	print_cell(cell);
	print_values(option);
}

static void print_kernel_markdown(void)
{
	const struct picket_command *kernel = picket_command_find("kernel");
	const struct picket_option *option;

	printf("\n# Options of a watched kernel\n\n"
	       "`picket kernel start` takes them. But for the first three they are parameters of\n"
	       "`picket.ko`, in `tool/kernel/parameters.def`, and have the same name there with "
	       "`_` "
	       "for `-`:\n"
	       "as arguments of `insmod`, and in `/sys/module/picket/parameters/`. `--interval` "
	       "is\n"
	       "`sample_interval`. KFENCE that is built into a kernel has some of them.\n\n"
	       "| command line | value | default | meaning |\n"
	       "|---|---|---|---|\n");
	for (unsigned int i = 0;
	     (option = picket_command_option(picket_command_action(kernel, "start"), i)); i++) {
		print_flag(option);
		print_values(option);
	}
}

static void print_markdown(void)
{
	const struct picket_option *option;

	printf("# Options of a watched process\n\n"
	       "Made by `picket help --markdown` from `port/process/options.def`; do not edit.\n\n"
	       "`picket run` takes them on its command line. `PICKET_OPTIONS` takes them as\n"
	       "`name=value:name=value`; there `\\:` stands for a colon in a value and `\\\\` for "
	       "a\n"
	       "backslash, and the command line overrides it.\n\n"
	       "| command line | PICKET_OPTIONS | value | default | meaning |\n"
	       "|---|---|---|---|---|\n");
	for (size_t i = 0; (option = picket_option_at(i)); i++)
		if (!option->internal)
			print_row(option);
	print_kernel_markdown();
}

/* Return: the command, or the action of one, that the words name; NULL: there is none. */
static const struct picket_command *find(char ***words)
{
	const struct picket_command *command = picket_command_find(**words), *action;
	char names[PICKET_NAMES_BYTES];

	if (!command) {
		picket_complain("help: unknown command '%.64s'; there are %s", **words,
				picket_command_names(NULL, names));
		return NULL;
	}
	++*words;
	if (!command->actions || !**words)
		return command;
	action = picket_command_action(command, **words);
	if (action)
		++*words;
	else
		picket_complain("help: unknown action '%.64s' of %s; there are %s", **words,
				command->name, picket_command_names(command, names));
	return action;
}

static int help(char **arguments)
{
	const struct picket_command *command = NULL;
	const char *form = "";

	/* For the build, so not in any help. */
	if (*arguments && (!strcmp(*arguments, "--markdown") || !strcmp(*arguments, "--mdoc")))
		form = *arguments++;
	if (*arguments) {
		command = find(&arguments);
		if (!command)
			return PICKET_EXIT_USAGE;
	}
	if (*arguments) {
		picket_complain("help: '%s' is one argument too many: a command is enough",
				*arguments);
		return PICKET_EXIT_USAGE;
	}
	if (!strcmp(form, "--markdown"))
		print_markdown();
	else if (!strcmp(form, "--mdoc"))
		print_mdoc(command ? command : &picket_command_run);
	else if (command)
		picket_help_print(command);
	else
		print_all();
	return PICKET_EXIT_OK;
}

const struct picket_command picket_command_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "say how a command is used",
	.run = help,
};
