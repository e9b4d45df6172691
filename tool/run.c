/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket run: run a program under the detector. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "command.h"
#include "complain.h"
#include "descriptor.h"
#include "environment.h"
#include "hurry.h"
#include "inbox.h"
#include "library.h"
#include "program.h"
#include "reporter.h"
#include "sides.h"
#include "supervisor.h"
#include "watch_options.h"

/* All that is settled before the program starts. */
struct run {
	struct picket_options options;
	const char *debuginfo_path;
	char **arguments; /* the program's */
	char program[PATH_MAX];
	bool linked; /* Picket is in the program: no library is needed */
	char library[PATH_MAX];
	char **environment;
	struct picket_reporter reporter;
	struct picket_inbox inbox;
	struct picket_signals signals;
	int signal_fd;
};

static const struct picket_option own_options[] = {
	PICKET_OPTION_DEBUGINFO_PATH,
	{ 0 },
};

static void set_option(void *context, const struct picket_option *option, const char *value)
{
	struct run *run = context;

	if (option == own_options)
		run->debuginfo_path = value;
	else
		picket_options_set(&run->options, option->name, strlen(option->name), value,
				   strlen(value), NULL, 0);
}

static int read_environment(struct run *run)
{
	const char *text = getenv("PICKET_OPTIONS");
	char error[PICKET_OPTION_ERROR_BYTES];

	picket_options_default(&run->options);
	if (!text || !picket_options_parse(&run->options, text, error, sizeof(error)))
		return 0;
	picket_complain("run: PICKET_OPTIONS in the environment: %s", error);
	return -1;
}

/* Return: 0, or what to exit with. */
static int find_program(struct run *run)
{
	int error = picket_program_find(run->arguments[0], run->program);
	const char *why;

	if (error) {
		picket_complain("run: '%s': %s", run->arguments[0],
				error == -ENOENT ? "not found" : "is no executable file");
		return error == -ENOENT ? PICKET_EXIT_NOT_FOUND : PICKET_EXIT_NOT_EXECUTABLE;
	}
	why = picket_program_unreachable(run->program, &run->linked);
	if (!why)
		return 0;
	picket_complain("run: '%s' %s: it cannot be watched and was not run", run->program, why);
	return PICKET_EXIT_FAILURE;
}

static int find_library(struct run *run)
{
	int error = run->linked ? 0 : picket_library_find(run->library);

	if (error == -ENOENT)
		picket_complain("run: libpicket.so is neither beside this command nor at '%s'",
				run->library);
	else if (error)
		picket_complain("run: '%s': a path with a space or colon cannot be preloaded",
				run->library);
	return error;
}

static int prepare_watching(struct run *run)
{
	char *text;
	int error = picket_inbox_open(&run->inbox);

	if (error) {
		picket_complain("run: no socket for reports: %s", strerror(-error));
		return -1;
	}
	if (run->options.side == PICKET_SIDE_AUTO && run->options.seed == 0)
		run->options.side = picket_sides_next(run->program);
	strcpy(run->options.socket, run->inbox.name);
	text = picket_watch_options_text(&run->options);
	run->environment =
		text ? picket_environment_make(environ, run->linked ? NULL : run->library, text) :
		       NULL;
	free(text);
	if (run->environment)
		return 0;
	picket_complain("run: out of memory");
	return -1;
}

/* Return: 0, or what to exit with. */
static int prepare(struct run *run)
{
	int status = find_program(run);

	if (status)
		return status;
	if (find_library(run) || picket_reporter_open(&run->reporter, run->options.log,
						      run->options.json, run->debuginfo_path))
		return PICKET_EXIT_FAILURE;
	/* Not before the files are open, for which one may wait; but before any is written to. */
	picket_signals_block(&run->signals);
	if (prepare_watching(run))
		return PICKET_EXIT_FAILURE;
	run->signal_fd = picket_supervisor_open();
	if (run->signal_fd >= 0)
		return 0;
	picket_complain("run: no descriptor for signals: %s", strerror(-run->signal_fd));
	return PICKET_EXIT_FAILURE;
}

static int say_not_started(const struct run *run, int error)
{
	picket_complain("run: cannot execute '%s': %s", run->program, strerror(error));
	return error == ENOENT ? PICKET_EXIT_NOT_FOUND : PICKET_EXIT_NOT_EXECUTABLE;
}

static void let_go_of_streams(const struct run *run)
{
	int keep[] = { run->signal_fd, run->inbox.fd, run->reporter.text.fd,
		       run->reporter.json.fd };

	picket_descriptor_close_others(keep, sizeof(keep) / sizeof(keep[0]));
}

static int run_program(char **arguments)
{
	static struct run run = { .debuginfo_path = "" };
	struct picket_command_line line = { .command = &picket_command_run,
					    .set = set_option,
					    .context = &run,
					    .operands_max = PICKET_OPERANDS_ANY,
					    .needed = "a program to run",
					    .options_first = true };
	struct picket_supervisor supervisor;
	int status;

	if (read_environment(&run))
		return PICKET_EXIT_USAGE;
	status = picket_command_line_read(&line, arguments);
	if (status)
		return status - 1;
	run.arguments = line.operands;
	status = prepare(&run);
	if (status)
		return status;
	supervisor = (struct picket_supervisor){
		.child = picket_child_start(run.arguments, run.environment, &run.signals),
		.signal_fd = run.signal_fd,
		.inbox = &run.inbox,
		.queue = &run.reporter.queue,
	};
	if (supervisor.child < 0)
		return say_not_started(&run, -supervisor.child);
	let_go_of_streams(&run);
	picket_reporter_start(&run.reporter);
	status = picket_supervisor_run(&supervisor);
	picket_hurry_on_signal(&run.signals);
	if (picket_reporter_finish(&run.reporter) && run.options.exit_code)
		return (int)run.options.exit_code;
	picket_child_end_as(status);
}

const struct picket_command picket_command_run = {
	.name = "run",
	.operands = "[OPTION...] [--] PROGRAM [ARGUMENT...]",
	.summary = "run a program, report its memory bugs",
	.options = own_options,
	.watches = true,
	.run = run_program,
};
