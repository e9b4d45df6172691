/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the files of the module share. */
#ifndef PICKET_CONFORMANCE_H
#define PICKET_CONFORMANCE_H

#include "../../../../test/suite/shadow/runner.h"

#include <linux/types.h>

/** records_watch() - take each record of the runtime from now on. Return: 0 or an error. */
int records_watch(void);
void records_unwatch(void);
picket_u32 records_count(void);
const struct picket_record *records_last(void);

/** user_start() - a page of user space for copies. In a task with user space. */
int user_start(void);

#endif
