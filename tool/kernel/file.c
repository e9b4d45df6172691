/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Return: bytes read, or -1 with errno set. */
static ssize_t read_all(int fd, char *text, size_t bytes)
{
	size_t used = 0;

	while (used < bytes) {
		ssize_t count = read(fd, text + used, bytes - used);

		if (count < 0)
			return -1;
		if (!count)
			break;
		used += (size_t)count;
	}
	return (ssize_t)used;
}

ssize_t picket_file_bytes(const char *path, char *text, size_t bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), error;
	ssize_t count = -1;

	if (fd >= 0)
		count = read_all(fd, text, bytes);
	error = errno;
	if (fd >= 0)
		close(fd);
	return count < 0 ? -error : count;
}

ssize_t picket_file_read(const char *path, char *text, size_t bytes)
{
	ssize_t count = picket_file_bytes(path, text, bytes - 1);

	text[count < 0 ? 0 : count] = '\0';
	if (count > 0 && text[count - 1] == '\n')
		text[--count] = '\0';
	return count;
}

long long picket_file_number(const char *path)
{
	char text[32], *end;
	long long number;

	if (picket_file_read(path, text, sizeof(text)) <= 0)
		return -1;
	number = strtoll(text, &end, 10);
	return *end ? -1 : number;
}

/* With a newline: a kernel hears nothing of a write without bytes. */
int picket_file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY), error = 0;

	if (fd < 0)
		return -errno;
	if (dprintf(fd, "%s\n", text) < 0)
		error = -errno;
	close(fd);
	return error;
}
