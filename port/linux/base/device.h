/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Records as lines of JSON, for a reader of /dev/picket and the like. */
#ifndef PICKET_LINUX_DEVICE_H
#define PICKET_LINUX_DEVICE_H

#include <linux/types.h>

struct picket_record;

/**
 * picket_device_start() - make room for records, and the device.
 * @name: static; of the node in /dev.
 *
 * Context: may sleep. Return: 0 or a negative error, after saying what failed.
 */
int picket_device_start(const char *name);

/** picket_device_stop() - the opposite. Context: nothing is reported any more; may sleep. */
void picket_device_stop(void);

/**
 * picket_device_write() - keep a record for readers, and wake them.
 *
 * Any context; waits a bounded time for others. A record that cannot be kept is counted as lost.
 */
void picket_device_write(const struct picket_record *record);

/** picket_device_lost() - records that were gone before anybody read them. */
u64 picket_device_lost(void);

#endif
