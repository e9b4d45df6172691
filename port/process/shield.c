/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shield.h"

#include "mask.h"

#include <pthread.h>
#include <time.h>

static picket_u64 shielded(void)
{
	return picket_mask_of(SIGPIPE) | picket_mask_of(SIGXFSZ);
}

static picket_u64 pending(void)
{
	picket_u64 signals = 0;

	syscall(SYS_rt_sigpending, &signals, sizeof(signals));
	return signals;
}

void picket_shield_raise(struct picket_shield *shield)
{
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &shield->cancel);
	shield->mask = picket_mask_change(SIG_BLOCK, shielded());
	shield->pending = pending();
}

void picket_shield_lower(const struct picket_shield *shield)
{
	const struct timespec now = { 0 };
	picket_u64 ours = shielded() & ~shield->pending;

	while (syscall(SYS_rt_sigtimedwait, &ours, NULL, &now, sizeof(ours)) > 0)
		;
	picket_mask_change(SIG_SETMASK, shield->mask);
	pthread_setcancelstate(shield->cancel, NULL);
}
