/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"
#include "enrich.h"
#include "hurry.h"
#include "reporter.h"
#include "statistics.h"

#define ERROR_BYTES 256

int picket_reporter_open(struct picket_reporter *reporter, const char *log, const char *json,
			 const char *debuginfo_path)
{
	memset(reporter, 0, sizeof(*reporter));
	picket_queue_init(&reporter->queue);
	if (picket_sink_open(&reporter->text, log, STDERR_FILENO) ||
	    picket_sink_open(&reporter->json, json, -1))
		return -1;
	reporter->symbolizer = picket_symbolizer_create(*debuginfo_path ? debuginfo_path : NULL);
	reporter->statistics_stream =
		open_memstream(&reporter->statistics, &reporter->statistics_bytes);
	if (reporter->symbolizer && reporter->statistics_stream)
		return 0;
	picket_complain("run: out of memory");
	return -1;
}

/* The whole report in one write: the program writes to the same terminal. */
static void deliver(struct picket_reporter *reporter, const struct picket_report *report,
		    void (*render)(const struct picket_report *, struct picket_symbolizer *,
				   FILE *),
		    struct picket_sink *sink)
{
	char *bytes = NULL;
	size_t count = 0;
	FILE *stream = sink->fd < 0 ? NULL : open_memstream(&bytes, &count);

	if (stream) {
		render(report, reporter->symbolizer, stream);
		fclose(stream);
		picket_sink_write(sink, bytes, count);
	} else if (sink->fd >= 0) {
		picket_complain("out of memory: a report could not be written");
	}
	free(bytes);
}

static void report_message(struct picket_reporter *reporter, const struct picket_message *message)
{
	char error[ERROR_BYTES];
	struct picket_report report;

	if (!picket_report_parse(message->text, message->length, &report, error, sizeof(error))) {
		reporter->reports++;
		deliver(reporter, &report, picket_enrich_text, &reporter->text);
		deliver(reporter, &report, picket_enrich_json, &reporter->json);
		picket_report_release(&report);
		return;
	}
	if (picket_statistics_print(message->text, message->length, reporter->statistics_stream))
		return;
	picket_complain("a message is no record: %s; it reads: %s", error, message->text);
}

static void *report_messages(void *context)
{
	struct picket_reporter *reporter = context;
	struct picket_message *message;
	bool said = false;

	while ((message = picket_queue_pop(&reporter->queue)) != NULL) {
		if (picket_hurried() && !said) {
			picket_complain(
				"interrupted: the reports that are left come without names");
			said = true;
		}
		report_message(reporter, message);
		free(message);
	}
	return NULL;
}

void picket_reporter_start(struct picket_reporter *reporter)
{
	int error = pthread_create(&reporter->thread, NULL, report_messages, reporter);

	reporter->started = error == 0;
	if (error)
		picket_complain("no thread for reports (%s): they come when the program ends",
				strerror(error));
}

unsigned long long picket_reporter_finish(struct picket_reporter *reporter)
{
	picket_queue_close(&reporter->queue);
	if (reporter->started)
		pthread_join(reporter->thread, NULL);
	else
		report_messages(reporter);
	fclose(reporter->statistics_stream);
	picket_sink_write(&reporter->text, reporter->statistics, reporter->statistics_bytes);
	free(reporter->statistics);
	if (reporter->queue.lost)
		picket_complain("%llu messages were lost: too many waited to be named",
				reporter->queue.lost);
	picket_symbolizer_destroy(reporter->symbolizer);
	return reporter->reports;
}
