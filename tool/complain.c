/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"

#define LINE_BYTES 4096
#define PREFIX "picket: "

void picket_complain(const char *format, ...)
{
	char line[LINE_BYTES] = PREFIX;
	size_t length;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line + strlen(PREFIX), sizeof(line) - strlen(PREFIX) - 1, format, arguments);
	va_end(arguments);
	length = strlen(line);
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[length++] = '\n';
	if (write(STDERR_FILENO, line, length) < 0)
		return; /* nobody listens; there is no other way to say it */
}
