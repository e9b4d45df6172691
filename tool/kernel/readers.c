/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "readers.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "system.h"

#define DEVICE "/dev/picket"

static bool is_device(int directory, const char *name)
{
	char target[sizeof(DEVICE) + 1];
	ssize_t length = readlinkat(directory, name, target, sizeof(target));

	return length == (ssize_t)strlen(DEVICE) && !memcmp(target, DEVICE, strlen(DEVICE));
}

static bool has_device_open(const char *pid)
{
	char path[PATH_MAX];
	DIR *directory = opendir(picket_system_path(path, "/proc/%s/fd", pid));
	struct dirent *entry;
	bool found = false;

	if (!directory)
		return false;
	while (!found && (entry = readdir(directory)) != NULL)
		found = is_device(dirfd(directory), entry->d_name);
	closedir(directory);
	return found;
}

static void fill(struct picket_kernel_reader *reader, const char *pid)
{
	char path[PATH_MAX];

	reader->pid = atoi(pid);
	picket_file_read(picket_system_path(path, "/proc/%s/comm", pid), reader->name,
			 sizeof(reader->name));
	for (char *byte = reader->name; *byte; byte++)
		if (*byte < ' ' || *byte > '~')
			*byte = '?';
}

int picket_readers_find(struct picket_kernel_reader *readers, int max)
{
	char path[PATH_MAX];
	DIR *directory = opendir(picket_system_path(path, "/proc"));
	struct dirent *entry;
	int count = 0;

	if (!directory)
		return -1;
	while ((entry = readdir(directory)) != NULL) {
		const char *pid = entry->d_name;

		if (strspn(pid, "0123456789") != strlen(pid) || !has_device_open(pid))
			continue;
		if (count < max)
			fill(&readers[count], pid);
		count++;
	}
	closedir(directory);
	return count;
}
