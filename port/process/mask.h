/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Signal masks in the kernel's own form, a bit for each of 64 signals, by its own system call:
 * 8 bytes instead of 128, where there is little stack; and it hides no signal from us, as the C
 * library does with those that it uses itself.
 */
#ifndef PICKET_MASK_H
#define PICKET_MASK_H

#include <picket/types.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline picket_u64 picket_mask_of(int signal)
{
	return 1ull << (signal - 1);
}

static inline picket_u64 picket_mask_from(const sigset_t *set)
{
	picket_u64 mask;

	memcpy(&mask, set, sizeof(mask));
	return mask;
}

/** picket_mask_change() - change the thread's mask. Return: what it was. */
static inline picket_u64 picket_mask_change(int how, picket_u64 mask)
{
	picket_u64 old = 0;

	syscall(SYS_rt_sigprocmask, how, &mask, &old, sizeof(mask));
	return old;
}

static inline picket_u64 picket_mask_get(void)
{
	picket_u64 mask = 0;

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, sizeof(mask));
	return mask;
}

#endif
