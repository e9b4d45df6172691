/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * SIGSEGV belongs to Picket; the host's own handler stands behind it. The host sees through
 * sigaction() and signal() what it would see without us, and its handler gets every fault that is
 * not in the pool with the original siginfo and context.
 */
#ifndef PICKET_SIGNALS_H
#define PICKET_SIGNALS_H

typedef void picket_handler(int signal);

/** picket_signals_start() - take SIGSEGV. Return: 0 or -1. */
int picket_signals_start(void);

/**
 * picket_signals_default() - give the signal its default action for good, behind the host's back:
 * the process is about to be ended with it.
 */
void picket_signals_default(int signal);

/** picket_signals_fork_child() - only the caller's thread lives on in this copy. */
void picket_signals_fork_child(void);

/** picket_signals_set() - what signal() does. */
picket_handler *picket_signals_set(int signal, picket_handler *handler);

#endif
