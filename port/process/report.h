/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Where records and statistics go: to `picket run` if it listens, else as text to the log file or
 * to standard error, and as JSON to the json file. Everything is opened when there is something to
 * say, so the host's descriptors are numbered as without Picket.
 */
#ifndef PICKET_PROCESS_REPORT_H
#define PICKET_PROCESS_REPORT_H

#include "line.h"

#include <picket/record.h>

/** picket_report_start() - remember what standard error is. */
void picket_report_start(void);

/** picket_report_deliver() - one record. Async-signal-safe. */
void picket_report_deliver(const struct picket_record *record);

/** picket_report_fork_child() - only the caller's thread lives on in this copy. */
void picket_report_fork_child(void);

/**
 * picket_report_send() - one message to `picket run`. Under a shield, as picket_report_say().
 * Return: 0, or -1 if nobody took it.
 */
int picket_report_send(const char *bytes, size_t count);

/**
 * picket_report_say() - text to the log file or to standard error.
 *
 * Return: 0; -1: nowhere, as the host has made something else of descriptor 2, say.
 */
int picket_report_say(const char *bytes, size_t count);

/** picket_report_warn() - "picket: TEXT" and a newline to standard error. */
void picket_report_warn(const char *text);

#endif
