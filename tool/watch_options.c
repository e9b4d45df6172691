/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "watch_options.h"

static const void *value_of(const struct picket_options *options,
			    const struct picket_option *option)
{
	return (const char *)options + option->offset;
}

static void print_number(const struct picket_option *option, picket_u64 value, picket_u64 standard,
			 FILE *stream)
{
	if (value != standard)
		fprintf(stream, "%s=%llu:", option->name, value);
}

static void print_choice(const struct picket_option *option, picket_u64 value, picket_u64 standard,
			 FILE *stream)
{
	const char *choice = option->values;

	if (value == standard)
		return;
	while (value--)
		choice += strcspn(choice, "|") + 1;
	fprintf(stream, "%s=%.*s:", option->name, (int)strcspn(choice, "|"), choice);
}

static void print_text(const struct picket_option *option, const char *value, FILE *stream)
{
	char path[2 * PATH_MAX + 1], quoted[4 * PATH_MAX + 2], directory[PATH_MAX];

	if (!*value)
		return;
	if (option->internal || value[0] == '/' || !getcwd(directory, sizeof(directory)))
		snprintf(path, sizeof(path), "%s", value);
	else
		snprintf(path, sizeof(path), "%s/%s", directory, value);
	if (picket_options_quote(path, quoted, sizeof(quoted)) < sizeof(quoted))
		fprintf(stream, "%s=%s:", option->name, quoted);
}

char *picket_watch_options_text(const struct picket_options *options)
{
	static struct picket_options standard;
	const struct picket_option *option;
	size_t count;
	char *text;
	FILE *stream = open_memstream(&text, &count);

	if (!stream)
		return NULL;
	picket_options_default(&standard);
	for (size_t i = 0; (option = picket_option_at(i)); i++) {
		const void *value = value_of(options, option), *usual = value_of(&standard, option);

		if (option->kind == PICKET_OPTION_STRING)
			print_text(option, value, stream);
		else if (option->kind == PICKET_OPTION_CHOICE)
			print_choice(option, *(const picket_u64 *)value, *(const picket_u64 *)usual,
				     stream);
		else
			print_number(option, *(const picket_u64 *)value, *(const picket_u64 *)usual,
				     stream);
	}
	if (fclose(stream))
		return NULL;
	if (count)
		text[count - 1] = '\0'; /* the last colon */
	return text;
}
