/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stands for a watched process: sends each line of its standard input to the socket that
 * PICKET_OPTIONS names, as one datagram, without the newline.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static int connect_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *options = getenv("PICKET_OPTIONS");
	const char *name = options ? strstr(options, "socket=") : NULL;
	size_t length;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (!name || fd < 0)
		return -1;
	name += strlen("socket=");
	length = strcspn(name, ":");
	memcpy(address.sun_path + 1, name, length);
	length += offsetof(struct sockaddr_un, sun_path) + 1;
	return connect(fd, (struct sockaddr *)&address, (socklen_t)length) ? -1 : fd;
}

int main(void)
{
	int fd = connect_socket();
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	if (fd < 0) {
		perror("sender");
		return 1;
	}
	while ((length = getline(&line, &size, stdin)) > 0) {
		if (line[length - 1] == '\n')
			length--;
		if (send(fd, line, (size_t)length, 0) != length) {
			perror("sender: send");
			return 1;
		}
	}
	return 0;
}
