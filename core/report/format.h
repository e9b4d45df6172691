/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Characters for the renderers: a small printf without a libc, and strings of the host made
 * harmless. Private to core/report/.
 */
#ifndef PICKET_REPORT_FORMAT_H
#define PICKET_REPORT_FORMAT_H

#include "report.h"

#define PICKET_PRINTER_BYTES 256
#define PICKET_STRING_BYTES_MAX 4096 /* longer strings of the host are cut */

/* Collects pieces, so that the output is called a few times and not for every character. */
struct picket_printer {
	const struct picket_output *output;
	u32 used;
	char buffer[PICKET_PRINTER_BYTES];
};

void picket_printer_init(struct picket_printer *printer, const struct picket_output *output);

/** picket_printer_flush() - hand on what is collected. To be called at the end. */
void picket_printer_flush(struct picket_printer *printer);

/**
 * picket_print() - a printf that knows %% %c %s %.*s %u %d %x %llu %llx and widths with zeros
 * (%06llu).
 *
 * %s is meant for strings of the host: what is not UTF-8 becomes U+FFFD, and what could move a
 * terminal's cursor or reorder text becomes '?'. NULL prints as '?'.
 */
void picket_print(struct picket_printer *printer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** picket_print_quoted() - a JSON string with its quotes, of at most max bytes or up to a NUL. */
void picket_print_quoted(struct picket_printer *printer, const char *bytes, u32 max);

/** picket_print_bytes() - bytes in hexadecimal, without spaces. */
void picket_print_bytes(struct picket_printer *printer, const u8 *bytes, u32 count);

/**
 * picket_print_utc() - a wall clock time as "2026-11-21T08:00:00.123456789Z".
 * @separator: between date and time of day.
 * @digits: of the fraction, 0 to 9; cut, not rounded.
 */
void picket_print_utc(struct picket_printer *printer, u64 wall_ns, char separator, u32 digits);

#endif
