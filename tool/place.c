/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int picket_place_own(char path[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (length < 0)
		return -errno;
	path[length] = '\0';
	return 0;
}

int picket_place_directory(char path[PATH_MAX])
{
	int error = picket_place_own(path);
	char *slash = error ? NULL : strrchr(path, '/');

	if (slash)
		*slash = '\0';
	return error;
}

int picket_place_find(const char *const places[], char path[PATH_MAX])
{
	char own[PATH_MAX] = "", candidate[2 * PATH_MAX];

	picket_place_directory(own);
	for (; *places; places++) {
		if (**places == '/')
			snprintf(candidate, sizeof(candidate), "%s", *places);
		else
			snprintf(candidate, sizeof(candidate), "%s/%s", own, *places);
		if (realpath(candidate, path))
			return 0;
		snprintf(path, PATH_MAX, "%.*s", PATH_MAX - 1, candidate);
	}
	return -ENOENT;
}
