/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket kasan: check every access of a driver, on the kernel that runs. */
#include "kasan.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tool/kernel/system.h"

static const struct picket_command *const actions[] = {
	&picket_kasan_build, &picket_kasan_load, &picket_kasan_unload, &picket_kasan_status, NULL,
};

struct picket_ko picket_kasan_ko(const struct picket_command *command)
{
	return (struct picket_ko){
		.name = PICKET_KASAN_NAME,
		.command = command->name,
		.directory = "port/linux/kasan",
		.otherwise = "",
	};
}

int picket_kasan_users(char *text, unsigned int bytes)
{
	char path[PATH_MAX];
	DIR *directory =
		opendir(picket_system_path(path, "/sys/module/" PICKET_KASAN_NAME "/holders"));
	struct dirent *entry;
	unsigned int used = 0;
	int count = 0;

	text[0] = '\0';
	while (directory && (entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (used < bytes)
			used += (unsigned int)snprintf(text + used, bytes - used, "%s%s",
						       count ? ", " : "", entry->d_name);
		count++;
	}
	if (directory)
		closedir(directory);
	return count;
}

const char *picket_kasan_module_name(const char *file, char name[PICKET_MODULE_NAME_BYTES])
{
	const char *slash = strrchr(file, '/'), *start = slash ? slash + 1 : file;
	const char *end = strstr(start, ".ko");

	snprintf(name, PICKET_MODULE_NAME_BYTES, "%.*s",
		 (int)(end ? end - start : (long)strlen(start)), start);
	for (char *byte = name; *byte; byte++)
		if (*byte == '-')
			*byte = '_';
	return name;
}

const struct picket_command picket_command_kasan = {
	.name = "kasan",
	.operands = "ACTION [OPTION...] ...",
	.summary = "check every memory access of one driver, on the stock kernel",
	.actions = actions,
};
