/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket show: print recorded reports with names. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "complain.h"
#include "enrich.h"
#include "log_reader.h"

#define NAME_BYTES 4200 /* of a file, with the command's before it */
#define ERROR_BYTES 256
#define LINE_BYTES_MAX (16u << 20) /* above a record whose every name is as long as can be */
#define WRONG_SAID 3

struct show {
	struct picket_symbolizer *symbolizer;
	const char *debuginfo_path;
	bool json;
	bool log;
	bool failed; /* a file or a line was wrong; the rest is shown */
};

enum own_option {
	OPTION_LOG,
	OPTION_JSON,
	OPTION_DEBUGINFO_PATH,
};

static const struct picket_option own_options[] = {
	[OPTION_LOG] = PICKET_SWITCH(
		"log", "find the reports of KFENCE and of picket.ko in kernel logs: each file is "
		       "what dmesg, journalctl -k or a serial console wrote"),
	[OPTION_JSON] = PICKET_SWITCH("json", "print records as JSON, with names, one a line"),
	[OPTION_DEBUGINFO_PATH] = PICKET_OPTION_DEBUGINFO_PATH,
	{ 0 },
};

struct source {
	const char *name;
	FILE *stream;
	unsigned long long lines;
	unsigned long long wrong;
};

/* A file that holds no records at all must not fill the screen. */
static void say_wrong(struct source *source, const char *error, bool is_object)
{
	if (source->wrong++ < WRONG_SAID)
		picket_complain("show: %s:%llu: %s%s", source->name, source->lines, error,
				is_object ? "" : " (a kernel log needs --log)");
}

static int show_report(void *context, struct picket_report *report)
{
	const struct show *show = context;

	if (show->json)
		picket_enrich_json(report, show->symbolizer, stdout);
	else
		picket_enrich_text(report, show->symbolizer, stdout);
	return 0;
}

static void show_line(struct show *show, struct source *source, const char *line, size_t length)
{
	char error[ERROR_BYTES];
	struct picket_report report;

	if (picket_report_parse(line, length, &report, error, sizeof(error))) {
		say_wrong(source, error, line[0] == '{');
		return;
	}
	show_report(show, &report);
	picket_report_release(&report);
}

/* Return: bytes of the line; 0 at the end. A longer line is cut to LINE_BYTES_MAX. */
static size_t read_line(FILE *stream, char *line)
{
	size_t length = 0;
	int byte;

	while (length < LINE_BYTES_MAX && (byte = getc_unlocked(stream)) != EOF) {
		line[length++] = (char)byte;
		if (byte == '\n')
			break;
	}
	return length;
}

static void show_lines(struct show *show, struct source *source)
{
	static char line[LINE_BYTES_MAX];
	size_t length;

	while ((length = read_line(source->stream, line)) > 0) {
		source->lines++;
		if (length == LINE_BYTES_MAX) {
			picket_complain(
				"show: %s:%llu: no record is %u bytes long; the rest of the "
				"file was not read",
				source->name, source->lines, LINE_BYTES_MAX);
			show->failed = true;
			return;
		}
		show_line(show, source, line, length);
		fflush(stdout); /* before what is said of the next line */
	}
}

static void show_source(struct show *show, struct source *source)
{
	show_lines(show, source);
	if (ferror(source->stream)) {
		picket_complain("show: cannot read '%s': %s", source->name, strerror(errno));
		show->failed = true;
	}
	if (source->wrong > WRONG_SAID)
		picket_complain("show: %s: %llu lines in all are no records", source->name,
				source->wrong);
	if (source->wrong)
		show->failed = true;
}

static void show_log(struct show *show, const struct source *source)
{
	const struct picket_report_taker taker = { .report = show_report, .context = show };
	char name[NAME_BYTES];

	snprintf(name, sizeof(name), "show: %s", source->name);
	if (picket_log_read(fileno(source->stream), name, &taker))
		show->failed = true;
}

static void show_file(struct show *show, const char *file)
{
	bool standard = !strcmp(file, "-");
	struct source source = { .name = file, .stream = standard ? stdin : fopen(file, "re") };

	if (!source.stream) {
		picket_complain("show: cannot read '%s': %s", file, strerror(errno));
		show->failed = true;
		return;
	}
	if (show->log)
		show_log(show, &source);
	else
		show_source(show, &source);
	if (!standard)
		fclose(source.stream);
}

static void set_option(void *context, const struct picket_option *option, const char *value)
{
	struct show *show = context;
	bool is_on = !strcmp(value, "1");

	if (option == &own_options[OPTION_LOG])
		show->log = is_on;
	else if (option == &own_options[OPTION_JSON])
		show->json = is_on;
	else
		show->debuginfo_path = value;
}

static int show_files(char **arguments)
{
	struct show show = { 0 };
	struct picket_command_line line = { .command = &picket_command_show,
					    .set = set_option,
					    .context = &show,
					    .operands_max = PICKET_OPERANDS_ANY };
	int status = picket_command_line_read(&line, arguments);

	if (status)
		return status - 1;
	if (!*line.operands) {
		picket_complain("show: a file of %s is needed, or - for standard input",
				show.log ? "a kernel log" : "records");
		return PICKET_EXIT_USAGE;
	}
	show.symbolizer = picket_symbolizer_create(show.debuginfo_path);
	if (!show.symbolizer) {
		picket_complain("show: out of memory");
		return PICKET_EXIT_FAILURE;
	}
	for (char **file = line.operands; *file; file++)
		show_file(&show, *file);
	picket_symbolizer_destroy(show.symbolizer);
	return show.failed ? PICKET_EXIT_FAILURE : PICKET_EXIT_OK;
}

const struct picket_command picket_command_show = {
	.name = "show",
	.operands = "[OPTION...] FILE...",
	.summary = "print recorded reports (--json of run, or a kernel log; - is standard input)",
	.options = own_options,
	.run = show_files,
};
