/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"
#include "descriptor.h"
#include "sink.h"

int picket_sink_open(struct picket_sink *sink, const char *path, int otherwise)
{
	int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY;

	*sink = (struct picket_sink){ .name = "standard error", .fd = otherwise };
	if (!*path)
		return 0;
	sink->name = path;
	sink->fd = picket_descriptor_high(open(path, flags, 0666));
	if (sink->fd >= 0)
		return 0;
	picket_complain("run: cannot append to '%s': %s", path, strerror(-sink->fd));
	return -1;
}

/* Return: bytes written, or -1. A stream the program has made non-blocking is waited for. */
static ssize_t write_some(int fd, const char *bytes, size_t count)
{
	struct pollfd ready = { .fd = fd, .events = POLLOUT };
	ssize_t written;

	do {
		written = write(fd, bytes, count);
	} while (written < 0 && (errno == EINTR || (errno == EAGAIN && poll(&ready, 1, -1) > 0)));
	return written;
}

void picket_sink_write(struct picket_sink *sink, const char *bytes, size_t count)
{
	while (count && sink->fd >= 0) {
		ssize_t written = write_some(sink->fd, bytes, count);

		if (written < 0) {
			if (!sink->failed)
				picket_complain("cannot write to '%s': %s", sink->name,
						strerror(errno));
			sink->failed = true;
			return;
		}
		bytes += written;
		count -= (size_t)written;
	}
}
