/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Kernel logs as files: /dev/kmsg, and whatever dmesg, a journal or a serial console wrote. */
#ifndef PICKET_TOOL_LOG_READER_H
#define PICKET_TOOL_LOG_READER_H

#include "kernel/taker.h"

/**
 * picket_log_read() - give the reports of a kernel log.
 * @fd:   stays open. To follow, it must not block. Of a device that does not block, the end is
 *        where there is no more now.
 * @name: of the file, for what is said on standard error, with the command's name before it.
 *
 * Following, a report whose end does not come is given after two seconds of silence. Messages of
 * /dev/kmsg that were overwritten before they were read are counted, and that is said.
 * Return: 0, also when the taker or stop_fd ended it; or -1: said on standard error.
 */
int picket_log_read(int fd, const char *name, const struct picket_report_taker *taker);

#endif
