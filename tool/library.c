/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "library.h"

#define LIBRARY "libpicket.so"

/* From the directory of this command. The build gives the last one: from bindir to libdir. */
static const char *const directories[] = {
	"port/process",
	"../port/process",
	PICKET_LIBRARY_FROM_COMMAND,
};

static int own_directory(char path[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
	char *slash;

	if (length < 0)
		return -errno;
	path[length] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	return 0;
}

static int check(const char *candidate, char path[PATH_MAX])
{
	char *real = realpath(candidate, NULL);

	snprintf(path, PATH_MAX, "%s", real ? real : candidate);
	free(real);
	if (access(path, R_OK))
		return -ENOENT;
	return strpbrk(path, ": ") ? -EINVAL : 0;
}

int picket_library_find(char path[PATH_MAX])
{
	char own[PATH_MAX], candidate[2 * PATH_MAX];
	int error;

	if (!own_directory(own))
		for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
			snprintf(candidate, sizeof(candidate), "%s/%s/" LIBRARY, own,
				 directories[i]);
			error = check(candidate, path);
			if (error != -ENOENT)
				return error;
		}
	return check(PICKET_LIBRARY_DIRECTORY "/" LIBRARY, path);
}
