/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

const char *picket_system_path(char out[PATH_MAX], const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(out, PATH_MAX, format, arguments);
	va_end(arguments);
	return out;
}

static const struct utsname *names(void)
{
	static struct utsname names;

	if (!names.release[0])
		uname(&names);
	return &names;
}

const char *picket_system_release(void)
{
	return names()->release;
}

const char *picket_system_version(void)
{
	return names()->version;
}

bool picket_system_is_root(void)
{
	return geteuid() == 0;
}

int picket_system_load_module(int fd, const char *parameters)
{
	return syscall(SYS_finit_module, fd, parameters, 0) ? -errno : 0;
}

int picket_system_unload_module(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}
