/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "native.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tool/command.h"
#include "tool/complain.h"
#include "file.h"
#include "system.h"
#include "tool/log_reader.h"

#define PARAMETERS "/sys/module/kfence/parameters"
#define NAMES_BYTES 256
#define SECOND_NS 1000000000ll
#define MILLISECOND_NS 1000000ll

bool picket_native_is_there(void)
{
	char path[PATH_MAX];

	return !access(picket_system_path(path, "/sys/module/kfence"), F_OK);
}

/* The interval is the tool's option under another name. */
static const char *flag_of(const char *name, char flag[PICKET_FLAG_BYTES])
{
	const struct picket_option option = {
		.name = strcmp(name, "sample_interval") ? name : "interval",
	};

	return picket_option_flag(&option, flag);
}

/* Root may open what has no permission for writing, and a file that has may refuse. */
static bool is_writable(const char *name)
{
	char path[PATH_MAX];
	struct stat status;
	int fd;

	picket_system_path(path, PARAMETERS "/%s", name);
	if (stat(path, &status) || !(status.st_mode & S_IWUSR))
		return false;
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* "--burst, --interval, --skip-covered-thresh": what can be set while it runs. */
static void list_writable(char names[NAMES_BYTES])
{
	char path[PATH_MAX], flag[PICKET_FLAG_BYTES];
	struct dirent **entries;
	int count = scandir(picket_system_path(path, PARAMETERS), &entries, NULL, alphasort);
	size_t used = 0;

	names[0] = '\0';
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (used < NAMES_BYTES && is_writable(name))
			used += (size_t)snprintf(names + used, NAMES_BYTES - used, "%s%s",
						 used ? ", " : "", flag_of(name, flag));
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static bool has_parameter(const char *name)
{
	char path[PATH_MAX];

	return !access(picket_system_path(path, PARAMETERS "/%s", name), F_OK);
}

/* Return: 0, or -1: said. */
static int check(const struct picket_setting *setting)
{
	char names[NAMES_BYTES], flag[PICKET_FLAG_BYTES];

	if (is_writable(setting->name))
		return 0;
	list_writable(names);
	picket_complain("kernel start: %s='%.64s': %s; allowed: %s", flag_of(setting->name, flag),
			setting->value,
			has_parameter(setting->name) ?
				"the kernel's own KFENCE does not change it while it runs" :
				"the kernel's own KFENCE has no such parameter",
			names);
	return -1;
}

/* Why it refuses a number that is a good one. */
static const char *explain(const char *name, int error)
{
	if (error == EINVAL && !strcmp(name, "sample_interval"))
		return "it has switched itself off after an error of its own, or was not switched "
		       "on at boot, by kfence.sample_interval=MS, which Linux before 5.18 needs";
	return error == EACCES || error == EPERM ? "only root may" : strerror(error);
}

/* Return: 0, or -1: said. */
static int set(const char *command, const struct picket_setting *setting)
{
	char path[PATH_MAX], flag[PICKET_FLAG_BYTES];
	int error = picket_file_write(picket_system_path(path, PARAMETERS "/%s", setting->name),
				      setting->value);

	if (!error)
		return 0;
	picket_complain("kernel %s: the kernel's own KFENCE refuses %s='%.64s': %s", command,
			flag_of(setting->name, flag), setting->value,
			explain(setting->name, -error));
	return -1;
}

static int set_interval(const char *command, unsigned int interval_ms)
{
	char value[16];

	snprintf(value, sizeof(value), "%u", interval_ms);
	return set(command, &(struct picket_setting){ "sample_interval", value });
}

int picket_native_start(unsigned int interval_ms, const struct picket_setting *settings)
{
	const struct picket_setting *setting;

	for (setting = settings; setting->name; setting++)
		if (check(setting))
			return -1;
	for (setting = settings; setting->name; setting++)
		if (set("start", setting))
			return -1;
	return set_interval("start", interval_ms);
}

int picket_native_stop(void)
{
	return set_interval("stop", 0);
}

/* It tells of each object, in debugfs. */
static long long count_slots(void)
{
	char path[PATH_MAX], *line = NULL;
	FILE *objects = fopen(picket_system_path(path, "/sys/kernel/debug/kfence/objects"), "re");
	long long count = 0;
	size_t bytes = 0;

	if (!objects)
		return -1;
	while (getline(&line, &bytes, objects) > 0)
		count += !strncmp(line, "kfence-#", strlen("kfence-#"));
	free(line);
	fclose(objects);
	return count ? count : -1;
}

int picket_native_status(struct picket_native_status *status)
{
	char path[PATH_MAX];

	status->interval_ms =
		picket_file_number(picket_system_path(path, PARAMETERS "/sample_interval"));
	status->slots = count_slots();
	if (status->interval_ms >= 0)
		return 0;
	picket_complain("kernel status: cannot read %s: %s", path,
			picket_system_is_root() ? strerror(errno) : "only root may");
	return -1;
}

const char *picket_native_stats(char path[PATH_MAX])
{
	return picket_system_path(path, "/sys/kernel/debug/kfence/stats");
}

static long long now_ns(clockid_t clock)
{
	struct timespec now = { 0 };

	clock_gettime(clock, &now);
	return now.tv_sec * SECOND_NS + now.tv_nsec;
}

/*
 * The log's clock began with the monotonic one, and runs nearly as fast. What was measured is
 * rounded, so that whoever reads a report again finds the same time in it.
 */
static u64 wall_offset_ns(void)
{
	long long best_ns = 0, shortest_ns = SECOND_NS;

	for (int i = 0; i < 8; i++) {
		long long before_ns = now_ns(CLOCK_MONOTONIC), wall_ns = now_ns(CLOCK_REALTIME);
		long long took_ns = now_ns(CLOCK_MONOTONIC) - before_ns;

		if (took_ns >= shortest_ns)
			continue;
		shortest_ns = took_ns;
		best_ns = wall_ns - before_ns - took_ns / 2;
	}
	return (u64)((best_ns + MILLISECOND_NS / 2) / MILLISECOND_NS * MILLISECOND_NS);
}

static int pass_on(void *context, struct picket_report *report)
{
	const struct picket_report_taker *taker = context;

	if (report->record.access_task.time_ns)
		report->record.wall_offset_ns = wall_offset_ns();
	return taker->report(taker->context, report);
}

int picket_native_read(const struct picket_report_taker *taker)
{
	const struct picket_report_taker own = { pass_on, (void *)(uptr)taker, taker->follow,
						 taker->stop_fd };
	char path[PATH_MAX];
	int fd = open(picket_system_path(path, "/dev/kmsg"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int error;

	if (fd < 0) {
		picket_complain("kernel reports: cannot read the kernel log, /dev/kmsg: %s",
				errno == EACCES || errno == EPERM ? "only root may" :
								    strerror(errno));
		return -1;
	}
	error = picket_log_read(fd, "kernel reports", &own);
	close(fd);
	return error;
}
