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

#define READERS_SAID 4

static bool is_link_to(const char *device, int directory, const char *name)
{
	char target[PATH_MAX];
	ssize_t length = readlinkat(directory, name, target, sizeof(target));

	return length == (ssize_t)strlen(device) && !memcmp(target, device, strlen(device));
}

static bool has_open(const char *pid, const char *device)
{
	char path[PATH_MAX];
	DIR *directory = opendir(picket_system_path(path, "/proc/%s/fd", pid));
	struct dirent *entry;
	bool found = false;

	if (!directory)
		return false;
	while (!found && (entry = readdir(directory)) != NULL)
		found = is_link_to(device, dirfd(directory), entry->d_name);
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

int picket_readers_find(const char *device, struct picket_kernel_reader *readers, int max)
{
	char path[PATH_MAX];
	DIR *directory = opendir(picket_system_path(path, "/proc"));
	struct dirent *entry;
	int count = 0;

	if (!directory)
		return -1;
	while ((entry = readdir(directory)) != NULL) {
		const char *pid = entry->d_name;

		if (strspn(pid, "0123456789") != strlen(pid) || !has_open(pid, device))
			continue;
		if (count < max)
			fill(&readers[count], pid);
		count++;
	}
	closedir(directory);
	return count;
}

void picket_readers_text(const char *device, char *text, size_t bytes)
{
	struct picket_kernel_reader readers[READERS_SAID];
	int count = picket_readers_find(device, readers, READERS_SAID);
	size_t used = 0;

	text[0] = '\0';
	for (int i = 0; i < count && i < READERS_SAID && used < bytes; i++)
		used += (size_t)snprintf(text + used, bytes - used, "%spid %d (%s)", i ? ", " : "",
					 readers[i].pid, readers[i].name);
	if (count > READERS_SAID && used < bytes)
		snprintf(text + used, bytes - used, " and %d others", count - READERS_SAID);
}
