/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "environment.h"

#define PRELOAD "LD_PRELOAD="
#define OPTIONS "PICKET_OPTIONS="

/* Return: where the variable is in the list, or the end of the list. */
static char **find(char **environment, const char *prefix)
{
	while (*environment && strncmp(*environment, prefix, strlen(prefix)) != 0)
		environment++;
	return environment;
}

static char *make_preload(const char *library, const char *before)
{
	size_t length = strlen(library);
	char *variable;

	if (!before || !*before)
		return asprintf(&variable, PRELOAD "%s", library) < 0 ? NULL : variable;
	/* One `picket run` in another: the library is there already. */
	if (!strncmp(before, library, length) && (!before[length] || strchr(": ", before[length])))
		library = NULL;
	if (asprintf(&variable, PRELOAD "%s%s%s", library ? library : "", library ? ":" : "",
		     before) < 0)
		return NULL;
	return variable;
}

static char *make_options(const char *options)
{
	char *variable;

	return asprintf(&variable, OPTIONS "%s", options) < 0 ? NULL : variable;
}

char **picket_environment_make(char **environment, const char *library, const char *options)
{
	size_t count = 0;
	char **copy, **place;

	while (environment[count])
		count++;
	copy = calloc(count + 3, sizeof(*copy));
	if (!copy)
		return NULL;
	memcpy(copy, environment, count * sizeof(*copy));
	if (library) {
		place = find(copy, PRELOAD);
		*place = make_preload(library, *place ? *place + strlen(PRELOAD) : NULL);
		if (!*place)
			return NULL;
	}
	place = find(copy, OPTIONS);
	*place = make_options(options);
	return *place ? copy : NULL;
}
