/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * SIGSEGV belongs to Picket; the host's own handler stands behind it. The host sees through
 * sigaction() and signal() what it would see without us, and its handler gets every fault that is
 * not in the pool with the original siginfo and context.
 */
#ifndef PICKET_SIGNALS_H
#define PICKET_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

typedef void picket_handler(int signal);

/** picket_signals_start() - from here on SIGSEGV is to be Picket's. Return: 0 or -1. */
int picket_signals_start(void);

/**
 * picket_signals_keep() - before pages are hidden: SIGSEGV comes to us and is open in this thread,
 * whatever was done by system calls past us.
 */
void picket_signals_keep(void);

/** picket_signals_are_ours() - are the masks below to be used? */
bool picket_signals_are_ours(void);

/** picket_signals_mask_to_kernel() - of what the host wants to block: what may be. */
void picket_signals_mask_to_kernel(sigset_t *kernel, const sigset_t *set);

/** picket_signals_mask_to_host() - of what is blocked: what the host believes to be. */
void picket_signals_mask_to_host(sigset_t *mask);

/**
 * picket_signals_waited() - a signal was taken from those that wait: what stood for a SIGSEGV is
 * made one.
 *
 * Return: was it one?
 */
bool picket_signals_waited(siginfo_t *info);

/**
 * picket_signals_handle() - deal with a SIGSEGV if it is Picket's. Async-signal-safe; errno
 * changes.
 *
 * Return: false: nothing was done, and it is the host's.
 */
bool picket_signals_handle(int signal, siginfo_t *info, void *context);

/**
 * picket_signals_default() - give the signal its default action for good, behind the host's back:
 * the process is about to be ended with it.
 */
void picket_signals_default(int signal);

/** picket_signals_set() - the C library's own signal(). */
picket_handler *picket_signals_set(int signal, picket_handler *handler);

/** picket_signals_interrupt() - the C library's own siginterrupt(). */
int picket_signals_interrupt(int signal, int flag);

#endif
