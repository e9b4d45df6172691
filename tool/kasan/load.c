/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket kasan load: load the runtime, then drivers that were built with checks. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/complain.h"
#include "tool/kernel/build.h"
#include "tool/kernel/file.h"
#include "tool/kernel/kernel.h"
#include "tool/kernel/module.h"
#include "tool/kernel/parameters.h"
#include "tool/kernel/system.h"
#include "kasan.h"

#define PARAMETERS "/sys/module/" PICKET_KASAN_NAME "/parameters"
#define MARK ".picket_kasan" /* the section that picket-cc makes */

struct load {
	const char *runtime;
	struct picket_setting *settings; /* room for all */
	unsigned int count;
};

static const struct picket_option own_options[] = {
	{
		.name = "runtime",
		.kind = PICKET_OPTION_STRING,
		.standard = "",
		.values = "FILE",
		.text = "load this picket_kasan.ko, instead of one that is installed or built now",
	},
	PICKET_SWITCH("multi_shot", "report every bad access, instead of the first only"),
	{
		.name = "fault",
		.kind = PICKET_OPTION_CHOICE,
		.standard = "report",
		.values = "report|panic|panic_on_write",
		.text = "what follows a report",
	},
	{
		.name = "stacks",
		.kind = PICKET_OPTION_SWITCH,
		.standard = "1",
		.values = "",
		.text = "note who allocated and who freed; 0: much cheaper",
		.max = 1,
	},
	{
		.name = "stacks_kib",
		.kind = PICKET_OPTION_NUMBER,
		.standard = "8192",
		.values = "KIB",
		.text = "room for stacks",
		.min = 64,
		.max = 1 << 20,
	},
	{
		.name = "quarantine_kib",
		.kind = PICKET_OPTION_NUMBER,
		.standard = "4096",
		.values = "KIB",
		.text = "freed memory that is held back, to see late uses",
		.max = 1 << 22,
	},
	{
		.name = "vmalloc",
		.kind = PICKET_OPTION_SWITCH,
		.standard = "1",
		.values = "",
		.text = "check memory of vmalloc(), too",
		.max = 1,
	},
	{ 0 },
};

static void set_option(void *context, const struct picket_option *option, const char *value)
{
	struct load *load = context;

	if (!strcmp(option->name, "runtime"))
		load->runtime = value;
	else
		load->settings[load->count++] = (struct picket_setting){ option->name, value };
}

/* The kernel loads a module with parameters that it does not know, too. */
static void say_ignored(const struct load *load)
{
	char path[PATH_MAX];

	for (unsigned int i = 0; i < load->count; i++) {
		picket_system_path(path, PARAMETERS "/%s", load->settings[i].name);
		if (access(path, F_OK))
			picket_complain("kasan load: this " PICKET_KASAN_NAME ".ko has no '%s', "
					"which has no effect",
					load->settings[i].name);
	}
}

static int insert_runtime(const struct load *load)
{
	struct picket_ko ko = picket_kasan_ko(&picket_kasan_load);
	char file[PATH_MAX], *parameters;
	int error;

	if (load->runtime)
		snprintf(file, sizeof(file), "%s", load->runtime);
	else if (picket_ko_find_installed(&ko, file) && picket_ko_build(&ko, file))
		return -1;
	parameters = picket_parameters_text(load->settings);
	if (!parameters) {
		picket_complain("kasan load: out of memory");
		return -1;
	}
	error = picket_ko_load(&ko, file, parameters);
	free(parameters);
	if (error)
		return -1;
	say_ignored(load);
	return 0;
}

/* Return: 0, or -1: said. */
static int change_parameter(const struct picket_setting *setting)
{
	const struct picket_option option = { .name = setting->name };
	char path[PATH_MAX], flag[PICKET_FLAG_BYTES];
	struct stat status;
	int error;

	picket_option_flag(&option, flag);
	picket_system_path(path, PARAMETERS "/%s", setting->name);
	if (stat(path, &status) || !(status.st_mode & S_IWUSR)) {
		picket_complain("kasan load: %s can be set only when " PICKET_KASAN_NAME
				".ko is loaded, and it is loaded already",
				flag);
		return -1;
	}
	error = picket_file_write(path, setting->value);
	if (error)
		picket_complain("kasan load: %s='%.64s': %s", flag, setting->value,
				strerror(-error));
	return error ? -1 : 0;
}

static int change_runtime(const struct load *load)
{
	if (load->runtime) {
		picket_complain("kasan load: --runtime='%s': " PICKET_KASAN_NAME ".ko is loaded "
				"already; `picket kasan unload " PICKET_KASAN_NAME "` unloads it",
				load->runtime);
		return -1;
	}
	for (unsigned int i = 0; i < load->count; i++)
		if (change_parameter(&load->settings[i]))
			return -1;
	return 0;
}

static bool is_compressed(const char *path)
{
	size_t length = strlen(path);

	return length > 3 && !strcmp(path + length - 3, ".xz");
}

static bool has_mark(int fd, size_t bytes)
{
	void *file = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	bool found = file != MAP_FAILED && memmem(file, bytes, MARK, sizeof(MARK));

	if (file != MAP_FAILED)
		munmap(file, bytes);
	return found;
}

/* A driver without checks would load, and never be reported. Return: NULL, or what is wrong. */
static const char *check_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *wrong = NULL;
	struct stat status;

	if (fd < 0 || fstat(fd, &status))
		return strerror(errno);
	if (!S_ISREG(status.st_mode))
		wrong = "is no regular file";
	else if (!is_compressed(path) && !has_mark(fd, (size_t)status.st_size))
		wrong = "was built without checks; `picket kasan build` builds with them";
	close(fd);
	return wrong;
}

/* Return: 0, or -1: said. */
static int check_files(char **files)
{
	for (; *files; files++) {
		const char *wrong = check_file(*files);

		if (!wrong)
			continue;
		picket_complain("kasan load: cannot load '%s': %s", *files, wrong);
		return -1;
	}
	return 0;
}

static int load_file(const char *file)
{
	char name[PICKET_MODULE_NAME_BYTES];
	const struct picket_ko ko = { .name = picket_kasan_module_name(file, name),
				      .command = picket_kasan_load.name };

	if (picket_ko_load(&ko, file, ""))
		return -1;
	printf("%s is loaded, and checked\n", name);
	return 0;
}

static int load_all(const struct load *load, char **files)
{
	if (!picket_system_is_root()) {
		picket_complain("kasan load: only root may load modules");
		return PICKET_EXIT_FAILURE;
	}
	if (check_files(files))
		return PICKET_EXIT_FAILURE;
	if (picket_kernel_has_module(PICKET_KASAN_NAME) ? change_runtime(load) :
							  insert_runtime(load))
		return PICKET_EXIT_FAILURE;
	for (; *files; files++)
		if (load_file(*files))
			return PICKET_EXIT_FAILURE;
	return PICKET_EXIT_OK;
}

static int run(char **arguments)
{
	struct load load = { 0 };
	struct picket_command_line line = { .command = &picket_kasan_load,
					    .set = set_option,
					    .context = &load,
					    .operands_max = PICKET_OPERANDS_ANY,
					    .needed = "the .ko file of a driver" };
	unsigned int count = 0;
	int status;

	while (arguments[count])
		count++;
	load.settings = calloc(count + 1, sizeof(*load.settings));
	if (!load.settings) {
		picket_complain("kasan load: out of memory");
		return PICKET_EXIT_FAILURE;
	}
	status = picket_command_line_read(&line, arguments);
	status = status ? status - 1 : load_all(&load, line.operands);
	free(load.settings);
	return status;
}

const struct picket_command picket_kasan_load = {
	.name = "kasan load",
	.operands = "[OPTION...] FILE...",
	.summary = "load drivers that were built with checks, and before them the runtime",
	.options = own_options,
	.run = run,
};
