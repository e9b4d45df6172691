/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * How often a thread comes into the slow path at least: about fifty times a second while it
 * allocates, and every 4096 allocations. So that it notices in time that sampling was changed
 * (policy.h) or that somebody asks for something (control.h), however long the gate would let it
 * be.
 */
#ifndef PICKET_LOOK_H
#define PICKET_LOOK_H

#include "thread.h"

/**
 * picket_look() - the thread's countdown has run out: look around, and at the gate.
 *
 * Return: true: this allocation shall be guarded.
 */
bool picket_look(struct picket_thread *thread);

/** picket_look_end() - the gate is done with: see that the next look comes in time. */
void picket_look_end(struct picket_thread *thread);

#endif
