/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket show: print recorded reports with names. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complain.h"
#include "enrich.h"

#define ERROR_BYTES 256

struct show {
	struct picket_symbolizer *symbolizer;
	const char *debuginfo_path;
	bool json;
	bool failed; /* a file or a line was wrong; the rest is shown */
};

enum own_option {
	OPTION_JSON,
	OPTION_DEBUGINFO_PATH,
};

static const struct picket_option own_options[] = {
	[OPTION_JSON] = {
		.name = "json",
		.kind = PICKET_OPTION_SWITCH,
		.standard = "0",
		.values = "",
		.text = "print records as JSON, with names, one a line",
	},
	[OPTION_DEBUGINFO_PATH] = {
		.name = "debuginfo_path",
		.kind = PICKET_OPTION_STRING,
		.standard = "",
		.values = "DIR:DIR",
		.text = "where separate debug files are, instead of :.debug:/usr/lib/debug",
	},
	{0},
};

static void show_line(struct show *show, const char *file, unsigned long long number,
		      const char *line, size_t length)
{
	char error[ERROR_BYTES];
	struct picket_report report;

	if (picket_report_parse(line, length, &report, error, sizeof(error))) {
		picket_complain("show: %s:%llu: %s", file, number, error);
		show->failed = true;
		return;
	}
	if (show->json)
		picket_enrich_json(&report, show->symbolizer, stdout);
	else
		picket_enrich_text(&report, show->symbolizer, stdout);
	picket_report_release(&report);
}

static void show_stream(struct show *show, const char *file, FILE *stream)
{
	unsigned long long number = 0;
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	while ((length = getline(&line, &size, stream)) >= 0) {
		show_line(show, file, ++number, line, (size_t)length);
		fflush(stdout); /* before what is said of the next line */
	}
	if (ferror(stream)) {
		picket_complain("show: cannot read '%s': %s", file, strerror(errno));
		show->failed = true;
	}
	free(line);
}

static void show_file(struct show *show, const char *file)
{
	bool standard = !strcmp(file, "-");
	FILE *stream = standard ? stdin : fopen(file, "re");

	if (!stream) {
		picket_complain("show: cannot read '%s': %s", file, strerror(errno));
		show->failed = true;
		return;
	}
	show_stream(show, file, stream);
	if (!standard)
		fclose(stream);
}

static int set_option(struct show *show, const struct picket_command_line *line)
{
	if (line->option == &own_options[OPTION_DEBUGINFO_PATH]) {
		show->debuginfo_path = line->value;
		return 0;
	}
	show->json = !strcmp(line->value, "1");
	if (show->json || !strcmp(line->value, "0"))
		return 0;
	picket_complain("show: --json='%s': must be 0 or 1", line->value);
	return -1;
}

/*
 * Options may stand behind files too. Files move to the front of @arguments, which ends with them.
 * Return: 0, or what to exit with, plus 1.
 */
static int read_command_line(struct show *show, char **arguments)
{
	struct picket_command_line line = { .command = &picket_command_show, .next = arguments };
	char **file = arguments;

	for (;;) {
		switch (picket_command_line_read(&line)) {
		case PICKET_READ_OPTION:
			if (set_option(show, &line))
				return PICKET_EXIT_USAGE + 1;
			break;
		case PICKET_READ_OPERAND:
			*file = *line.next;
			if (!*file++)
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

static int show_files(char **arguments)
{
	struct show show = { 0 };
	int status = read_command_line(&show, arguments);

	if (status)
		return status - 1;
	if (!*arguments) {
		picket_complain("show: a file of records is needed, or - for standard input");
		return PICKET_EXIT_USAGE;
	}
	show.symbolizer = picket_symbolizer_create(show.debuginfo_path);
	if (!show.symbolizer) {
		picket_complain("show: out of memory");
		return PICKET_EXIT_FAILURE;
	}
	while (*arguments)
		show_file(&show, *arguments++);
	picket_symbolizer_destroy(show.symbolizer);
	return show.failed ? PICKET_EXIT_FAILURE : PICKET_EXIT_OK;
}

const struct picket_command picket_command_show = {
	.name = "show",
	.operands = "[OPTION...] FILE...",
	.summary = "print recorded reports (--json of run; - is standard input)",
	.options = own_options,
	.run = show_files,
};
