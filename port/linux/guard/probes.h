/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The other way into the allocating functions: breakpoints that stand there only while a sample is
 * due, so that in between an allocation costs nothing at all.
 */
#ifndef PICKET_LINUX_PROBES_H
#define PICKET_LINUX_PROBES_H

#include "module.h"

typedef struct picket_result (*picket_handler)(struct picket_args *args);

/**
 * picket_probes_add() - prepare a probe of a function, which is not armed yet.
 *
 * Context: may sleep; between picket_hooks_install() and the first sample.
 * Return: 0; an error, and then this one is not there.
 */
int picket_probes_add(const char *symbol, picket_handler handler);

/** picket_probes_start() - all are added: measure what arming takes. May sleep. */
void picket_probes_start(void);

/** picket_probes_remove() - no probe is there after this, and none is being handled. May sleep. */
void picket_probes_remove(void);

/**
 * picket_probes_update() - samples became due, or none is due any more: arm or disarm, soon.
 *
 * Any context. Does nothing where there are no probes.
 */
void picket_probes_update(void);

/** picket_probes_spacing_us() - samples cannot well be closer than that; 0: as close as asked. */
u32 picket_probes_spacing_us(void);

/** picket_probes_interrupted() - the probed code that this CPU interrupted; NULL: none. */
struct pt_regs *picket_probes_interrupted(void);

/* Probes that could not be armed, so that samples waited for others. */
extern u64 picket_probes_failed;

#endif
