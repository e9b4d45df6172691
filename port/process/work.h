/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the governor of core/guard goes by: how long Picket works, and how long the host runs.
 *
 * Work is measured by the monotonic clock, which costs no system call and, unlike the CPU time of
 * the thread, sees how long it waited for the kernel's lock of the address space. It also sees the
 * CPU given to others, so a piece of work counts up to a bound only. The host's time is that of all
 * its CPUs, asked for at most fifty times a second.
 */
#ifndef PICKET_PROCESS_WORK_H
#define PICKET_PROCESS_WORK_H

#include "../../core/types.h"

/** picket_work_begin() - Return: what picket_work_end() wants to know. */
u64 picket_work_begin(void);

/** picket_work_end() - Picket did work since then. */
void picket_work_end(u64 begin_ns);

/** picket_work_look() - tell the detector how long the host ran, if it is time for that. */
void picket_work_look(void);

/** picket_work_fork_child() - the process is new, and so is its time. */
void picket_work_fork_child(void);

#endif
