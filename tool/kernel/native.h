/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * KFENCE as it is built into some kernels (CONFIG_KFENCE): started, stopped and read through
 * /sys/module/kfence, debugfs and the kernel log. Files are named by picket_system_path().
 */
#ifndef PICKET_TOOL_KERNEL_NATIVE_H
#define PICKET_TOOL_KERNEL_NATIVE_H

#include <limits.h>
#include <stdbool.h>

#include "parameters.h"
#include "taker.h"

/* What it is doing. A number that cannot be read is -1. */
struct picket_native_status {
	long long interval_ms; /* 0: takes no samples */
	long long slots;       /* objects it can guard at a time */
};

/** picket_native_is_there() - has the running kernel KFENCE built in? */
bool picket_native_is_there(void);

/**
 * picket_native_start() - set the parameters, sample_interval last.
 * @settings: ended by a row without name; never sample_interval. One that this kernel's KFENCE has
 *            not, or that cannot be changed while it runs, is refused before any is set.
 * Return: 0, or -1: said on standard error.
 */
int picket_native_start(unsigned int interval_ms, const struct picket_setting *settings);

/** picket_native_stop() - take no more samples. Return: 0, or -1: said on standard error. */
int picket_native_stop(void);

/** picket_native_status() - Return: 0, or -1: said on standard error. */
int picket_native_status(struct picket_native_status *status);

/** picket_native_stats() - its debugfs file of "name: value" lines; it may be absent. */
const char *picket_native_stats(char path[PATH_MAX]);

/**
 * picket_native_read() - give the reports that the kernel log still holds, oldest first; then, to
 * follow, those to come.
 *
 * Each is a record with domain "kernel"; sequence counts from 1 for the first one in the log.
 * Messages of the log that were overwritten before they were read are said on standard error.
 * Return: 0, also when the taker or stop_fd ended it; or -1: said on standard error.
 */
int picket_native_read(const struct picket_report_taker *taker);

#endif
