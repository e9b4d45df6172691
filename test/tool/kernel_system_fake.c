/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A made-up kernel for kernel.sh and kasan.sh, in place of tool/kernel_system.c: files below
 * $MADE_UP, and modules that are loaded by a rename. What it is told is kept there for the test to
 * read. A file that begins with "name=NAME" is the module NAME, any other is picket.ko.
 */
#include "kernel/system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* Every other module uses picket_kasan, if it is there. */
static void hold(const char *name, bool loaded)
{
	char path[PATH_MAX];

	picket_system_path(path, "/sys/module/picket_kasan/holders/%s", name);
	if (loaded)
		mkdir(path, 0700);
	else
		rmdir(path);
}

static int load(const char *name)
{
	char from[64], to[64];
	int error;

	snprintf(from, sizeof(from), "%s", strcmp(name, "picket") ? name : "module");
	snprintf(to, sizeof(to), "sys/module/%s", name);
	error = move(from, to);
	if (!error && strcmp(name, "picket_kasan"))
		hold(name, true);
	return error;
}

static int unload(const char *name)
{
	char from[64];

	snprintf(from, sizeof(from), "sys/module/%s", name);
	hold(name, false);
	return move(from, strcmp(name, "picket") ? name : "module");
}

int picket_system_load_module(int fd, const char *parameters)
{
	char bytes[PATH_MAX] = "", name[32] = "picket";
	ssize_t count = read(fd, bytes, sizeof(bytes) - 1);
	int error;

	if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY)
		return -ETXTBSY;
	keep("loaded", bytes, count < 0 ? 0 : (size_t)count);
	keep("parameters", parameters, strlen(parameters));
	error = refuse("refuse-load");
	sscanf(bytes, "name=%31[a-z_]", name);
	return error ? error : load(name);
}

int picket_system_unload_module(const char *name)
{
	int error = refuse("refuse-unload");

	return error ? error : unload(name);
}
