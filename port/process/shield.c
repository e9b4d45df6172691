/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shield.h"

#include <pthread.h>
#include <time.h>

static void shielded(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGPIPE);
	sigaddset(set, SIGXFSZ);
}

void picket_shield_raise(struct picket_shield *shield)
{
	sigset_t set;

	shielded(&set);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &shield->cancel);
	pthread_sigmask(SIG_BLOCK, &set, &shield->mask);
	sigpending(&shield->pending);
}

void picket_shield_lower(const struct picket_shield *shield)
{
	const struct timespec now = { 0 };
	sigset_t set;

	shielded(&set);
	if (sigismember(&shield->pending, SIGPIPE) == 1)
		sigdelset(&set, SIGPIPE);
	if (sigismember(&shield->pending, SIGXFSZ) == 1)
		sigdelset(&set, SIGXFSZ);
	while (sigtimedwait(&set, NULL, &now) > 0)
		;
	pthread_sigmask(SIG_SETMASK, &shield->mask, NULL);
	pthread_setcancelstate(shield->cancel, NULL);
}
