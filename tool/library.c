/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "library.h"
#include "place.h"

#define LIBRARY "libpicket.so"

/* From the directory of this command. The build gives the last one: from bindir to libdir. */
static const char *const directories[] = {
	"port/process",
	"../port/process",
	PICKET_LIBRARY_FROM_COMMAND,
};

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

	if (!picket_place_directory(own))
		for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
			snprintf(candidate, sizeof(candidate), "%s/%s/" LIBRARY, own,
				 directories[i]);
			error = check(candidate, path);
			if (error != -ENOENT)
				return error;
		}
	return check(PICKET_LIBRARY_DIRECTORY "/" LIBRARY, path);
}
