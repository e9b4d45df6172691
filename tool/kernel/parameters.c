/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "parameters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES_MAX 1000 /* the kernel refuses more than 1024 */
#define SHOWN_BYTES_MAX 64
#define OBJECT_BYTES_MAX 4096 /* a page */

const char *picket_parameter_name(const struct picket_option *option)
{
	return strcmp(option->name, "interval") ? option->name : "sample_interval";
}

bool picket_parameter_is_interval(const char *name)
{
	return !strncmp(name, "sample_interval", strlen("sample_interval"));
}

/* The kernel takes quotation marks as the ends of a value, and knows no way around. */
static bool is_text(const char *value)
{
	for (const char *byte = value; *byte; byte++)
		if ((unsigned char)*byte < ' ' || *byte == '"' || *byte == 0x7f)
			return false;
	return strlen(value) <= TEXT_BYTES_MAX;
}

/* "MIN-MAX", or nothing for every size. */
static bool is_range(const char *value)
{
	unsigned long long min, max;
	char *end;

	if (!*value)
		return true;
	if (strspn(value, "0123456789-") != strlen(value) || *value == '-')
		return false;
	min = strtoull(value, &end, 10);
	if (end[0] != '-' || !end[1] || strchr(end + 1, '-'))
		return false;
	max = strtoull(end + 1, NULL, 10);
	return min && min <= max && max <= OBJECT_BYTES_MAX;
}

static bool is_power_of_two(unsigned long value)
{
	return (value & (value - 1)) == 0;
}

static int refuse(const struct picket_option *option, const char *value, const char *allowed,
		  char *error)
{
	snprintf(error, PICKET_OPTION_ERROR_BYTES, "%s='%.*s': must be %s", option->name,
		 SHOWN_BYTES_MAX, value, allowed);
	return -1;
}

int picket_parameter_check(const struct picket_option *option, const char *value, char *error)
{
	if (picket_option_check(option, value, strlen(value), error, PICKET_OPTION_ERROR_BYTES))
		return -1;
	if (!strcmp(option->name, "filter_size") && !is_range(value))
		return refuse(option, value, "MIN-MAX, numbers of bytes from 1 to 4096", error);
	if (!strcmp(option->name, "align") && !is_power_of_two(strtoul(value, NULL, 10)))
		return refuse(option, value, "0 or a power of two up to 4096", error);
	if (option->kind == PICKET_OPTION_STRING && !is_text(value))
		return refuse(option, value, "up to 1000 characters, no control characters or '\"'",
			      error);
	return 0;
}

char *picket_parameters_text(const struct picket_setting *settings)
{
	char *text;
	size_t count;
	FILE *stream = open_memstream(&text, &count);

	if (!stream)
		return NULL;
	for (const char *space = ""; settings->name; settings++, space = " ")
		fprintf(stream, "%s%s=\"%s\"", space, settings->name, settings->value);
	return fclose(stream) ? NULL : text;
}
