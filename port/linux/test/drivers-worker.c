// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * usage: drivers-worker DIRECTORY SEED SECONDS
 *
 * Run by drivers-disk in the guest: works on files in the directory, which a file system under
 * test holds, for so long, and knows at any time what must be in them. The seed decides what is
 * done. Prints one line: how often each kind of work was done, and how often it went wrong.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define FILES 12
#define FILE_BYTES_MAX (192 * 1024)
#define BLOCK 4096
#define ENTRIES 40
/* What the smallest block has room for. */
#define ATTRIBUTE_BYTES_MAX 700
/* However short the time and slow the machine. */
#define WORK_MIN 300

struct file {
	char name[16];
	int fd;
	size_t size;
	/* All zeroes from size on. */
	uint8_t *data;
};

static struct file files[FILES];
static uint64_t random_state;
static _Alignas(BLOCK) uint8_t buffer[FILE_BYTES_MAX];

static uint32_t random_below(uint32_t limit)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 33) % limit;
}

static struct file *any_file(void)
{
	return &files[random_below(FILES)];
}

static void fill(uint8_t *to, size_t length)
{
	uint8_t first = random_below(256);

	/* Runs that compress, with a part that does not. */
	for (size_t i = 0; i < length; i++)
		to[i] = i % 64 < 8 ? random_below(256) : first + i / 64;
}

static bool open_empty(struct file *file)
{
	file->fd = open(file->name, O_RDWR | O_CREAT | O_TRUNC, 0644);
	file->size = 0;
	memset(file->data, 0, FILE_BYTES_MAX);
	return file->fd >= 0;
}

static bool do_write(void)
{
	struct file *file = any_file();
	size_t at = random_below(FILE_BYTES_MAX - 1);
	size_t length = 1 + random_below(FILE_BYTES_MAX - at);

	if (random_below(2))
		length = length % 2000 + 1;
	if (at + length > FILE_BYTES_MAX)
		length = FILE_BYTES_MAX - at;
	fill(file->data + at, length);
	if (at + length > file->size)
		file->size = at + length;
	return pwrite(file->fd, file->data + at, length, at) == (ssize_t)length;
}

static bool do_direct(void)
{
	struct file *file = any_file();
	size_t at = random_below(FILE_BYTES_MAX / BLOCK - 4) * BLOCK;
	size_t length = (1 + random_below(4)) * BLOCK;
	int fd = open(file->name, O_WRONLY | O_DIRECT);
	bool done;

	fill(buffer, length);
	memcpy(file->data + at, buffer, length);
	if (at + length > file->size)
		file->size = at + length;
	done = pwrite(fd, buffer, length, at) == (ssize_t)length;
	close(fd);
	return done;
}

static bool is_right(const struct file *file)
{
	struct stat stat;

	if (fstat(file->fd, &stat) || stat.st_size != (off_t)file->size)
		return false;
	return pread(file->fd, buffer, FILE_BYTES_MAX, 0) == (ssize_t)file->size &&
	       memcmp(buffer, file->data, file->size) == 0;
}

static bool do_read(void)
{
	return is_right(any_file());
}

static bool do_truncate(void)
{
	struct file *file = any_file();
	size_t size = random_below(FILE_BYTES_MAX);

	if (size < file->size)
		memset(file->data + size, 0, file->size - size);
	file->size = size;
	return ftruncate(file->fd, size) == 0;
}

static bool do_map(void)
{
	struct file *file = any_file();
	size_t length = file->size / 2;
	uint8_t *map;
	bool done;

	if (length == 0)
		return true;
	map = mmap(NULL, file->size, PROT_READ | PROT_WRITE, MAP_SHARED, file->fd, 0);
	if (map == MAP_FAILED)
		return false;
	fill(file->data, length);
	memcpy(map, file->data, length);
	done = memcmp(map, file->data, file->size) == 0;
	return munmap(map, file->size) == 0 && done;
}

static bool do_punch(void)
{
	struct file *file = any_file();
	size_t at = random_below(FILE_BYTES_MAX);
	size_t length = 1 + random_below(FILE_BYTES_MAX - at);

	memset(file->data + at, 0, length);
	return fallocate(file->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, length) == 0;
}

/* One file takes the place of another; its own place is then taken by an empty one. */
static bool do_rename(void)
{
	struct file *from = any_file();
	struct file *to = any_file();
	uint8_t *data = to->data;

	if (from == to || rename(from->name, to->name))
		return from == to;
	close(to->fd);
	to->fd = from->fd;
	to->size = from->size;
	to->data = from->data;
	from->data = data;
	return is_right(to) && open_empty(from);
}

static bool do_unlink(void)
{
	struct file *file = any_file();
	int fd = file->fd;
	/* It can still be read through the descriptor. */
	bool done = unlink(file->name) == 0 && is_right(file);

	done = open_empty(file) && done;
	close(fd);
	return done;
}

static bool do_link(void)
{
	struct file *file = any_file();
	char target[sizeof(file->name) + 1] = "";
	struct stat stat;
	bool done = link(file->name, "hard") == 0 && symlink(file->name, "soft") == 0;

	done = done && fstat(file->fd, &stat) == 0 && stat.st_nlink == 2;
	done = done && readlink("soft", target, sizeof(target) - 1) > 0;
	done = done && strcmp(target, file->name) == 0;
	return unlink("hard") == 0 && unlink("soft") == 0 && done;
}

static int count_entries(const char *path)
{
	DIR *directory = opendir(path);
	int count = 0;

	if (!directory)
		return -1;
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

static bool do_directory(void)
{
	char name[64];
	bool done = mkdir("sub", 0755) == 0;

	for (int i = 0; i < ENTRIES; i++) {
		snprintf(name, sizeof(name), "sub/%d-which-has-a-rather-long-name", i);
		done = mknod(name, S_IFREG | 0600, 0) == 0 && done;
	}
	done = count_entries("sub") == ENTRIES + 2 && done;
	for (int i = 0; i < ENTRIES; i++) {
		snprintf(name, sizeof(name), "sub/%d-which-has-a-rather-long-name", i);
		done = unlink(name) == 0 && done;
	}
	return rmdir("sub") == 0 && done;
}

static bool do_attribute(void)
{
	static uint8_t value[ATTRIBUTE_BYTES_MAX], got[ATTRIBUTE_BYTES_MAX];
	struct file *file = any_file();
	size_t length = 1 + random_below(ATTRIBUTE_BYTES_MAX);

	fill(value, length);
	return fsetxattr(file->fd, "user.picket", value, length, 0) == 0 &&
	       fgetxattr(file->fd, "user.picket", got, sizeof(got)) == (ssize_t)length &&
	       memcmp(value, got, length) == 0;
}

static bool do_sync(void)
{
	return fsync(any_file()->fd) == 0;
}

static struct work {
	const char *name;
	bool (*run)(void);
	uint32_t share;
	unsigned long count;
} works[] = {
	{ "write", do_write, 24, 0 },
	{ "read", do_read, 16, 0 },
	{ "truncate", do_truncate, 10, 0 },
	{ "direct", do_direct, 6, 0 },
	{ "map", do_map, 6, 0 },
	{ "punch", do_punch, 6, 0 },
	{ "rename", do_rename, 10, 0 },
	{ "unlink", do_unlink, 6, 0 },
	{ "link", do_link, 6, 0 },
	{ "directory", do_directory, 2, 0 },
	{ "attribute", do_attribute, 6, 0 },
	{ "sync", do_sync, 2, 0 },
};

#define WORKS (sizeof(works) / sizeof(works[0]))

static struct work *any_work(void)
{
	uint32_t pick = random_below(100);
	size_t i = 0;

	while (pick >= works[i].share)
		pick -= works[i++].share;
	return &works[i];
}

static unsigned long work(time_t end)
{
	unsigned long failed = 0;
	struct work *work;

	for (int done = 0; done < WORK_MIN || time(NULL) < end; done++) {
		work = any_work();
		work->count++;
		errno = 0;
		if (work->run())
			continue;
		if (failed++ < 5)
			fprintf(stderr, "worker: %s went wrong: %s\n", work->name, strerror(errno));
	}
	for (size_t i = 0; i < FILES; i++)
		failed += !is_right(&files[i]);
	return failed;
}

int main(int argc, char **argv)
{
	unsigned long failed;

	if (argc != 4 || chdir(argv[1]))
		return 2;
	random_state = strtoull(argv[2], NULL, 10);
	for (int i = 0; i < FILES; i++) {
		snprintf(files[i].name, sizeof(files[i].name), "file-%d", i);
		files[i].data = malloc(FILE_BYTES_MAX);
		if (!files[i].data || !open_empty(&files[i]))
			return 2;
	}
	failed = work(time(NULL) + strtol(argv[3], NULL, 10));
	printf("seed %s:", argv[2]);
	for (size_t i = 0; i < WORKS; i++)
		printf(" %s %lu", works[i].name, works[i].count);
	printf(" failed %lu\n", failed);
	return failed != 0;
}
