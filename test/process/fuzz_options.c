/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Any text is parsed or refused with one printable line; what was accepted is within its range,
 * and texts survive being quoted and parsed again.
 */
#include "port/process/options.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct picket_options options, again;

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_line(const char *error)
{
	require(error[0] && strlen(error) < PICKET_OPTION_ERROR_BYTES - 1);
	for (; *error; error++)
		require(*error >= ' ' && *error <= '~');
}

static void check_ranges(void)
{
	const struct picket_option *option;

	for (size_t i = 0; (option = picket_option_at(i)); i++) {
		const void *place = (const char *)&options + option->offset;

		if (option->kind == PICKET_OPTION_STRING)
			require(strnlen(place, PICKET_OPTION_TEXT_BYTES) <
				PICKET_OPTION_TEXT_BYTES);
		else if (option->kind != PICKET_OPTION_CHOICE)
			require(*(const picket_u64 *)place >= option->min &&
				*(const picket_u64 *)place <= option->max);
	}
}

static void check_quote(void)
{
	static char text[2 * PICKET_OPTION_TEXT_BYTES + 8] = "log=";
	char error[PICKET_OPTION_ERROR_BYTES];

	require(picket_options_quote(options.log, text + 4, sizeof(text) - 4) < sizeof(text) - 4);
	picket_options_default(&again);
	require(!picket_options_parse(&again, text, error, sizeof(error)));
	require(!strcmp(options.log, again.log));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	char error[PICKET_OPTION_ERROR_BYTES];

	require(text);
	memcpy(text, data, size);
	text[size] = '\0';
	picket_options_default(&options);
	if (picket_options_parse(&options, text, error, sizeof(error)))
		check_line(error);
	check_ranges();
	check_quote();
	free(text);
	return 0;
}
