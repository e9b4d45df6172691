/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#undef _FILE_OFFSET_BITS
#include "calls.h"

#include <arpa/inet.h>
#include <fcntl.h>

/* ---- channels ---- */

static int make_pipe(int ends[2])
{
	return pipe(ends);
}

static int make_file(int ends[2])
{
	char path[] = "/tmp/picket-calls-XXXXXX";

	ends[0] = mkstemp(path);
	ends[1] = dup(ends[0]);
	unlink(path);
	return ends[1] < 0;
}

static int make_unix_stream(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

static int make_unix_datagram(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
}

static int make_inet_datagram(int ends[2])
{
	struct sockaddr_in name = { .sin_family = AF_INET };
	socklen_t length = sizeof(name);

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ends[0] = socket(AF_INET, SOCK_DGRAM, 0);
	ends[1] = socket(AF_INET, SOCK_DGRAM, 0);
	return bind(ends[0], (struct sockaddr *)&name, sizeof(name)) ||
	       getsockname(ends[0], (struct sockaddr *)&name, &length) ||
	       connect(ends[1], (struct sockaddr *)&name, length);
}

static int make_inet_stream(int ends[2])
{
	struct sockaddr_in name = { .sin_family = AF_INET };
	int listener = socket(AF_INET, SOCK_STREAM, 0), error;
	socklen_t length = sizeof(name);

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ends[1] = socket(AF_INET, SOCK_STREAM, 0);
	error = bind(listener, (struct sockaddr *)&name, sizeof(name)) || listen(listener, 1) ||
		getsockname(listener, (struct sockaddr *)&name, &length) ||
		connect(ends[1], (struct sockaddr *)&name, length);
	ends[0] = error ? -1 : accept(listener, NULL, NULL);
	close(listener);
	return ends[0] < 0;
}

const struct channel channels[] = {
	{ .name = "pipe", .make = make_pipe },
	{ .name = "file", .make = make_file, .is_file = true },
	{ .name = "unix stream", .make = make_unix_stream, .is_socket = true },
	{ .name = "unix datagram", .make = make_unix_datagram, .is_socket = true },
	{ .name = "inet stream", .make = make_inet_stream, .is_socket = true },
	{ .name = "inet datagram", .make = make_inet_datagram, .is_socket = true },
	{ .name = NULL },
};

/* ---- transfers ---- */

/* What programs compiled with _FORTIFY_SOURCE call. */
ssize_t __read_chk(int fd, void *buffer, size_t bytes, size_t room);
ssize_t __pread_chk(int fd, void *buffer, size_t bytes, off_t at, size_t room);
ssize_t __pread64_chk(int fd, void *buffer, size_t bytes, off64_t at, size_t room);
ssize_t __recv_chk(int fd, void *buffer, size_t bytes, size_t room, int flags);
ssize_t __recvfrom_chk(int fd, void *buffer, size_t bytes, size_t room, int flags,
		       struct sockaddr *address, socklen_t *length);

static struct msghdr *message_of(struct iovec *piece, char *memory, size_t bytes)
{
	static struct msghdr message;

	*piece = (struct iovec){ memory, bytes };
	message = (struct msghdr){ .msg_iov = piece, .msg_iovlen = 1 };
	return &message;
}

static long many(long result, const struct mmsghdr *message)
{
	return result == 1 ? (long)message->msg_len : -1;
}

/* TRANSFER(function, name in the record, access, only sockets, only files, the call) */
#define READERS                                                                                    \
	TRANSFER(read, "read", WRITE, 0, 0, read(fd, memory, bytes))                               \
	TRANSFER(readv, "readv", WRITE, 0, 0, readv(fd, &piece, 1))                                \
	TRANSFER(pread, "pread", WRITE, 0, 1, pread(fd, memory, bytes, 0))                         \
	TRANSFER(preadv, "preadv", WRITE, 0, 1, preadv(fd, &piece, 1, 0))                          \
	TRANSFER(recv, "recv", WRITE, 1, 0, recv(fd, memory, bytes, 0))                            \
	TRANSFER(recvfrom, "recvfrom", WRITE, 1, 0, recvfrom(fd, memory, bytes, 0, NULL, NULL))    \
	TRANSFER(recvmsg, "recvmsg", WRITE, 1, 0, recvmsg(fd, message, 0))                         \
	TRANSFER(recvmmsg, "recvmmsg", WRITE, 1, 0, many(recvmmsg(fd, &one, 1, 0, NULL), &one))

#define WRITERS                                                                                    \
	TRANSFER(write, "write", READ, 0, 0, write(fd, memory, bytes))                             \
	TRANSFER(writev, "writev", READ, 0, 0, writev(fd, &piece, 1))                              \
	TRANSFER(pwrite, "pwrite", READ, 0, 1, pwrite(fd, memory, bytes, 0))                       \
	TRANSFER(pwritev, "pwritev", READ, 0, 1, pwritev(fd, &piece, 1, 0))                        \
	TRANSFER(send, "send", READ, 1, 0, send(fd, memory, bytes, 0))                             \
	TRANSFER(sendto, "sendto", READ, 1, 0, sendto(fd, memory, bytes, 0, NULL, 0))              \
	TRANSFER(sendmsg, "sendmsg", READ, 1, 0, sendmsg(fd, message, 0))                          \
	TRANSFER(sendmmsg, "sendmmsg", READ, 1, 0, many(sendmmsg(fd, &one, 1, 0), &one))

#ifdef __GLIBC__
#define OF_GLIBC                                                                                   \
	TRANSFER(__read_chk, "read", WRITE, 0, 0, __read_chk(fd, memory, bytes, BYTES))            \
	TRANSFER(pread64, "pread", WRITE, 0, 1, pread64(fd, memory, bytes, 0))                     \
	TRANSFER(__pread_chk, "pread", WRITE, 0, 1, __pread_chk(fd, memory, bytes, 0, BYTES))      \
	TRANSFER(__pread64_chk, "pread", WRITE, 0, 1, __pread64_chk(fd, memory, bytes, 0, BYTES))  \
	TRANSFER(preadv64, "preadv64", WRITE, 0, 1, preadv64(fd, &piece, 1, 0))                    \
	TRANSFER(preadv2, "preadv2", WRITE, 0, 1, preadv2(fd, &piece, 1, 0, 0))                    \
	TRANSFER(preadv64v2, "preadv64v2", WRITE, 0, 1, preadv64v2(fd, &piece, 1, 0, 0))           \
	TRANSFER(__recv_chk, "recv", WRITE, 1, 0, __recv_chk(fd, memory, bytes, BYTES, 0))         \
	TRANSFER(__recvfrom_chk, "recvfrom", WRITE, 1, 0,                                          \
		 __recvfrom_chk(fd, memory, bytes, BYTES, 0, NULL, NULL))                          \
	TRANSFER(pwrite64, "pwrite64", READ, 0, 1, pwrite64(fd, memory, bytes, 0))                 \
	TRANSFER(pwritev64, "pwritev64", READ, 0, 1, pwritev64(fd, &piece, 1, 0))                  \
	TRANSFER(pwritev2, "pwritev2", READ, 0, 1, pwritev2(fd, &piece, 1, 0, 0))                  \
	TRANSFER(pwritev64v2, "pwritev64v2", READ, 0, 1, pwritev64v2(fd, &piece, 1, 0, 0))
#else
#define OF_GLIBC
#endif

#define TRANSFER(function, shown, access, sockets, files, call)                                    \
	static long act_##function(int fd, char *memory, size_t bytes)                             \
	{                                                                                          \
		struct iovec piece;                                                                \
		struct msghdr *message = message_of(&piece, memory, bytes);                        \
		struct mmsghdr one = { .msg_hdr = *message };                                      \
                                                                                                   \
		(void)one;                                                                         \
		return call;                                                                       \
	}
READERS
WRITERS
OF_GLIBC
#undef TRANSFER

#define TRANSFER(function, shown, access, sockets, files, call)                                    \
	{ shown, #function, PICKET_ACCESS_##access, sockets, files, act_##function },
const struct transfer transfers[] = { READERS WRITERS OF_GLIBC{ .name = NULL } };
