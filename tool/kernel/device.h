/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* /dev/picket and the like, where modules of Picket give their records as lines of JSON. */
#ifndef PICKET_TOOL_KERNEL_DEVICE_H
#define PICKET_TOOL_KERNEL_DEVICE_H

#include "taker.h"

#define PICKET_DEVICES_MAX 2

/**
 * picket_device_read() - give the records that are still held, of each device oldest first; then,
 * to follow, those to come.
 * @names: ended by NULL, at most PICKET_DEVICES_MAX. Those that are not there are left out, unless
 *         none is.
 * Return: 0, also when the taker or stop_fd ended it; or -1: said on standard error. A line that is
 * no record is said, and the others are given.
 */
int picket_device_read(const char *const names[], const struct picket_report_taker *taker);

#endif
