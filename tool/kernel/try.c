/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* picket kernel try: show a report of a kernel in a virtual machine, where nothing can go wrong. */
#include <errno.h>
#include <stdbool.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tool/complain.h"
#include "kernel.h"
#include "tool/place.h"
#include "tool/process.h"

#define DEFAULT_KERNEL "debian-6.1-amd64"
#define SCRIPT "script/demo-kernel"
#define CHECK ". \"$1/../test/vm/kernels.sh\"; parse_kernel \"$2\""

static const char *const places[] = {
	"../source/" SCRIPT,
	"../../source/" SCRIPT,
	PICKET_MACHINES_FROM_COMMAND "/" SCRIPT,
	PICKET_MACHINES_DIRECTORY "/" SCRIPT,
	NULL,
};

/* The machine room knows which there are, and says so. Return: false: this is none of them. */
static bool is_kernel(const char *script, const char *kernel)
{
	char directory[PATH_MAX];
	char *arguments[] = { "sh",	 "-c",		 CHECK, "picket: kernel try",
			      directory, (char *)kernel, NULL };
	struct picket_streams streams = { -1, STDOUT_FILENO, STDERR_FILENO };

	snprintf(directory, sizeof(directory), "%.*s", (int)(strrchr(script, '/') - script),
		 script);
	return picket_process_run(arguments, NULL, &streams) == 0;
}

static int run_script(const char *script, const char *kernel)
{
	char own[PATH_MAX];
	int error = picket_place_own(own);

	if (!error) {
		execl(script, script, own, kernel, (char *)NULL);
		error = -errno;
	}
	picket_complain("kernel try: cannot execute '%s': %s", script, strerror(-error));
	return PICKET_EXIT_FAILURE;
}

static int try_kernel(char **arguments)
{
	struct picket_command_line line = { .command = &picket_kernel_try, .operands_max = 1 };
	int status = picket_command_line_read(&line, arguments);
	const char *kernel;
	char script[PATH_MAX];

	if (status)
		return status - 1;
	kernel = line.operands[0] ? line.operands[0] : DEFAULT_KERNEL;
	if (picket_place_find(places, script)) {
		picket_complain("kernel try: its script is neither beside this command nor at '%s'",
				script);
		return PICKET_EXIT_FAILURE;
	}
	if (!is_kernel(script, kernel))
		return PICKET_EXIT_USAGE;
	return run_script(script, kernel);
}

const struct picket_command picket_kernel_try = {
	.name = "kernel try",
	.operands = "[KERNEL]",
	.summary = "show a report of KERNEL (" DEFAULT_KERNEL ") in a virtual machine",
	.run = try_kernel,
};
