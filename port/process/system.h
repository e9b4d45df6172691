/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * System calls as they are. By their names in the C library a report would call what Picket, or
 * another preloaded library, puts before them, and what is no point of cancellation there is one.
 */
#ifndef PICKET_SYSTEM_H
#define PICKET_SYSTEM_H

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static inline int system_open(const char *path, int flags, int mode)
{
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static inline int system_close(int fd)
{
	return (int)syscall(SYS_close, fd);
}

static inline ssize_t system_read(int fd, void *bytes, size_t count)
{
	return syscall(SYS_read, fd, bytes, count);
}

static inline ssize_t system_write(int fd, const void *bytes, size_t count)
{
	return syscall(SYS_write, fd, bytes, count);
}

static inline int system_fstat(int fd, struct stat *stat)
{
	return (int)syscall(SYS_fstat, fd, stat);
}

static inline int system_poll(struct pollfd *fds, nfds_t count, int seconds)
{
	struct timespec patience = { .tv_sec = seconds };

	return (int)syscall(SYS_ppoll, fds, count, &patience, NULL, 0);
}

static inline int system_socket(int domain, int type)
{
	return (int)syscall(SYS_socket, domain, type, 0);
}

static inline int system_set_option(int fd, int option, const void *value, socklen_t size)
{
	return (int)syscall(SYS_setsockopt, fd, SOL_SOCKET, option, value, size);
}

static inline ssize_t system_send_to(int fd, const void *bytes, size_t count, int flags,
				     const struct sockaddr *address, socklen_t size)
{
	return syscall(SYS_sendto, fd, bytes, count, flags, address, size);
}

static inline int system_uname(struct utsname *name)
{
	return (int)syscall(SYS_uname, name);
}

#endif
