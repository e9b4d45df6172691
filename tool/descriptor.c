/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "descriptor.h"

int picket_descriptor_high(int fd)
{
	int high, error = errno;

	if (fd < 0)
		return -error;
	if (fd > STDERR_FILENO)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	error = errno;
	close(fd);
	return high < 0 ? -error : high;
}

static void nullify(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return;
	if (null != fd) {
		dup2(null, fd);
		close(null);
	}
}

static int compare(const void *left, const void *right)
{
	return *(const int *)left - *(const int *)right;
}

void picket_descriptor_close_others(const int *keep, int count)
{
	int sorted[16], total = 0;
	unsigned int next = STDERR_FILENO + 1;

	for (int i = 0; i < count && total < 16; i++)
		if (keep[i] >= 0)
			sorted[total++] = keep[i];
	qsort(sorted, (size_t)total, sizeof(sorted[0]), compare);
	for (int i = 0; i < total; i++) {
		if ((unsigned int)sorted[i] > next)
			close_range(next, (unsigned int)sorted[i] - 1, 0);
		next = (unsigned int)sorted[i] + 1;
	}
	close_range(next, ~0u, 0);
	nullify(STDIN_FILENO);
	nullify(STDOUT_FILENO);
	if (fcntl(STDERR_FILENO, F_GETFD) < 0)
		nullify(STDERR_FILENO);
}
