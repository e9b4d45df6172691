/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sides.h"

/*
 * Programs that share a bit disturb each other's turn. With this many bits two of a hundred
 * programs do so with a chance of 1 %.
 */
#define TABLE_BITS (1u << 19)

/* FNV-1a */
static unsigned int hash(const char *text)
{
	unsigned int value = 2166136261u;

	while (*text)
		value = (value ^ (unsigned char)*text++) * 16777619u;
	return value;
}

/* With sudo, HOME may be another user's: leave no files of ours there. */
static bool is_ours(const char *directory)
{
	struct stat status;

	return !stat(directory, &status) && status.st_uid == geteuid();
}

/* Return: whether @path, of PATH_MAX bytes, is now an existing directory's name. */
static bool make_directory(char *path, const char *name)
{
	size_t length = strlen(path);

	if (snprintf(path + length, PATH_MAX - length, "/%s", name) >= (int)(PATH_MAX - length))
		return false;
	mkdir(path, 0700);
	return is_ours(path);
}

static bool state_directory(char path[PATH_MAX])
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && state[0] == '/') {
		if (snprintf(path, PATH_MAX, "%s", state) >= PATH_MAX)
			return false;
		mkdir(path, 0700);
		return is_ours(path) && make_directory(path, "picket");
	}
	return home && home[0] == '/' && snprintf(path, PATH_MAX, "%s", home) < PATH_MAX &&
	       is_ours(path) && make_directory(path, ".local") && make_directory(path, "state") &&
	       make_directory(path, "picket");
}

static int open_table(void)
{
	char path[PATH_MAX];
	size_t length;

	if (!state_directory(path))
		return -1;
	length = strlen(path);
	if (snprintf(path + length, PATH_MAX - length, "/sides") >= (int)(PATH_MAX - length))
		return -1;
	return open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
}

/* Bytes never written read as 0: the first run starts at the right, where most overflows are. */
static enum picket_side turn(int fd, unsigned int bit)
{
	unsigned char byte = 0, mask = (unsigned char)(1u << (bit % 8));
	off_t place = bit / 8;
	enum picket_side side;

	if (flock(fd, LOCK_EX | LOCK_NB) || pread(fd, &byte, 1, place) < 0)
		return PICKET_SIDE_AUTO;
	side = byte & mask ? PICKET_SIDE_LEFT : PICKET_SIDE_RIGHT;
	byte ^= mask;
	return pwrite(fd, &byte, 1, place) == 1 ? side : PICKET_SIDE_AUTO;
}

enum picket_side picket_sides_next(const char *program)
{
	char *real = realpath(program, NULL);
	enum picket_side side = PICKET_SIDE_AUTO;
	int fd = real ? open_table() : -1;

	if (fd >= 0) {
		side = turn(fd, hash(real) % TABLE_BITS);
		close(fd);
	}
	free(real);
	return side;
}
