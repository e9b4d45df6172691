/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket kasan: check every access of a driver, on the kernel that runs. */
#include "kasan.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tool/complain.h"
#include "tool/kernel/kernel.h"
#include "tool/kernel/parameters.h"
#include "tool/kernel/system.h"

static const struct picket_command *const actions[] = {
	&picket_kasan_build, &picket_kasan_load, &picket_kasan_unload, &picket_kasan_status, NULL,
};

static int run_action(char **arguments)
{
	return picket_action_run(&picket_command_kasan, arguments);
}

static int take_option(const struct picket_kasan_line *line,
		       const struct picket_command_line *command_line)
{
	char error[PICKET_OPTION_ERROR_BYTES], flag[PICKET_FLAG_BYTES];
	const struct picket_option *option = command_line->option;

	if (!picket_parameter_check(option, command_line->value, error)) {
		line->set(line->context, option, command_line->value);
		return 0;
	}
	picket_complain("%s: %s%s", line->command->name, picket_option_flag(option, flag),
			error + strlen(option->name));
	return -1;
}

/* Return: 0, or -1: said. */
static int check_operands(const struct picket_kasan_line *line, int count)
{
	const struct picket_command *command = line->command;

	if (line->wanted && !count)
		picket_complain("%s: %s is needed: picket %s %s", command->name, line->wanted,
				command->name, command->operands);
	else if (count > (line->wanted ? 1 : 0) && !line->several)
		picket_complain("%s: '%.64s' is one argument too many: picket %s %s", command->name,
				line->operands[count - 1], command->name, command->operands);
	else
		return 0;
	return -1;
}

int picket_kasan_read(struct picket_kasan_line *line, char **arguments)
{
	struct picket_command_line command_line = { .command = line->command, .next = arguments };
	enum picket_read read;
	int count = 0;

	line->operands = arguments;
	while ((read = picket_command_line_read(&command_line)) != PICKET_READ_OPERAND ||
	       *command_line.next) {
		if (read == PICKET_READ_HELP)
			return PICKET_EXIT_OK + 1;
		if (read == PICKET_READ_OPERAND)
			arguments[count++] = *command_line.next++;
		else if (read == PICKET_READ_WRONG || take_option(line, &command_line))
			return PICKET_EXIT_USAGE + 1;
	}
	arguments[count] = NULL;
	return check_operands(line, count) ? PICKET_EXIT_USAGE + 1 : 0;
}

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

static const struct picket_option no_options[] = { { 0 } };

const struct picket_command picket_command_kasan = {
	.name = "kasan",
	.operands = "ACTION [OPTION...] ...",
	.summary = "check every memory access of one driver, on the stock kernel",
	.options = no_options,
	.actions = actions,
	.run = run_action,
};
