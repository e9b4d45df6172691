/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "statistics.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "native.h"
#include "system.h"

/* The list of mounts is longer than what is read of it only where debugfs, too, is mounted. */
static bool is_mounted(void)
{
	static char mounts[1 << 16];
	char path[PATH_MAX];

	picket_file_read(picket_system_path(path, "/proc/self/mounts"), mounts, sizeof(mounts));
	return strstr(mounts, " /sys/kernel/debug debugfs ") != NULL;
}

static const char *explain(int error)
{
	if (error == EACCES || error == EPERM)
		return "only root may see them, and nobody where the kernel is locked down";
	if (error != ENOENT)
		return strerror(error);
	return is_mounted() ? "the kernel has none yet" :
			      "debugfs is not mounted: mount -t debugfs debugfs /sys/kernel/debug";
}

void picket_counters_read(enum picket_watcher detector, char text[PICKET_STATISTICS_BYTES],
			  const char **why)
{
	char path[PATH_MAX];
	ssize_t count;

	if (detector == PICKET_WATCHER_NATIVE)
		picket_native_stats(path);
	else if (detector == PICKET_WATCHER_KASAN)
		picket_system_path(path, "/sys/kernel/debug/picket-kasan/stats");
	else
		picket_system_path(path, "/sys/kernel/debug/picket/stats");
	count = picket_file_read(path, text, PICKET_STATISTICS_BYTES);
	*why = count < 0 ? explain((int)-count) : NULL;
}

void picket_counters_print(const char *text, const char *why)
{
	printf("statistics:%s%s\n", why ? " " : "", why ? why : "");
	if (why)
		return;
	for (const char *end; *text; text = end + (*end == '\n')) {
		end = strchrnul(text, '\n');
		printf("  %.*s\n", (int)(end - text), text);
	}
}

json_t *picket_counters_json(const char *text, const char *why)
{
	json_t *statistics = why ? json_null() : json_object();

	for (const char *end; !why && *text; text = end + (*end == '\n')) {
		const char *value = strstr(text, ": ");

		end = strchrnul(text, '\n');
		if (value && value < end)
			json_object_setn_new(statistics, text, (size_t)(value - text),
					     json_integer(atoll(value + 2)));
	}
	return statistics;
}

long long picket_counters_find(const char *text, const char *name)
{
	size_t length = strlen(name);

	while (strncmp(text, name, length) || text[length] != ':') {
		text = strchr(text, '\n');
		if (!text++)
			return -1;
	}
	return atoll(text + length + 1);
}
