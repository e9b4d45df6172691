/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "descriptor.h"
#include "inbox.h"

/* Far above the longest record; a longer datagram is cut, and then is no JSON. */
#define DATAGRAM_BYTES_MAX (1u << 20)
/* More than any kernel's queue holds; one that sends without end must not keep us from the rest. */
#define DATAGRAMS_AT_A_TIME 4096

static int make_name(char name[PICKET_INBOX_NAME_BYTES])
{
	unsigned long long random[2];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return -errno;
	snprintf(name, PICKET_INBOX_NAME_BYTES, "picket-%016llx%016llx", random[0], random[1]);
	return 0;
}

static int bind_name(int fd, const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(name);

	memcpy(address.sun_path + 1, name, length);
	length += offsetof(struct sockaddr_un, sun_path) + 1;
	return bind(fd, (struct sockaddr *)&address, (socklen_t)length) ? -errno : 0;
}

int picket_inbox_open(struct picket_inbox *inbox)
{
	int error, on = 1;

	inbox->fd = picket_descriptor_high(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	if (inbox->fd < 0)
		return inbox->fd;
	error = setsockopt(inbox->fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) ? -errno : 0;
	if (!error)
		error = make_name(inbox->name);
	if (!error)
		error = bind_name(inbox->fd, inbox->name);
	if (error)
		close(inbox->fd);
	return error;
}

static bool is_trusted(struct msghdr *message)
{
	struct cmsghdr *control = CMSG_FIRSTHDR(message);
	struct ucred sender;

	if (geteuid() == 0)
		return true;
	if (!control || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_CREDENTIALS)
		return false;
	memcpy(&sender, CMSG_DATA(control), sizeof(sender));
	return sender.uid == 0 || sender.uid == getuid() || sender.uid == geteuid();
}

void picket_inbox_drain(struct picket_inbox *inbox, struct picket_queue *queue)
{
	static char datagram[DATAGRAM_BYTES_MAX];
	union {
		struct cmsghdr header; /* aligns the bytes */
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	ssize_t length;

	for (int i = 0; i < DATAGRAMS_AT_A_TIME; i++) {
		struct iovec part = { .iov_base = datagram, .iov_len = sizeof(datagram) };
		struct msghdr message = {
			.msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = control.bytes,
			.msg_controllen = sizeof(control.bytes),
		};

		length = recvmsg(inbox->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (length < 0 && errno != EINTR)
			return;
		if (length > 0 && is_trusted(&message))
			picket_queue_push(queue, datagram, (size_t)length);
	}
}
