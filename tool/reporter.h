/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The thread of `picket run` that makes reports from messages: naming addresses takes long, and
 * while it does, messages and signals must not wait.
 */
#ifndef PICKET_TOOL_REPORTER_H
#define PICKET_TOOL_REPORTER_H

#include <pthread.h>

#include "queue.h"
#include "sink.h"
#include "symbols.h"

struct picket_reporter {
	struct picket_queue queue; /* of messages; whoever receives pushes */
	struct picket_symbolizer *symbolizer;
	struct picket_sink text;
	struct picket_sink json;
	char *statistics; /* text, kept for the end */
	size_t statistics_bytes;
	FILE *statistics_stream;
	unsigned long long reports;
	pthread_t thread;
	bool started;
};

/**
 * picket_reporter_open() - open the files.
 * @log, @json, @debuginfo_path: "" for none.
 * Return: 0, or -1: said on standard error.
 */
int picket_reporter_open(struct picket_reporter *reporter, const char *log, const char *json,
			 const char *debuginfo_path);

/**
 * picket_reporter_start() - start the thread; after the fork. If there is none to be had, that is
 * said, and picket_reporter_finish() does its work.
 */
void picket_reporter_start(struct picket_reporter *reporter);

/**
 * picket_reporter_finish() - report what is in the queue, then the statistics; ends the thread.
 * Return: how many reports there were.
 */
unsigned long long picket_reporter_finish(struct picket_reporter *reporter);

#endif
