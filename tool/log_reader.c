/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "log_reader.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"
#include "kernel/text.h"

#define LINE_BYTES_MAX (64u << 10) /* of longer ones the rest is left out */
#define SILENCE_MS 2000

struct log {
	int fd;
	const char *name;
	const struct picket_report_taker *taker;
	struct picket_kernel_text *text;
	bool ended;   /* by the taker */
	bool in_rest; /* of a line that is too long */
	size_t used;
	char bytes[LINE_BYTES_MAX]; /* the beginning of a line, and then what was read */
};

static void give_line(struct log *log, const char *line, size_t length)
{
	if (!log->in_rest && !log->ended)
		log->ended = picket_kernel_text_line(log->text, line, length);
	log->in_rest = false;
}

static void give_lines(struct log *log)
{
	char *line = log->bytes, *end = log->bytes + log->used, *newline;

	while ((newline = memchr(line, '\n', (size_t)(end - line))) != NULL) {
		give_line(log, line, (size_t)(newline - line));
		line = newline + 1;
	}
	log->used = (size_t)(end - line);
	memmove(log->bytes, line, log->used);
	if (log->used < sizeof(log->bytes))
		return;
	give_line(log, log->bytes, log->used);
	log->in_rest = true;
	log->used = 0;
}

/* Return: true: there is more; false: the silence has lasted, or it is time to end. */
static bool wait_for_more(struct log *log)
{
	struct pollfd ready[] = { { .fd = log->fd, .events = POLLIN },
				  { .fd = log->taker->stop_fd, .events = POLLIN } };
	int timeout_ms = picket_kernel_text_is_open(log->text) ? SILENCE_MS : -1;
	int count;

	while ((count = poll(ready, 2, timeout_ms)) < 0)
		if (errno != EINTR)
			return false;
	if (count == 0)
		log->ended = picket_kernel_text_end(log->text);
	return !ready[1].revents;
}

/* Messages were overwritten, and reading goes on with the oldest that is left. */
static void say_lost(const struct log *log)
{
	picket_complain("%s: messages of the kernel log were overwritten before they were read; "
			"reports among them are lost",
			log->name);
}

/* A pipe may have been made not to block by whoever else has it. */
static bool wait_for_pipe(const struct log *log)
{
	struct pollfd ready = { .fd = log->fd, .events = POLLIN };
	struct stat status;

	if (log->taker->follow || fstat(log->fd, &status) || S_ISCHR(status.st_mode))
		return false;
	return poll(&ready, 1, -1) > 0 || errno == EINTR;
}

/* It failed. Return: true: it may not fail again. */
static bool is_worth_another_try(const struct log *log)
{
	if (errno == EPIPE)
		say_lost(log);
	return errno == EINTR || errno == EPIPE || (errno == EAGAIN && wait_for_pipe(log));
}

/* Return: bytes read; 0: the end; -EAGAIN: no more now; -EIO: said. */
static ssize_t read_some(struct log *log)
{
	ssize_t count;

	do {
		count = read(log->fd, log->bytes + log->used, sizeof(log->bytes) - log->used);
	} while (count < 0 && is_worth_another_try(log));
	if (count >= 0)
		return count;
	if (errno == EAGAIN)
		return -EAGAIN;
	picket_complain("%s: cannot read: %s", log->name, strerror(errno));
	return -EIO;
}

static int read_all(struct log *log)
{
	const bool follow = log->taker->follow;
	ssize_t count;

	while (!log->ended && (!follow || wait_for_more(log))) {
		count = read_some(log);
		if (!count || (count == -EAGAIN && !follow))
			break;
		if (count < 0 && count != -EAGAIN)
			return -1;
		log->used += count > 0 ? (size_t)count : 0;
		give_lines(log);
	}
	return 0;
}

int picket_log_read(int fd, const char *name, const struct picket_report_taker *taker)
{
	struct log *log = calloc(1, sizeof(*log));
	int error = -1;

	if (log)
		log->text = picket_kernel_text_create(taker->report, taker->context);
	if (!log || !log->text) {
		picket_complain("%s: out of memory", name);
		free(log);
		return -1;
	}
	log->fd = fd;
	log->name = name;
	log->taker = taker;
	error = read_all(log);
	if (log->used)
		give_line(log, log->bytes, log->used);
	picket_kernel_text_end(log->text);
	picket_kernel_text_destroy(log->text);
	free(log);
	return error;
}
