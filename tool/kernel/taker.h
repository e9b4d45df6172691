/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Who takes the reports of a kernel, whichever detector they come from. */
#ifndef PICKET_TOOL_KERNEL_TAKER_H
#define PICKET_TOOL_KERNEL_TAKER_H

#include <stdbool.h>

#include "tool/record_json.h"

/* Nothing given to report() lives longer than the call. */
struct picket_report_taker {
	/**
	 * report() - take one. The callee may change *report, and does not release it.
	 * Return: 0; anything else ends the reading.
	 */
	int (*report)(void *context, struct picket_report *report);
	void *context;
	bool follow; /* wait for more, until stop_fd can be read */
	int stop_fd;
};

#endif
