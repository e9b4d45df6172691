/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool/complain.h"
#include "system.h"

#define READ_BYTES (64u << 10)
#define LINE_BYTES_MAX (16u << 20) /* above a record whose every name is as long as can be */
#define ERROR_BYTES 256

struct device {
	const struct picket_report_taker *taker;
	int fd;
	char *bytes; /* read and not given yet: at most one line, and what was read behind it */
	size_t used;
	size_t room;
	bool ended; /* by the taker */
	bool failed;
};

static int open_device(void)
{
	char path[PATH_MAX];
	int fd = open(picket_system_path(path, "/dev/picket"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		picket_complain("kernel reports: cannot read /dev/picket: %s",
				errno == EACCES ? "only root may" : strerror(errno));
	return fd;
}

static void give_line(struct device *device, const char *line, size_t length)
{
	char error[ERROR_BYTES];
	struct picket_report report;

	if (picket_report_parse(line, length, &report, error, sizeof(error))) {
		picket_complain("kernel reports: a line of /dev/picket is no record: %s", error);
		device->failed = true;
		return;
	}
	if (device->taker->report(device->taker->context, &report))
		device->ended = true;
	picket_report_release(&report);
}

static void give_lines(struct device *device)
{
	char *line = device->bytes, *end = device->bytes + device->used, *newline;

	while (!device->ended && (newline = memchr(line, '\n', (size_t)(end - line))) != NULL) {
		give_line(device, line, (size_t)(newline - line));
		line = newline + 1;
	}
	device->used = (size_t)(end - line);
	memmove(device->bytes, line, device->used);
}

/* Return: false: there is no such line, or no memory for it, which is said. */
static bool make_room(struct device *device)
{
	char *bytes;

	if (device->room - device->used >= READ_BYTES)
		return true;
	bytes = device->used < LINE_BYTES_MAX ? realloc(device->bytes, device->room + READ_BYTES) :
						NULL;
	if (!bytes) {
		picket_complain("kernel reports: a line of /dev/picket is too long to be a record");
		return false;
	}
	device->bytes = bytes;
	device->room += READ_BYTES;
	return true;
}

/* Return: bytes read; 0: the end, which only a file has; -EAGAIN: no more now; -EIO: said. */
static ssize_t read_some(struct device *device)
{
	ssize_t count;

	if (!make_room(device))
		return -EIO;
	count = read(device->fd, device->bytes + device->used, READ_BYTES);
	if (count >= 0) {
		device->used += (size_t)count;
		return count;
	}
	if (errno == EAGAIN || errno == EINTR)
		return -EAGAIN;
	picket_complain("kernel reports: cannot read /dev/picket: %s", strerror(errno));
	return -EIO;
}

/* Return: true: there is more to read; false: it is time to end. */
static bool wait_for_more(const struct device *device)
{
	struct pollfd ready[] = { { .fd = device->fd, .events = POLLIN },
				  { .fd = device->taker->stop_fd, .events = POLLIN } };

	while (poll(ready, 2, -1) < 0)
		if (errno != EINTR)
			return false;
	return !ready[1].revents && (ready[0].revents & POLLIN);
}

static int read_all(struct device *device)
{
	const bool follow = device->taker->follow;

	while (!device->ended && (!follow || wait_for_more(device))) {
		ssize_t count = read_some(device);

		if (!count || (count == -EAGAIN && !follow))
			break;
		if (count < 0 && count != -EAGAIN)
			return -1;
		give_lines(device);
	}
	return 0;
}

int picket_device_read(const struct picket_report_taker *taker)
{
	struct device device = { .taker = taker, .fd = open_device() };
	int error;

	if (device.fd < 0)
		return -1;
	error = read_all(&device);
	free(device.bytes);
	close(device.fd);
	return error || device.failed ? -1 : 0;
}
