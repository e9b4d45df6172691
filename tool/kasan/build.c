/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket kasan build: compile a driver so that each of its accesses is checked. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool/complain.h"
#include "tool/kernel/build.h"
#include "tool/kernel/headers.h"
#include "tool/process.h"
#include "kasan.h"

#define WRAPPER "port/linux/kasan/picket-cc"

struct build {
	const char *mode;
	char driver[PATH_MAX];
	char sources[PATH_MAX];
	char headers[PATH_MAX];
	char runtime[PATH_MAX]; /* the directory it was built to */
};

static const struct picket_option own_options[] = {
	PICKET_SWITCH("inline", "check in place: faster, and two to three times the code"),
	PICKET_SWITCH("outline",
		      "check by calls: smaller, and sees misaligned accesses too; as without "
		      "options"),
	{ 0 },
};

static void set_option(void *context, const struct picket_option *option, const char *value)
{
	struct build *build = context;

	if (!strcmp(value, "1"))
		build->mode = option->name;
}

static bool has_file(const char *directory, const char *name)
{
	char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return !access(path, R_OK);
}

static int find_driver(struct build *build, const char *directory)
{
	const struct picket_ko ko = picket_kasan_ko(&picket_kasan_build);

	if (!realpath(directory, build->driver)) {
		picket_complain("kasan build: cannot find '%.128s': %s", directory,
				strerror(errno));
		return -1;
	}
	if (!has_file(build->driver, "Kbuild") && !has_file(build->driver, "Makefile")) {
		picket_complain("kasan build: '%.128s' is no directory with a driver's Kbuild or "
				"Makefile",
				directory);
		return -1;
	}
	return picket_kbuild_check(&ko, build->driver);
}

/* The runtime's exports are what the driver is linked against. Return: 0, or -1: said. */
static int find_runtime(struct build *build)
{
	const struct picket_ko ko = picket_kasan_ko(&picket_kasan_build);

	if (picket_ko_sources(&ko, build->sources) || picket_kbuild_check(&ko, build->sources) ||
	    picket_headers_find(&ko, build->headers) || picket_ko_build(&ko, build->runtime))
		return -1;
	*strrchr(build->runtime, '/') = '\0';
	return 0;
}

/* The environment stays: whoever builds the driver may need it. */
static int run_make(const struct build *build)
{
	static char modules[2 * PATH_MAX], compiler[2 * PATH_MAX], runtime[2 * PATH_MAX];
	static char symbols[4 * PATH_MAX], jobs[32];
	char *arguments[] = { "make",	"--no-print-directory",
			      jobs,	"-C",
			      NULL,	modules,
			      compiler, runtime,
			      symbols,	"modules",
			      NULL };
	struct picket_streams streams = { -1, STDOUT_FILENO, STDERR_FILENO };
	const char *others = getenv("KBUILD_EXTRA_SYMBOLS");

	arguments[4] = (char *)build->headers;
	snprintf(jobs, sizeof(jobs), "-j%ld", sysconf(_SC_NPROCESSORS_ONLN));
	snprintf(modules, sizeof(modules), "M=%s", build->driver);
	snprintf(compiler, sizeof(compiler), "CC=%s/" WRAPPER " --%s", build->sources, build->mode);
	snprintf(runtime, sizeof(runtime), "PICKET_KASAN_RUNTIME=%s", build->runtime);
	snprintf(symbols, sizeof(symbols), "KBUILD_EXTRA_SYMBOLS=%s/Module.symvers%s%s",
		 build->runtime, others ? " " : "", others ? others : "");
	return picket_process_run(arguments, NULL, &streams);
}

static void say_built(const struct build *build)
{
	DIR *directory = opendir(build->driver);
	struct dirent *entry;

	while (directory && (entry = readdir(directory)) != NULL) {
		const char *ending = strrchr(entry->d_name, '.');

		if (ending && !strcmp(ending, ".ko"))
			printf("built %s/%s, %s\n", build->driver, entry->d_name, build->mode);
	}
	if (directory)
		closedir(directory);
}

static int run(char **arguments)
{
	static struct build build = { .mode = "outline" };
	struct picket_command_line line = { .command = &picket_kasan_build,
					    .set = set_option,
					    .context = &build,
					    .operands_max = 1,
					    .needed = "the directory of a driver" };
	int status = picket_command_line_read(&line, arguments);

	if (status)
		return status - 1;
	if (find_driver(&build, line.operands[0]) || find_runtime(&build))
		return PICKET_EXIT_FAILURE;
	if (run_make(&build)) {
		picket_complain("kasan build: make could not build '%s'", build.driver);
		return PICKET_EXIT_FAILURE;
	}
	say_built(&build);
	return PICKET_EXIT_OK;
}

const struct picket_command picket_kasan_build = {
	.name = "kasan build",
	.operands = "[OPTION...] DIR",
	.summary = "build the driver in DIR with checks, for the running kernel",
	.options = own_options,
	.run = run,
};
