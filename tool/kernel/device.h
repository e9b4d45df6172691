/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* /dev/picket, where picket.ko gives its records as lines of JSON. */
#ifndef PICKET_TOOL_KERNEL_DEVICE_H
#define PICKET_TOOL_KERNEL_DEVICE_H

#include "taker.h"

/**
 * picket_device_read() - give the records that are still held, oldest first; then, to follow, those
 * to come.
 * Return: 0, also when the taker or stop_fd ended it; or -1: said on standard error. A line that is
 * no record is said, and the others are given.
 */
int picket_device_read(const struct picket_report_taker *taker);

#endif
