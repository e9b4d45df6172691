/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "system.h"

#define MESSAGE_BYTES 8192 /* the kernel's longest, with its head */

int picket_log_mark(void)
{
	char path[PATH_MAX];
	int fd = open(picket_system_path(path, "/dev/kmsg"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

/*
 * What the kernel says of every module that is not part of it, and, less clearly, once more when
 * the module itself has said which value of a parameter it does not take.
 */
static bool is_common(const char *line)
{
	return strstr(line, "taint") || strstr(line, "invalid for parameter");
}

/* Return: what is behind "NAME: "; NULL: it does not begin so. */
static const char *said_by(const char *name, const char *line)
{
	size_t length = strlen(name);

	return strncmp(line, name, length) || strncmp(line + length, ": ", 2) ? NULL :
										line + length + 2;
}

/* A line is "level,number,time,flags;text", or of a message that goes on: " NAME=value". */
static void look(const char *line, const char *module, char *text, size_t bytes)
{
	const char *start = strchr(line, ';'), *said;

	if (line[0] == ' ' || !start || is_common(start))
		return;
	said = said_by(module, start + 1);
	if (!said)
		said = said_by("picket_kasan", start + 1);
	if (said)
		snprintf(text, bytes, "%s", said);
}

void picket_log_said(int mark, const char *module, char *text, size_t bytes)
{
	char message[MESSAGE_BYTES + 1], *rest, *line;
	ssize_t count;

	text[0] = '\0';
	if (mark < 0)
		return;
	/* EPIPE: messages were overwritten, and those that are left come next. */
	while ((count = read(mark, message, MESSAGE_BYTES)) > 0 || (count < 0 && errno == EPIPE)) {
		message[count > 0 ? count : 0] = '\0';
		for (rest = message; (line = strsep(&rest, "\n")) != NULL;)
			look(line, module, text, bytes);
	}
	close(mark);
}
