/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Reports in a kernel log as records: KFENCE's text, of every release that has it, and that of
 * picket.ko, whatever prefix it was given.
 *
 * A record holds what the text says. There are no program counters in it, only functions, and
 * unless the kernel was booted with no_hash_pointers no addresses either, but hashes of them
 * (doc/report-format.md, "From a kernel log"). Of a report that lost lines the rest is given.
 */
#ifndef PICKET_TOOL_KERNEL_TEXT_H
#define PICKET_TOOL_KERNEL_TEXT_H

#include "tool/record_json.h"

struct picket_kernel_text;

/**
 * picket_kernel_text_create() - begin with a log.
 * @report: takes each report when it is complete, in order of their ends; "sequence" counts from 1.
 *          What it is given lives until it returns. It must return 0, or else no more is given.
 * Return: NULL: out of memory.
 */
struct picket_kernel_text *picket_kernel_text_create(int (*report)(void *context,
								   struct picket_report *report),
						     void *context);

/**
 * picket_kernel_text_line() - the next line of the log, or record of /dev/kmsg.
 * @line: need not be terminated.
 * Return: 0, or what report() returned.
 */
int picket_kernel_text_line(struct picket_kernel_text *text, const char *line, size_t length);

/** picket_kernel_text_is_open() - has a report begun of which the end was not seen? */
bool picket_kernel_text_is_open(const struct picket_kernel_text *text);

/**
 * picket_kernel_text_end() - nothing follows: give what has no end.
 * Return: 0, or what report() returned.
 */
int picket_kernel_text_end(struct picket_kernel_text *text);

/** picket_kernel_text_destroy() - NULL is allowed. */
void picket_kernel_text_destroy(struct picket_kernel_text *text);

#endif
