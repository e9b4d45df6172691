/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A made-up kernel for kernel.sh, in place of tool/kernel_system.c: files below $MADE_UP, and
 * modules that are loaded by a rename. What it is told is kept there for the test to read.
 */
#include "kernel/system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *root(void)
{
	const char *root = getenv("MADE_UP");

	return root ? root : "/nonexistent";
}

const char *picket_system_path(char out[PATH_MAX], const char *format, ...)
{
	int length = snprintf(out, PATH_MAX, "%s", root());
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(out + length, (size_t)(PATH_MAX - length), format, arguments);
	va_end(arguments);
	return out;
}

const char *picket_system_release(void)
{
	return "6.1.0-7-made-up";
}

const char *picket_system_version(void)
{
	const char *version = getenv("MADE_UP_VERSION");

	return version ? version : "#1 SMP";
}

bool picket_system_is_root(void)
{
	return !getenv("MADE_UP_USER");
}

static void keep(const char *name, const char *bytes, size_t count)
{
	char path[PATH_MAX];
	FILE *stream = fopen(picket_system_path(path, "/%s", name), "w");

	if (stream) {
		fwrite(bytes, 1, count, stream);
		fclose(stream);
	}
}

/* The file says "ERRNO", then lines of the kernel log. Return: 0: it is not there. */
static int refuse(const char *name)
{
	char path[PATH_MAX], line[512];
	FILE *answer = fopen(picket_system_path(path, "/%s", name), "r"), *log;
	int error = 0;

	if (!answer)
		return 0;
	if (fgets(line, sizeof(line), answer))
		error = atoi(line);
	log = fopen(picket_system_path(path, "/dev/kmsg"), "a");
	while (log && fgets(line, sizeof(line), answer))
		fprintf(log, "3,1,1,-;%s", line);
	if (log)
		fclose(log);
	fclose(answer);
	return -error;
}

static int move(const char *from, const char *to)
{
	char source[PATH_MAX], target[PATH_MAX];

	return rename(picket_system_path(source, "/%s", from),
		      picket_system_path(target, "/%s", to)) ?
		       -errno :
		       0;
}

int picket_system_load_module(int fd, const char *parameters)
{
	char bytes[64];
	ssize_t count = read(fd, bytes, sizeof(bytes));
	int error;

	if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY)
		return -ETXTBSY;
	keep("loaded", bytes, count < 0 ? 0 : (size_t)count);
	keep("parameters", parameters, strlen(parameters));
	error = refuse("refuse-load");
	return error ? error : move("module", "sys/module/picket");
}

int picket_system_unload_module(const char *name)
{
	int error = refuse("refuse-unload");

	(void)name;
	return error ? error : move("sys/module/picket", "module");
}
