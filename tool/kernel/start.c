/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket kernel start: begin to watch, by whichever detector this kernel can have. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/complain.h"
#include "kernel.h"
#include "build.h"
#include "file.h"
#include "log.h"
#include "module.h"
#include "native.h"
#include "parameters.h"
#include "system.h"

#define PARAMETERS "/sys/module/picket/parameters"

static const struct picket_ko picket_ko = {
	.name = "picket",
	.command = "kernel start",
	.directory = "port/linux/guard",
	.otherwise = "; --module-file=FILE takes a picket.ko that was built",
};

struct start {
	const char *module_file;
	struct picket_setting *settings; /* in the order of the command line; room for all */
	unsigned int count;
};

static const struct picket_option own_options[] = {
	PICKET_OPTION_NATIVE,
	PICKET_OPTION_MODULE,
	{
		.name = "module_file",
		.kind = PICKET_OPTION_STRING,
		.standard = "",
		.values = "FILE",
		.text = "load this picket.ko, instead of one that is installed or built now",
	},
#define NUMBER(name, standard, min, max, unit, text)                                               \
	{ #name, PICKET_OPTION_NUMBER, #standard, unit, text, min, max, 0, 0 },
#define CHOICE(name, standard, choices, text)                                                      \
	{ #name, PICKET_OPTION_CHOICE, #standard, choices, text, 0, 0, 0, 0 },
#define SWITCH(name, text) { #name, PICKET_OPTION_SWITCH, "0", "", text, 0, 1, 0, 0 },
#define STRING(name, placeholder, text)                                                            \
	{ #name, PICKET_OPTION_STRING, "", placeholder, text, 0, 0, 0, 0 },
#include "parameters.def"
#undef NUMBER
#undef CHOICE
#undef SWITCH
#undef STRING
	{ 0 },
};

static void set_option(void *context, const struct picket_option *option, const char *value)
{
	struct start *start = context;

	if (!strcmp(option->name, "module_file"))
		start->module_file = value;
	else
		start->settings[start->count++] =
			(struct picket_setting){ picket_parameter_name(option), value };
}

static int say_started(void)
{
	char sampling[PICKET_SAMPLING_BYTES];

	printf("picket.ko watches this kernel; it guards: %s\n", picket_kernel_sampling(sampling));
	return PICKET_EXIT_OK;
}

static const char *flag_of(const struct picket_setting *setting, char flag[PICKET_FLAG_BYTES])
{
	return picket_option_flag(&(struct picket_option){ .name = setting->name }, flag);
}

/* The kernel shows a switch as 'Y' or 'N'. */
static bool is_same(const char *now, const char *value)
{
	if (!strcmp(now, "Y"))
		now = "1";
	else if (!strcmp(now, "N"))
		now = "0";
	return !strcmp(now, value);
}

/* Is it there, and may it change now? Return: 0, or -1: said. */
static int check_live(const struct picket_setting *setting)
{
	char path[PATH_MAX], now[PICKET_OPTION_TEXT_BYTES], flag[PICKET_FLAG_BYTES];
	struct stat status;

	picket_system_path(path, PARAMETERS "/%s", setting->name);
	flag_of(setting, flag);
	if (stat(path, &status)) {
		picket_complain("kernel start: the picket.ko that is loaded has no %s", flag);
		return -1;
	}
	if (status.st_mode & S_IWUSR)
		return 0;
	picket_file_read(path, now, sizeof(now));
	if (is_same(now, setting->value))
		return 0;
	picket_complain(
		"kernel start: %s='%.64s': is '%.64s' and can be set only when picket.ko is "
		"loaded; `picket kernel stop` unloads it",
		flag, setting->value, now);
	return -1;
}

static int set_live(const struct picket_setting *setting)
{
	char path[PATH_MAX], flag[PICKET_FLAG_BYTES], said[256];
	int mark = picket_log_mark(), error;
	struct stat status;

	picket_system_path(path, PARAMETERS "/%s", setting->name);
	if (stat(path, &status) || !(status.st_mode & S_IWUSR))
		return 0;
	error = picket_file_write(path, setting->value);
	picket_log_said(mark, picket_ko.name, said, sizeof(said));
	if (!error)
		return 0;
	picket_complain("kernel start: %s='%.64s': %s", flag_of(setting, flag), setting->value,
			*said ? said : strerror(-error));
	return -1;
}

static bool says_how_often(const struct start *start)
{
	for (unsigned int i = 0; i < start->count; i++)
		if (picket_parameter_is_interval(start->settings[i].name) ||
		    !strcmp(start->settings[i].name, "every"))
			return true;
	return false;
}

/* Asked to start, it must not stay stopped. */
static void add_interval_if_stopped(struct start *start)
{
	static char interval[16];
	char path[PATH_MAX];

	if (says_how_often(start) ||
	    picket_file_number(picket_system_path(path, PARAMETERS "/every")) > 0 ||
	    picket_file_number(picket_system_path(path, PARAMETERS "/sample_interval")) != 0)
		return;
	snprintf(interval, sizeof(interval), "%d", PICKET_DEFAULT_INTERVAL_MS);
	start->settings[start->count++] = (struct picket_setting){ "sample_interval", interval };
}

static int change(struct start *start)
{
	add_interval_if_stopped(start);
	for (unsigned int i = 0; i < start->count; i++)
		if (check_live(&start->settings[i]))
			return PICKET_EXIT_FAILURE;
	for (unsigned int i = 0; i < start->count; i++)
		if (set_live(&start->settings[i]))
			return PICKET_EXIT_FAILURE;
	return say_started();
}

/* The kernel loads a module with parameters that it does not know, too. */
static void say_ignored(const struct start *start, const char *file)
{
	char path[PATH_MAX], flag[PICKET_FLAG_BYTES];

	for (unsigned int i = 0; i < start->count; i++) {
		picket_system_path(path, PARAMETERS "/%s", start->settings[i].name);
		if (access(path, F_OK))
			picket_complain("kernel start: '%s' has no %s, which has no effect", file,
					flag_of(&start->settings[i], flag));
	}
}

/* Return: 0, or -1: said. */
static int find_file(const struct start *start, char file[PATH_MAX])
{
	if (start->module_file) {
		snprintf(file, PATH_MAX, "%s", start->module_file);
		return 0;
	}
	return picket_ko_find_installed(&picket_ko, file) ? picket_ko_build(&picket_ko, file) : 0;
}

static int load(struct start *start)
{
	char file[PATH_MAX], *parameters;
	int error;

	if (find_file(start, file))
		return PICKET_EXIT_FAILURE;
	parameters = picket_parameters_text(start->settings);
	if (!parameters) {
		picket_complain("kernel start: out of memory");
		return PICKET_EXIT_FAILURE;
	}
	error = picket_ko_load(&picket_ko, file, parameters);
	free(parameters);
	if (error)
		return PICKET_EXIT_FAILURE;
	say_ignored(start, file);
	return say_started();
}

static int start_module(struct start *start)
{
	if (!picket_kernel_is_loaded())
		return load(start);
	if (!start->module_file)
		return change(start);
	picket_complain("kernel start: --module-file='%s': picket.ko is loaded already; `picket "
			"kernel stop` unloads it",
			start->module_file);
	return PICKET_EXIT_FAILURE;
}

/* The interval is not among the settings of picket_native_start(). */
static unsigned int take_interval(struct start *start)
{
	unsigned int interval_ms = PICKET_DEFAULT_INTERVAL_MS, kept = 0;

	for (unsigned int i = 0; i < start->count; i++)
		if (strcmp(start->settings[i].name, "sample_interval"))
			start->settings[kept++] = start->settings[i];
		else
			interval_ms = (unsigned int)strtoul(start->settings[i].value, NULL, 10);
	start->settings[kept] = (struct picket_setting){ 0 };
	return interval_ms;
}

static int start_native(struct start *start)
{
	unsigned int interval_ms = take_interval(start);
	char sampling[PICKET_SAMPLING_BYTES];

	if (!picket_native_is_there()) {
		picket_complain("kernel start: the running kernel, %s, has no KFENCE built in",
				picket_system_release());
		return PICKET_EXIT_FAILURE;
	}
	if (picket_native_start(interval_ms, start->settings))
		return PICKET_EXIT_FAILURE;
	printf("the kernel's own KFENCE watches it; it guards: %s\n",
	       picket_interval_text(interval_ms * 1000LL, sampling));
	return PICKET_EXIT_OK;
}

static int start_detector(struct picket_action *action)
{
	struct start *start = action->context;

	if (!picket_system_is_root()) {
		picket_complain("kernel start: only root may watch the kernel");
		return PICKET_EXIT_FAILURE;
	}
	if (start->module_file)
		action->wanted = PICKET_WATCHER_MODULE;
	if (picket_kernel_watcher(action->wanted) == PICKET_WATCHER_NATIVE)
		return start_native(start);
	return start_module(start);
}

static int run(char **arguments)
{
	struct start start = { 0 };
	struct picket_action action = { .command = &picket_kernel_start,
					.set = set_option,
					.context = &start };
	unsigned int arguments_count = 0;
	int status;

	while (arguments[arguments_count])
		arguments_count++;
	start.settings = calloc(arguments_count + 2, sizeof(*start.settings));
	if (!start.settings) {
		picket_complain("kernel start: out of memory");
		return PICKET_EXIT_FAILURE;
	}
	status = picket_action_read(&action, arguments);
	status = status ? status - 1 : start_detector(&action);
	free(start.settings);
	return status;
}

const struct picket_command picket_kernel_start = {
	.name = "kernel start",
	.operands = "[OPTION...]",
	.summary = "begin to watch, or change how",
	.options = own_options,
	.run = run,
};
