/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Functions of the C library that wait under a mask, as signals_wait.c does them. calls.c has their
 * names, for they are given memory too.
 */
#ifndef PICKET_SIGNALS_WAIT_H
#define PICKET_SIGNALS_WAIT_H

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>

int picket_wait_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
		      const sigset_t *mask);
int picket_wait_ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
			  const sigset_t *mask, size_t size);
int picket_wait_pselect(int count, fd_set *in, fd_set *out, fd_set *except,
			const struct timespec *timeout, const sigset_t *mask);
int picket_wait_epoll_pwait(int epoll, struct epoll_event *events, int max, int timeout_ms,
			    const sigset_t *mask);
int picket_wait_epoll_pwait2(int epoll, struct epoll_event *events, int max,
			     const struct timespec *timeout, const sigset_t *mask);

#endif
