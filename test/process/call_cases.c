/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#undef _FILE_OFFSET_BITS
#include "calls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#define THERE "/proc"
#define LINK "/proc/self/exe"

/* What programs compiled with _FORTIFY_SOURCE call. */
ssize_t __readlink_chk(const char *path, char *buffer, size_t bytes, size_t room);
ssize_t __readlinkat_chk(int directory, const char *path, char *buffer, size_t bytes, size_t room);
char *__getcwd_chk(char *buffer, size_t bytes, size_t room);
int __getgroups_chk(int count, gid_t *groups, size_t room);
int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t room);
int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
		const sigset_t *mask, size_t room);
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int directory, const char *path, int flags);
int __openat64_2(int directory, const char *path, int flags);

static int pair[2];	 /* stream sockets */
static int datagrams[2]; /* what is sent to the second comes out of the first */
static int ready;	 /* can be read and written */
static int epoll;

bool calls_are_native(void)
{
	return !getenv("MESON_EXE_WRAPPER");
}

void call_cases_start(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	gid_t group = getgid();

	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	socketpair(AF_UNIX, SOCK_DGRAM, 0, datagrams);
	ready = eventfd(1, 0);
	epoll = epoll_create1(0);
	epoll_ctl(epoll, EPOLL_CTL_ADD, ready, &event);
	if (!getuid() && getgroups(0, NULL) < 1)
		setgroups(1, &group);
}

/* ---- contents ---- */

static void there(char *content)
{
	strcpy(content, THERE);
}

static void symbolic(char *content)
{
	strcpy(content, LINK);
}

static void name(char *content)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = NOWHERE };

	memcpy(content, &address, sizeof(address));
}

static void length(char *content)
{
	socklen_t bytes = sizeof(struct sockaddr_un);

	memcpy(content, &bytes, sizeof(bytes));
}

static void one(char *content)
{
	int value = 1;

	memcpy(content, &value, sizeof(value));
}

static void poll_fd(char *content)
{
	struct pollfd fd = { .fd = ready, .events = POLLIN };

	memcpy(content, &fd, sizeof(fd));
}

static void fd_set_of(char *content)
{
	content[ready / 8] = (char)(1 << ready % 8);
}

static void epoll_event(char *content)
{
	struct epoll_event event = { .events = EPOLLIN };

	memcpy(content, &event, sizeof(event));
}

static char byte = 'x';
static struct iovec byte_piece = { &byte, 1 };

static void piece(char *content)
{
	memcpy(content, &byte_piece, sizeof(byte_piece));
}

static void message(char *content)
{
	struct msghdr header = { .msg_iov = &byte_piece, .msg_iovlen = 1 };

	memcpy(content, &header, sizeof(header));
}

static void descriptor(char *content)
{
	struct cmsghdr header = { .cmsg_len = CMSG_LEN(sizeof(int)),
				  .cmsg_level = SOL_SOCKET,
				  .cmsg_type = SCM_RIGHTS };

	memcpy(content, &header, sizeof(header));
	memcpy(CMSG_DATA((struct cmsghdr *)(void *)content), &ready, sizeof(ready));
}

/* ---- results ---- */

static long opened(int fd)
{
	return fd >= 0 && !close(fd);
}

static long child_ends(void)
{
	pid_t child = fork();

	if (!child)
		_exit(3);
	return child;
}

/* Something to receive, first. */
static long send_one(int fd)
{
	return write(fd, &byte, 1);
}

static long received_with(const struct msghdr *given)
{
	struct msghdr header = *given;

	return send_one(datagrams[1]) == 1 && recvmsg(datagrams[0], &header, 0) == 1;
}

static long receive_descriptor(char *memory)
{
	_Alignas(struct cmsghdr) char content[CMSG_SPACE(sizeof(int))] = { 0 };
	struct msghdr header = { .msg_iov = &byte_piece,
				 .msg_iovlen = 1,
				 .msg_control = content,
				 .msg_controllen = sizeof(content) };
	int fd;

	descriptor(content);
	if (sendmsg(datagrams[1], &header, 0) != 1)
		return 0;
	header.msg_control = memory;
	if (recvmsg(datagrams[0], &header, 0) != 1)
		return 0;
	memcpy(&fd, memory + CMSG_LEN(0), sizeof(fd));
	return opened(fd);
}

static long sent_and_received(long result)
{
	return result == 1 && read(datagrams[0], &byte, 1) == 1;
}

static long send_with(const struct msghdr *header)
{
	return sendmsg(datagrams[1], header, 0);
}

static long accepted(char *address, socklen_t *bytes, bool four)
{
	struct sockaddr_un own = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr *to = (struct sockaddr *)(void *)address;
	socklen_t used = sizeof(own);
	long good;

	bind(listener, (struct sockaddr *)&own, sizeof(own.sun_family));
	listen(listener, 1);
	getsockname(listener, (struct sockaddr *)&own, &used);
	bind(client, (struct sockaddr *)&own, sizeof(own.sun_family));
	connect(client, (struct sockaddr *)&own, used);
	good = opened(four ? accept4(listener, to, bytes, 0) : accept(listener, to, bytes));
	close(client);
	close(listener);
	return good;
}

static long bound(const char *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int error = bind(fd, (const struct sockaddr *)(const void *)address, sizeof(sa_family_t));

	close(fd);
	return !error;
}

static long pair_made(const int *fds, int error)
{
	return !error && !close(fds[0]) && !close(fds[1]);
}

#ifdef __GLIBC__
static long read_directory(char *memory)
{
	int fd = open("/proc/self", O_RDONLY | O_DIRECTORY);
	long result = getdents64(fd, memory, CONTENT_MAX);

	close(fd);
	return result > 0;
}
#endif

static long exits_with(pid_t child, const char *status)
{
	int value;

	memcpy(&value, status, sizeof(value));
	return child > 0 && WEXITSTATUS(value) == 3;
}

static struct sockaddr_un room;
static socklen_t room_bytes = sizeof(room);
static struct timeval no_time;
static const struct timespec no_time_at_all;
static char text[CONTENT_MAX];
static int integer;

#define ADDRESS ((struct sockaddr *)(void *)memory)
#define LENGTH ((socklen_t *)(void *)memory)
#define ROOM ((struct sockaddr *)&room)
#define AS(type) ((type *)(void *)memory)
#define NAME_BYTES sizeof(struct sockaddr_un)

/* CASE(name in the record, function, argument, access, bytes, content, what must hold) */
#define PATHS                                                                                      \
	CASE("open", open, 1, READ, sizeof(THERE), there, opened(open(memory, O_RDONLY)))          \
	CASE("openat", openat, 2, READ, sizeof(THERE), there, opened(openat(-1, memory, 0)))       \
	CASE("creat", creat, 1, READ, sizeof(NOWHERE), nowhere, is_nowhere(creat(memory, 0)))      \
	CASE("access", access, 1, READ, sizeof(THERE), there, !access(memory, F_OK))               \
	CASE("chdir", chdir, 1, READ, sizeof(NOWHERE), nowhere, is_nowhere(chdir(memory)))         \
	CASE("chmod", chmod, 1, READ, sizeof(NOWHERE), nowhere, is_nowhere(chmod(memory, 0)))      \
	CASE("chown", chown, 1, READ, sizeof(NOWHERE), nowhere, is_nowhere(chown(memory, 0, 0)))   \
	CASE("lchown", lchown, 1, READ, sizeof(NOWHERE), nowhere,                                  \
	     is_nowhere(lchown(memory, 0, 0)))                                                     \
	CASE("mkdir", mkdir, 1, READ, sizeof(NOWHERE), nowhere, is_nowhere(mkdir(memory, 0)))      \
	CASE("mkdirat", mkdirat, 2, READ, sizeof(NOWHERE), nowhere,                                \
	     is_nowhere(mkdirat(-1, memory, 0)))                                                   \
	CASE("rmdir", rmdir, 1, READ, sizeof(NOWHERE), nowhere, is_nowhere(rmdir(memory)))         \
	CASE("truncate", truncate, 1, READ, sizeof(NOWHERE), nowhere,                              \
	     is_nowhere(truncate(memory, 0)))                                                      \
	CASE("unlink", unlink, 1, READ, sizeof(NOWHERE), nowhere, is_nowhere(unlink(memory)))      \
	CASE("unlinkat", unlinkat, 2, READ, sizeof(NOWHERE), nowhere,                              \
	     is_nowhere(unlinkat(-1, memory, 0)))                                                  \
	CASE("execve", execve, 1, READ, sizeof(NOWHERE), nowhere,                                  \
	     is_nowhere(execve(memory, environ, environ)))                                         \
	CASE("link", link, 1, READ, sizeof(NOWHERE), nowhere, is_nowhere(link(memory, "/x/y")))    \
	CASE("link", link, 2, READ, sizeof(NOWHERE), nowhere, is_nowhere(link(THERE, memory)))     \
	CASE("symlink", symlink, 1, READ, sizeof(THERE), there,                                    \
	     is_nowhere(symlink(memory, NOWHERE)))                                                 \
	CASE("symlink", symlink, 2, READ, sizeof(NOWHERE), nowhere,                                \
	     is_nowhere(symlink("x", memory)))                                                     \
	CASE("rename", rename, 1, READ, sizeof(NOWHERE), nowhere,                                  \
	     is_nowhere(rename(memory, "/x/y")))                                                   \
	CASE("rename", rename, 2, READ, sizeof(NOWHERE), nowhere,                                  \
	     is_nowhere(rename(THERE, memory)))                                                    \
	CASE("renameat", renameat, 2, READ, sizeof(NOWHERE), nowhere,                              \
	     is_nowhere(renameat(-1, memory, -1, "/x/y")))                                         \
	CASE("renameat", renameat, 4, READ, sizeof(NOWHERE), nowhere,                              \
	     is_nowhere(renameat(-1, THERE, -1, memory)))                                          \
	CASE("readlink", readlink, 1, READ, sizeof(LINK), symbolic,                                \
	     readlink(memory, text, sizeof(text)) > 1)                                             \
	CASE("readlink", readlink, 2, WRITE, CONTENT_MAX, zeros,                                   \
	     readlink(LINK, memory, CONTENT_MAX) > 1)                                              \
	CASE("readlinkat", readlinkat, 2, READ, sizeof(LINK), symbolic,                            \
	     readlinkat(-1, memory, text, sizeof(text)) > 1)                                       \
	CASE("readlinkat", readlinkat, 3, WRITE, CONTENT_MAX, zeros,                               \
	     readlinkat(-1, LINK, memory, CONTENT_MAX) > 1)

/* Of each function the path and the structure. */
#define STATUS(function, type)                                                                     \
	CASE(#function, function, 1, READ, sizeof(THERE), there,                                   \
	     !function(memory, (struct type *)(void *)text))                                       \
	CASE(#function, function, 2, WRITE, sizeof(struct type), zeros,                            \
	     !function(THERE, AS(struct type)))
#define STATUS_AT(function, type)                                                                  \
	CASE(#function, function, 2, READ, sizeof(THERE), there,                                   \
	     !function(AT_FDCWD, memory, (struct type *)(void *)text, 0))                          \
	CASE(#function, function, 3, WRITE, sizeof(struct type), zeros,                            \
	     !function(AT_FDCWD, THERE, AS(struct type), 0))
#define STATUS_OF(function, type)                                                                  \
	CASE(#function, function, 2, WRITE, sizeof(struct type), zeros,                            \
	     !function(ready, AS(struct type)))

#define STATES                                                                                     \
	STATUS(stat, stat)                                                                         \
	STATUS(lstat, stat)                                                                        \
	STATUS(statfs, statfs)                                                                     \
	STATUS_AT(fstatat, stat)                                                                   \
	STATUS_OF(fstat, stat)                                                                     \
	STATUS_OF(fstatfs, statfs)                                                                 \
	CASE("getcwd", getcwd, 1, WRITE, CONTENT_MAX, zeros,                                       \
	     getcwd(memory, CONTENT_MAX) == memory)                                                \
	CASE("getgroups", getgroups, 2, WRITE, CONTENT_MAX, zeros,                                 \
	     getgroups(CONTENT_MAX / sizeof(gid_t), AS(gid_t)) > 0)                                \
	CASE("uname", uname, 1, WRITE, sizeof(struct utsname), zeros, !uname(AS(struct utsname)))  \
	CASE("getrandom", getrandom, 1, WRITE, BYTES, zeros, getrandom(memory, BYTES, 0) == BYTES)

#define SOCKETS                                                                                    \
	CASE("accept", accept, 2, WRITE, NAME_BYTES, zeros, accepted(memory, &room_bytes, false))  \
	CASE("accept", accept, 3, WRITE, sizeof(socklen_t), length,                                \
	     accepted((char *)&room, LENGTH, false))                                               \
	CASE("accept4", accept4, 2, WRITE, NAME_BYTES, zeros, accepted(memory, &room_bytes, true)) \
	CASE("accept4", accept4, 3, WRITE, sizeof(socklen_t), length,                              \
	     accepted((char *)&room, LENGTH, true))                                                \
	CASE("getsockname", getsockname, 2, WRITE, NAME_BYTES, zeros,                              \
	     !getsockname(pair[0], ADDRESS, &room_bytes))                                          \
	CASE("getsockname", getsockname, 3, WRITE, sizeof(socklen_t), length,                      \
	     !getsockname(pair[0], ROOM, LENGTH))                                                  \
	CASE("getpeername", getpeername, 2, WRITE, NAME_BYTES, zeros,                              \
	     !getpeername(pair[0], ADDRESS, &room_bytes))                                          \
	CASE("getpeername", getpeername, 3, WRITE, sizeof(socklen_t), length,                      \
	     !getpeername(pair[0], ROOM, LENGTH))                                                  \
	CASE("getsockopt", getsockopt, 4, WRITE, sizeof(int), zeros,                               \
	     !getsockopt(pair[0], SOL_SOCKET, SO_TYPE, memory, &room_bytes))                       \
	CASE("getsockopt", getsockopt, 5, WRITE, sizeof(socklen_t), length,                        \
	     !getsockopt(pair[0], SOL_SOCKET, SO_TYPE, &integer, LENGTH))                          \
	CASE("setsockopt", setsockopt, 4, READ, sizeof(int), one,                                  \
	     !setsockopt(pair[0], SOL_SOCKET, SO_REUSEADDR, memory, sizeof(int)))                  \
	CASE("bind", bind, 2, READ, sizeof(sa_family_t), one, bound(memory))                       \
	CASE("connect", connect, 2, READ, NAME_BYTES, name,                                        \
	     is_nowhere(connect(datagrams[0], ADDRESS, NAME_BYTES)))                               \
	CASE("socketpair", socketpair, 4, WRITE, 2 * sizeof(int), zeros,                           \
	     pair_made(AS(int), socketpair(AF_UNIX, SOCK_STREAM, 0, AS(int))))                     \
	CASE("pipe", pipe, 1, WRITE, 2 * sizeof(int), zeros, pair_made(AS(int), pipe(AS(int))))    \
	CASE("pipe2", pipe2, 1, WRITE, 2 * sizeof(int), zeros,                                     \
	     pair_made(AS(int), pipe2(AS(int), O_CLOEXEC)))                                        \
	CASE("sendto", sendto, 5, READ, NAME_BYTES, name,                                          \
	     is_nowhere((int)sendto(datagrams[0], text, 1, 0, ADDRESS, NAME_BYTES)))               \
	CASE("recvfrom", recvfrom, 6, WRITE, sizeof(socklen_t), length,                            \
	     send_one(datagrams[1]) == 1 &&                                                        \
		     recvfrom(datagrams[0], &byte, 1, 0, ROOM, LENGTH) == 1)                       \
	CASE("recvmsg", recvmsg, 2, READ, sizeof(struct msghdr), message,                          \
	     send_one(datagrams[1]) == 1 && recvmsg(datagrams[0], AS(struct msghdr), 0) == 1)      \
	CASE("recvmsg", recvmsg, 2, READ, sizeof(struct iovec), piece,                             \
	     received_with(&(struct msghdr){ .msg_iov = AS(struct iovec), .msg_iovlen = 1 }))      \
	CASE("recvmsg", recvmsg, 2, WRITE, CMSG_SPACE(sizeof(int)), zeros,                         \
	     receive_descriptor(memory))                                                           \
	CASE("sendmsg", sendmsg, 2, READ, sizeof(struct msghdr), message,                          \
	     sent_and_received(send_with(AS(struct msghdr))))                                      \
	CASE("sendmsg", sendmsg, 2, READ, sizeof(struct iovec), piece,                             \
	     sent_and_received(                                                                    \
		     send_with(&(struct msghdr){ .msg_iov = AS(struct iovec), .msg_iovlen = 1 }))) \
	CASE("sendmsg", sendmsg, 2, READ, CMSG_SPACE(sizeof(int)), descriptor,                     \
	     sent_and_received(                                                                    \
		     send_with(&(struct msghdr){ .msg_iov = &byte_piece,                           \
						 .msg_iovlen = 1,                                  \
						 .msg_control = memory,                            \
						 .msg_controllen = CMSG_SPACE(sizeof(int)) })))    \
	CASE("recvmmsg", recvmmsg, 2, WRITE, sizeof(struct mmsghdr), message,                      \
	     send_one(datagrams[1]) == 1 &&                                                        \
		     recvmmsg(datagrams[0], AS(struct mmsghdr), 1, 0, NULL) == 1)                  \
	CASE("sendmmsg", sendmmsg, 2, WRITE, sizeof(struct mmsghdr), message,                      \
	     sent_and_received(sendmmsg(datagrams[1], AS(struct mmsghdr), 1, 0)))                  \
	CASE("readv", readv, 2, READ, sizeof(struct iovec), piece,                                 \
	     send_one(datagrams[1]) == 1 && readv(datagrams[0], AS(struct iovec), 1) == 1)         \
	CASE("writev", writev, 2, READ, sizeof(struct iovec), piece,                               \
	     sent_and_received(writev(datagrams[1], AS(struct iovec), 1)))

#define WAITS                                                                                      \
	CASE("poll", poll, 1, READ, sizeof(struct pollfd), poll_fd, poll(AS(struct pollfd), 1, 0)) \
	CASE("select", select, 2, READ, sizeof(fd_set), fd_set_of,                                 \
	     select(ready + 1, AS(fd_set), NULL, NULL, &no_time))                                  \
	CASE("select", select, 3, READ, sizeof(fd_set), fd_set_of,                                 \
	     select(ready + 1, NULL, AS(fd_set), NULL, &no_time))                                  \
	CASE("select", select, 4, READ, sizeof(fd_set), fd_set_of,                                 \
	     !select(ready + 1, NULL, NULL, AS(fd_set), &no_time))                                 \
	CASE("ppoll", ppoll, 1, READ, sizeof(struct pollfd), poll_fd,                              \
	     ppoll(AS(struct pollfd), 1, &no_time_at_all, NULL))                                   \
	CASE("pselect", pselect, 2, READ, sizeof(fd_set), fd_set_of,                               \
	     pselect(ready + 1, AS(fd_set), NULL, NULL, &no_time_at_all, NULL))                    \
	CASE("pselect", pselect, 3, READ, sizeof(fd_set), fd_set_of,                               \
	     pselect(ready + 1, NULL, AS(fd_set), NULL, &no_time_at_all, NULL))                    \
	CASE("pselect", pselect, 4, READ, sizeof(fd_set), fd_set_of,                               \
	     !pselect(ready + 1, NULL, NULL, AS(fd_set), &no_time_at_all, NULL))                   \
	CASE("epoll_pwait", epoll_pwait, 2, WRITE, sizeof(struct epoll_event), zeros,              \
	     epoll_pwait(epoll, AS(struct epoll_event), 1, 0, NULL))                               \
	CASE("epoll_ctl", epoll_ctl, 4, READ, sizeof(struct epoll_event), epoll_event,             \
	     !epoll_ctl(epoll, EPOLL_CTL_MOD, ready, AS(struct epoll_event)))                      \
	CASE("epoll_wait", epoll_wait, 2, WRITE, sizeof(struct epoll_event), zeros,                \
	     epoll_wait(epoll, AS(struct epoll_event), 1, 0))                                      \
	CASE("nanosleep", nanosleep, 1, READ, sizeof(struct timespec), duration,                   \
	     !nanosleep(AS(struct timespec), NULL))                                                \
	CASE("wait", wait, 1, WRITE, sizeof(int), zeros,                                           \
	     child_ends() > 0 && exits_with(wait(AS(int)), memory))                                \
	CASE("waitpid", waitpid, 2, WRITE, sizeof(int), zeros,                                     \
	     exits_with(waitpid((pid_t)child_ends(), AS(int), 0), memory))                         \
	CASE("wait4", wait4, 2, WRITE, sizeof(int), zeros,                                         \
	     exits_with(wait4((pid_t)child_ends(), AS(int), 0, NULL), memory))                     \
	CASE("wait4", wait4, 4, WRITE, sizeof(struct rusage), zeros,                               \
	     wait4((pid_t)child_ends(), NULL, 0, AS(struct rusage)) > 0)

/* What an emulator of one process does not do as the kernel does. */
#define NATIVES                                                                                    \
	CASE("recvmmsg", recvmmsg, 5, READ, sizeof(struct timespec), duration,                     \
	     send_one(datagrams[1]) == 1 &&                                                        \
		     recvmmsg(datagrams[0],                                                        \
			      &(struct mmsghdr){                                                   \
				      .msg_hdr = { .msg_iov = &byte_piece, .msg_iovlen = 1 } },    \
			      1, 0, AS(struct timespec)) == 1)

#ifdef __GLIBC__
#define OF_GLIBC                                                                                   \
	CASE("open", open64, 1, READ, sizeof(THERE), there, opened(open64(memory, O_RDONLY)))      \
	CASE("open", __open_2, 1, READ, sizeof(THERE), there, opened(__open_2(memory, O_RDONLY)))  \
	CASE("open", __open64_2, 1, READ, sizeof(THERE), there, opened(__open64_2(memory, 0)))     \
	CASE("openat", openat64, 2, READ, sizeof(THERE), there, opened(openat64(-1, memory, 0)))   \
	CASE("openat", __openat_2, 2, READ, sizeof(THERE), there,                                  \
	     opened(__openat_2(-1, memory, 0)))                                                    \
	CASE("openat", __openat64_2, 2, READ, sizeof(THERE), there,                                \
	     opened(__openat64_2(-1, memory, 0)))                                                  \
	CASE("creat64", creat64, 1, READ, sizeof(NOWHERE), nowhere,                                \
	     is_nowhere(creat64(memory, 0)))                                                       \
	CASE("truncate64", truncate64, 1, READ, sizeof(NOWHERE), nowhere,                          \
	     is_nowhere(truncate64(memory, 0)))                                                    \
	CASE("renameat2", renameat2, 2, READ, sizeof(NOWHERE), nowhere,                            \
	     is_nowhere(renameat2(-1, memory, -1, "/x/y", 0)))                                     \
	CASE("renameat2", renameat2, 4, READ, sizeof(NOWHERE), nowhere,                            \
	     is_nowhere(renameat2(-1, THERE, -1, memory, 0)))                                      \
	CASE("readlink", __readlink_chk, 2, WRITE, CONTENT_MAX, zeros,                             \
	     __readlink_chk(LINK, memory, CONTENT_MAX, CONTENT_MAX) > 1)                           \
	CASE("readlinkat", __readlinkat_chk, 3, WRITE, CONTENT_MAX, zeros,                         \
	     __readlinkat_chk(-1, LINK, memory, CONTENT_MAX, CONTENT_MAX) > 1)                     \
	STATUS(stat64, stat64)                                                                     \
	STATUS(lstat64, stat64)                                                                    \
	STATUS(statfs64, statfs64)                                                                 \
	STATUS_AT(fstatat64, stat64)                                                               \
	STATUS_OF(fstat64, stat64)                                                                 \
	STATUS_OF(fstatfs64, statfs64)                                                             \
	CASE("statx", statx, 2, READ, sizeof(THERE), there,                                        \
	     !statx(-1, memory, 0, STATX_SIZE, (struct statx *)(void *)text))                      \
	CASE("statx", statx, 5, WRITE, sizeof(struct statx), zeros,                                \
	     !statx(-1, THERE, 0, STATX_SIZE, AS(struct statx)))                                   \
	CASE("getcwd", __getcwd_chk, 1, WRITE, CONTENT_MAX, zeros,                                 \
	     __getcwd_chk(memory, CONTENT_MAX, CONTENT_MAX) == memory)                             \
	CASE("getgroups", __getgroups_chk, 2, WRITE, CONTENT_MAX, zeros,                           \
	     __getgroups_chk(CONTENT_MAX / sizeof(gid_t), AS(gid_t), CONTENT_MAX) > 0)             \
	CASE("getdents64", getdents64, 2, WRITE, CONTENT_MAX, zeros, read_directory(memory))       \
	CASE("poll", __poll_chk, 1, READ, sizeof(struct pollfd), poll_fd,                          \
	     __poll_chk(AS(struct pollfd), 1, 0, sizeof(struct pollfd)))                           \
	CASE("ppoll", __ppoll_chk, 1, READ, sizeof(struct pollfd), poll_fd,                        \
	     __ppoll_chk(AS(struct pollfd), 1, &no_time_at_all, NULL, sizeof(struct pollfd)))

#define NATIVES_OF_GLIBC                                                                           \
	CASE("epoll_pwait2", epoll_pwait2, 2, WRITE, sizeof(struct epoll_event), zeros,            \
	     epoll_pwait2(epoll, AS(struct epoll_event), 1, &no_time_at_all, NULL))
#else
#define OF_GLIBC
#define NATIVES_OF_GLIBC
#endif

/* No two cases have the same function, argument and content. */
#define ACT(function, number, content) act_##function##_##number##_##content
#define CASE(shown, function, number, access, room, content, holds)                                \
	static long ACT(function, number, content)(char *memory)                                   \
	{                                                                                          \
		room_bytes = sizeof(struct sockaddr_un);                                           \
		return holds;                                                                      \
	}
PATHS
STATES
SOCKETS
WAITS
OF_GLIBC
NATIVES
NATIVES_OF_GLIBC
#undef CASE

#define ROW(shown, function, number, access, room, content, possible)                              \
	{ shown,    #function, number,	PICKET_ACCESS_##access,                                    \
	  possible, room,      content, ACT(function, number, content) },
const struct call_case call_cases[] = {
#define CASE(shown, function, number, access, room, content, holds)                                \
	ROW(shown, function, number, access, room, content, NULL)
	PATHS STATES SOCKETS WAITS OF_GLIBC
#undef CASE
#define CASE(shown, function, number, access, room, content, holds)                                \
	ROW(shown, function, number, access, room, content, calls_are_native)
		NATIVES NATIVES_OF_GLIBC{ .name = NULL },
};
