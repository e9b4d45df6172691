/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The older ways to set handlers and masks. The C library's own would go round sigaction() and
 * sigprocmask() of ours, and take SIGSEGV away or block it.
 */
#include "signals.h"

#include <signal.h>
#include <stddef.h>

#define EXPORT __attribute__((visibility("default"), used))
#define MASK_BITS 32

/* In old programs only; some are in no header any more. */
picket_handler *bsd_signal(int number, picket_handler *handler);
picket_handler *ssignal(int number, picket_handler *handler);
picket_handler *sysv_signal(int number, picket_handler *handler);
picket_handler *__sysv_signal(int number, picket_handler *handler);
int sigblock(int bits);
int sigsetmask(int bits);
int siggetmask(void);
int sighold(int number);
int sigrelse(int number);
int sigignore(int number);
picket_handler *sigset(int number, picket_handler *handler);

static bool interrupts; /* what siginterrupt() said of SIGSEGV */

/* Of other signals the C library's own knows what siginterrupt() said. */
EXPORT picket_handler *(signal)(int number, picket_handler *handler)
{
	struct sigaction action = { .sa_handler = handler }, old;

	if (number != SIGSEGV || handler == SIG_ERR)
		return picket_signals_set(number, handler);
	action.sa_flags = interrupts ? 0 : SA_RESTART;
	sigemptyset(&action.sa_mask);
	sigaddset(&action.sa_mask, number);
	return sigaction(number, &action, &old) ? SIG_ERR : old.sa_handler;
}

EXPORT int siginterrupt(int number, int flag)
{
	struct sigaction action;

	if (number != SIGSEGV)
		return picket_signals_interrupt(number, flag);
	interrupts = flag;
	sigaction(number, NULL, &action);
	if (flag)
		action.sa_flags &= ~SA_RESTART;
	else
		action.sa_flags |= SA_RESTART;
	return sigaction(number, &action, NULL);
}

EXPORT picket_handler *bsd_signal(int number, picket_handler *handler)
{
	return signal(number, handler);
}

EXPORT picket_handler *ssignal(int number, picket_handler *handler)
{
	return signal(number, handler);
}

static picket_handler *set(int number, picket_handler *handler, int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags }, old;

	return sigaction(number, &action, &old) ? SIG_ERR : old.sa_handler;
}

EXPORT picket_handler *sysv_signal(int number, picket_handler *handler)
{
	return set(number, handler, (int)SA_RESETHAND | SA_NODEFER);
}

EXPORT picket_handler *__sysv_signal(int number, picket_handler *handler)
{
	return set(number, handler, (int)SA_RESETHAND | SA_NODEFER);
}

static int mask_one(int how, int number, sigset_t *old)
{
	sigset_t one;

	sigemptyset(&one);
	if (sigaddset(&one, number))
		return -1;
	return sigprocmask(how, &one, old);
}

EXPORT int sighold(int number)
{
	return mask_one(SIG_BLOCK, number, NULL);
}

EXPORT int sigrelse(int number)
{
	return mask_one(SIG_UNBLOCK, number, NULL);
}

EXPORT int sigignore(int number)
{
	return set(number, SIG_IGN, 0) == SIG_ERR ? -1 : 0;
}

EXPORT picket_handler *sigset(int number, picket_handler *handler)
{
	struct sigaction old;
	sigset_t before;

	if (handler == SIG_HOLD) {
		if (mask_one(SIG_BLOCK, number, &before) || sigaction(number, NULL, &old))
			return SIG_ERR;
	} else {
		old.sa_handler = set(number, handler, 0);
		if (old.sa_handler == SIG_ERR || mask_one(SIG_UNBLOCK, number, &before))
			return SIG_ERR;
	}
	return sigismember(&before, number) == 1 ? SIG_HOLD : old.sa_handler;
}

/* Sets of the first 32 signals, as 4.2BSD had them: bit n - 1 is signal n. */
static int mask_bits(int how, int bits)
{
	sigset_t mask, old;
	unsigned int result = 0;

	sigemptyset(&mask);
	for (int number = 1; number <= MASK_BITS; number++) {
		if ((unsigned int)bits >> (number - 1) & 1)
			sigaddset(&mask, number);
	}
	if (sigprocmask(how, &mask, &old))
		return -1;
	for (int number = 1; number <= MASK_BITS; number++)
		result |= (unsigned int)(sigismember(&old, number) == 1) << (number - 1);
	return (int)result;
}

EXPORT int sigblock(int bits)
{
	return mask_bits(SIG_BLOCK, bits);
}

EXPORT int sigsetmask(int bits)
{
	return mask_bits(SIG_SETMASK, bits);
}

EXPORT int siggetmask(void)
{
	return mask_bits(SIG_BLOCK, 0);
}
