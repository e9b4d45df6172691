/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket: run programs or the kernel under the detector, and read what it reports. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "complain.h"

static const struct picket_command *const commands[] = {
	&picket_command_run,   &picket_command_show, &picket_command_kernel,
	&picket_command_kasan, &picket_command_ctl,  &picket_command_help,
};

const struct picket_command *picket_command_at(unsigned int index)
{
	return index < sizeof(commands) / sizeof(commands[0]) ? commands[index] : NULL;
}

const struct picket_command *picket_command_find(const char *name)
{
	const struct picket_command *command;

	for (unsigned int i = 0; (command = picket_command_at(i)); i++)
		if (!strcmp(command->name, name))
			return command;
	return NULL;
}

static int say_unknown(const char *name)
{
	char names[PICKET_NAMES_BYTES];

	picket_command_names(NULL, names);
	if (name)
		picket_complain("unknown command '%.64s'; there are %s and --version", name, names);
	else
		picket_complain("a command is needed: %s or --version", names);
	return PICKET_EXIT_USAGE;
}

/* Output that was lost is a failure too (a full disk, say). */
static int finish(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	picket_complain("cannot write to standard output");
	return status ? status : PICKET_EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	const struct picket_command *command;

	if (!strcmp(name, "--version")) {
		printf("picket %s\n", PICKET_VERSION);
		return finish(PICKET_EXIT_OK);
	}
	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		return finish(picket_command_help.run(argv + 2));
	command = picket_command_find(name);
	if (command)
		return finish(command->run ? command->run(argv + 2) :
					     picket_command_run_action(command, argv + 2));
	return say_unknown(argv[1]);
}
