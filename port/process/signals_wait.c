/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What waits under a mask of its own, and what waits for signals. A handler that comes meanwhile
 * runs under that mask, so it must not block SIGSEGV in truth; and a SIGSEGV that waits does so
 * under another name (see signals.c).
 */
#include "signals_wait.h"

#include "signals.h"
#include "symbol.h"

#include <errno.h>
#include <time.h>

#define EXPORT __attribute__((visibility("default"), used))

int __sigsuspend(const sigset_t *mask);
int __sigpause(int number_or_bits, int is_number);
int __xpg_sigpause(int number);
/* In glibc a set of bits, for its header gives that name to the one above; in others a number. */
#define TEXT(name) TEXT_OF(name)
#define TEXT_OF(name) #name
int pause_old(int number_or_bits) __asm__(TEXT(sigpause));
#ifdef __GLIBC__
#define IS_NUMBER 0
#else
#define IS_NUMBER 1
#endif

static struct {
	int (*suspend)(const sigset_t *);
	int (*ppoll)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);
	int (*ppoll_chk)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *,
			 size_t);
	int (*pselect)(int, fd_set *, fd_set *, fd_set *, const struct timespec *,
		       const sigset_t *);
	int (*epoll_pwait)(int, struct epoll_event *, int, int, const sigset_t *);
	int (*epoll_pwait2)(int, struct epoll_event *, int, const struct timespec *,
			    const sigset_t *);
	int (*timedwait)(const sigset_t *, siginfo_t *, const struct timespec *);
	int (*pending)(sigset_t *);
	bool found; /* all of them */
} real;

static __attribute__((constructor)) void start(void)
{
	real.suspend = picket_symbol_next("sigsuspend");
	real.ppoll = picket_symbol_next("ppoll");
	real.ppoll_chk = picket_symbol_next("__ppoll_chk");
	real.pselect = picket_symbol_next("pselect");
	real.epoll_pwait = picket_symbol_next("epoll_pwait");
	real.epoll_pwait2 = picket_symbol_next("epoll_pwait2");
	real.timedwait = picket_symbol_next("sigtimedwait");
	real.pending = picket_symbol_next("sigpending");
	__atomic_store_n(&real.found, true, __ATOMIC_RELEASE);
}

/* Somebody else's constructor may be first. */
static void find_real(void)
{
	if (!__atomic_load_n(&real.found, __ATOMIC_ACQUIRE))
		start();
}

/* Return: what to hand on instead of @mask; @room is for it. */
static const sigset_t *opened(const sigset_t *mask, sigset_t *room)
{
	find_real();
	if (!mask || !picket_signals_are_ours())
		return mask;
	picket_signals_mask_to_kernel(room, mask);
	return room;
}

EXPORT int sigsuspend(const sigset_t *mask)
{
	sigset_t room;

	mask = opened(mask, &room);
	return real.suspend(mask);
}

EXPORT int __sigsuspend(const sigset_t *mask)
{
	return sigsuspend(mask);
}

/* Of the mask as it is but for one signal, or of the first 32. */
EXPORT int __sigpause(int number_or_bits, int is_number)
{
	sigset_t mask;

	sigemptyset(&mask);
	if (is_number) {
		sigprocmask(SIG_BLOCK, NULL, &mask);
		if (sigdelset(&mask, number_or_bits))
			return -1;
		return sigsuspend(&mask);
	}
	for (int number = 1; number <= 32; number++) {
		if ((unsigned int)number_or_bits >> (number - 1) & 1)
			sigaddset(&mask, number);
	}
	return sigsuspend(&mask);
}

EXPORT int pause_old(int number_or_bits)
{
	return __sigpause(number_or_bits, IS_NUMBER);
}

EXPORT int __xpg_sigpause(int number)
{
	return __sigpause(number, 1);
}

int picket_wait_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
		      const sigset_t *mask)
{
	sigset_t room;

	mask = opened(mask, &room);
	return real.ppoll(fds, count, timeout, mask);
}

/* As programs call it that were built to be checked. */
int picket_wait_ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
			  const sigset_t *mask, size_t size)
{
	sigset_t room;

	mask = opened(mask, &room);
	return real.ppoll_chk(fds, count, timeout, mask, size);
}

int picket_wait_pselect(int count, fd_set *in, fd_set *out, fd_set *except,
			const struct timespec *timeout, const sigset_t *mask)
{
	sigset_t room;

	mask = opened(mask, &room);
	return real.pselect(count, in, out, except, timeout, mask);
}

int picket_wait_epoll_pwait(int epoll, struct epoll_event *events, int max, int timeout_ms,
			    const sigset_t *mask)
{
	sigset_t room;

	mask = opened(mask, &room);
	return real.epoll_pwait(epoll, events, max, timeout_ms, mask);
}

int picket_wait_epoll_pwait2(int epoll, struct epoll_event *events, int max,
			     const struct timespec *timeout, const sigset_t *mask)
{
	sigset_t room;

	mask = opened(mask, &room);
	if (real.epoll_pwait2)
		return real.epoll_pwait2(epoll, events, max, timeout, mask);
	errno = ENOSYS;
	return -1;
}

EXPORT int sigpending(sigset_t *set)
{
	int error;

	find_real();
	error = real.pending(set);
	if (!error && picket_signals_are_ours())
		picket_signals_mask_to_host(set);
	return error;
}

EXPORT int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
	sigset_t both = *set;
	siginfo_t own;
	int number;

	find_real();
	if (sigismember(set, SIGSEGV) == 1)
		picket_signals_mask_to_kernel(&both, set);
	number = real.timedwait(&both, &own, timeout);
	if (number < 0)
		return number;
	if (picket_signals_waited(&own))
		number = SIGSEGV;
	if (info)
		*info = own;
	return number;
}

EXPORT int sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
	return sigtimedwait(set, info, NULL);
}

EXPORT int sigwait(const sigset_t *set, int *number)
{
	int taken;

	do
		taken = sigtimedwait(set, NULL, NULL);
	while (taken < 0 && errno == EINTR);
	if (taken < 0)
		return errno;
	*number = taken;
	return 0;
}
