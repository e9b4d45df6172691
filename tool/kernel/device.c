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
	const char *name;
	const struct picket_report_taker *taker;
	int fd;
	char *bytes; /* read and not given yet: at most one line, and what was read behind it */
	size_t used;
	size_t room;
	bool ended; /* by the taker */
	bool failed;
};

struct devices {
	struct device all[PICKET_DEVICES_MAX];
	unsigned int count;
};

/* Return: 0 or a negative errno. */
static int open_device(struct device *device)
{
	char path[PATH_MAX];

	device->fd = open(picket_system_path(path, "%s", device->name),
			  O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return device->fd < 0 ? -errno : 0;
}

static void give_line(struct device *device, const char *line, size_t length)
{
	char error[ERROR_BYTES];
	struct picket_report report;

	if (picket_report_parse(line, length, &report, error, sizeof(error))) {
		picket_complain("kernel reports: a line of %s is no record: %s", device->name,
				error);
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
		picket_complain("kernel reports: a line of %s is too long to be a record",
				device->name);
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
	picket_complain("kernel reports: cannot read %s: %s", device->name, strerror(errno));
	return -EIO;
}

/* Return: 0: no more now; 1: nothing more ever; -1: said. */
static int read_device(struct device *device)
{
	ssize_t count;

	while (!device->ended) {
		count = read_some(device);
		if (count == -EAGAIN)
			return 0;
		if (count < 0)
			return -1;
		if (!count)
			break;
		give_lines(device);
	}
	return 1;
}

static int read_held(struct devices *devices)
{
	int error = 0;

	for (unsigned int i = 0; i < devices->count && error >= 0; i++) {
		error = read_device(&devices->all[i]);
		if (devices->all[i].ended)
			break;
	}
	return error < 0 ? -1 : 0;
}

/* Return: true: there is something to read in ready[]; false: it is time to end. */
static bool wait_for_more(const struct devices *devices, struct pollfd *ready)
{
	const unsigned int count = devices->count;

	for (unsigned int i = 0; i < count; i++)
		ready[i] = (struct pollfd){ .fd = devices->all[i].fd, .events = POLLIN };
	ready[count] = (struct pollfd){ .fd = devices->all[0].taker->stop_fd, .events = POLLIN };
	while (poll(ready, count + 1, -1) < 0)
		if (errno != EINTR)
			return false;
	return !ready[count].revents;
}

/* A device that has ended, or failed, ends it all. */
static int follow(struct devices *devices)
{
	struct pollfd ready[PICKET_DEVICES_MAX + 1];
	int error = 0;

	while (!error && wait_for_more(devices, ready))
		for (unsigned int i = 0; i < devices->count && !error; i++)
			if (ready[i].revents)
				error = ready[i].revents & POLLIN ? read_device(&devices->all[i]) :
								    1;
	return error < 0 ? -1 : 0;
}

/* Return: 0 or a negative errno: of the first, none could be opened. */
static int open_devices(struct devices *devices, const char *const names[],
			const struct picket_report_taker *taker)
{
	int first = 0, error;

	for (; *names; names++) {
		struct device *device = &devices->all[devices->count];

		*device = (struct device){ .name = *names, .taker = taker };
		error = open_device(device);
		if (!error)
			devices->count++;
		else if (!first)
			first = error;
	}
	return devices->count ? 0 : first;
}

static int close_devices(struct devices *devices)
{
	bool failed = false;

	for (unsigned int i = 0; i < devices->count; i++) {
		free(devices->all[i].bytes);
		close(devices->all[i].fd);
		failed |= devices->all[i].failed;
	}
	return failed ? -1 : 0;
}

int picket_device_read(const char *const names[], const struct picket_report_taker *taker)
{
	struct devices devices = { .count = 0 };
	int error = open_devices(&devices, names, taker);

	if (error) {
		picket_complain("kernel reports: cannot read %s: %s", *names,
				error == -EACCES ? "only root may" : strerror(-error));
		return -1;
	}
	error = taker->follow ? follow(&devices) : read_held(&devices);
	return close_devices(&devices) || error ? -1 : 0;
}
