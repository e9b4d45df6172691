/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The Test Anything Protocol, as much as our test programs need. A program is a list of
 *	tap_ok(condition, "what holds, with %d values");
 * ended by `return tap_done();`. A check that fails prints its place and goes on.
 */
#ifndef PICKET_TEST_TAP_H
#define PICKET_TEST_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_count;
static int tap_failures;

static inline bool tap_result(bool good, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static inline bool tap_result(bool good, const char *file, int line, const char *format, ...)
{
	va_list arguments;

	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	if (!good) {
		tap_failures++;
		printf("# failed at %s:%d\n", file, line);
	}
	fflush(stdout);
	return good;
}

#define tap_ok(condition, ...) tap_result((condition), __FILE__, __LINE__, __VA_ARGS__)

static inline void tap_skip(const char *name, const char *reason)
{
	printf("ok %d - %s # SKIP %s\n", ++tap_count, name, reason);
	fflush(stdout);
}

static inline int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failures || !tap_count ? 1 : 0;
}

#endif
