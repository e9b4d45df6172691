/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "format.h"

#define REPLACEMENT 0xfffdu
#define NS_PER_SECOND 1000000000ull

/* One conversion of a format, as "%06llx" is. */
struct spec {
	u32 width;
	u32 precision;
	bool is64;
	char conversion;
};

void picket_printer_init(struct picket_printer *printer, const struct picket_output *output)
{
	printer->output = output;
	printer->used = 0;
}

void picket_printer_flush(struct picket_printer *printer)
{
	if (printer->used)
		printer->output->write(printer->output->context, printer->buffer, printer->used);
	printer->used = 0;
}

static void put_char(struct picket_printer *printer, char character)
{
	if (printer->used == PICKET_PRINTER_BYTES)
		picket_printer_flush(printer);
	printer->buffer[printer->used++] = character;
}

static void put_number(struct picket_printer *printer, u64 value, u32 base, u32 width)
{
	char digits[20];
	u32 count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	for (; width > count; width--)
		put_char(printer, '0');
	while (count)
		put_char(printer, digits[--count]);
}

static u32 sequence_bytes(u8 first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	if (first >= 0xf0 && first < 0xf5)
		return 4;
	return 0;
}

/* Not the shortest form, a half of a UTF-16 pair, or beyond Unicode. */
static bool is_forbidden(u32 code, u32 bytes)
{
	return (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000) ||
	       (code >= 0xd800 && code < 0xe000) || code > 0x10ffff;
}

/* One character of at most max (at least 1) bytes. A NUL ends a sequence, so it is never passed. */
static u32 decode(const char *bytes, u32 max, u32 *used)
{
	u32 count = sequence_bytes((u8)bytes[0]);
	u32 code = (u8)bytes[0];
	u32 index;

	*used = 1;
	if (count == 1)
		return code;
	if (count == 0 || count > max)
		return REPLACEMENT;
	code &= 0x7fu >> count;
	for (index = 1; index < count; index++) {
		if (((u8)bytes[index] & 0xc0) != 0x80)
			return REPLACEMENT;
		code = code << 6 | ((u8)bytes[index] & 0x3f);
	}
	if (is_forbidden(code, count))
		return REPLACEMENT;
	*used = count;
	return code;
}

static void put_utf8(struct picket_printer *printer, u32 code)
{
	if (code < 0x80) {
		put_char(printer, (char)code);
		return;
	}
	if (code < 0x800) {
		put_char(printer, (char)(0xc0 | code >> 6));
	} else {
		if (code < 0x10000) {
			put_char(printer, (char)(0xe0 | code >> 12));
		} else {
			put_char(printer, (char)(0xf0 | code >> 18));
			put_char(printer, (char)(0x80 | (code >> 12 & 0x3f)));
		}
		put_char(printer, (char)(0x80 | (code >> 6 & 0x3f)));
	}
	put_char(printer, (char)(0x80 | (code & 0x3f)));
}

/* Controls of ASCII and Latin-1, line separators, and marks that reorder what is shown. */
static bool is_control(u32 code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

static void put_text(struct picket_printer *printer, const char *bytes, u32 max)
{
	u32 position = 0;

	if (!bytes) {
		put_char(printer, '?');
		return;
	}
	while (position < max && bytes[position]) {
		u32 used;
		u32 code = decode(bytes + position, max - position, &used);

		put_utf8(printer, is_control(code) ? '?' : code);
		position += used;
	}
}

void picket_print_quoted(struct picket_printer *printer, const char *bytes, u32 max)
{
	u32 position = 0;

	put_char(printer, '"');
	while (position < max && bytes[position]) {
		u32 used;
		u32 code = decode(bytes + position, max - position, &used);

		if (code == '"' || code == '\\')
			put_char(printer, '\\');
		if (is_control(code))
			picket_print(printer, "\\u%04x", code);
		else
			put_utf8(printer, code);
		position += used;
	}
	put_char(printer, '"');
}

void picket_print_bytes(struct picket_printer *printer, const u8 *bytes, u32 count)
{
	u32 index;

	for (index = 0; index < count; index++)
		put_number(printer, bytes[index], 16, 2);
}

/* Reads what follows a '%'; *format is left after it. */
static struct spec read_spec(const char **format, __builtin_va_list *arguments)
{
	struct spec spec = { .precision = PICKET_STRING_BYTES_MAX };
	const char *at = *format;

	for (; *at >= '0' && *at <= '9'; at++)
		spec.width = spec.width * 10 + (u32)(*at - '0');
	if (at[0] == '.' && at[1] == '*') {
		spec.precision = __builtin_va_arg(*arguments, u32);
		at += 2;
	}
	if (at[0] == 'l' && at[1] == 'l') {
		spec.is64 = true;
		at += 2;
	}
	spec.conversion = *at++;
	*format = at;
	return spec;
}

static void print_signed(struct picket_printer *printer, s32 value)
{
	if (value < 0)
		put_char(printer, '-');
	put_number(printer, value < 0 ? 0 - (u64)(s64)value : (u64)value, 10, 0);
}

static void print_argument(struct picket_printer *printer, const struct spec *spec,
			   __builtin_va_list *arguments)
{
	u32 base = spec->conversion == 'x' ? 16 : 10;

	switch (spec->conversion) {
	case 's':
		put_text(printer, __builtin_va_arg(*arguments, const char *), spec->precision);
		break;
	case 'c':
		put_char(printer, (char)__builtin_va_arg(*arguments, int));
		break;
	case 'd':
		print_signed(printer, __builtin_va_arg(*arguments, s32));
		break;
	case 'u':
	case 'x':
		if (spec->is64)
			put_number(printer, __builtin_va_arg(*arguments, u64), base, spec->width);
		else
			put_number(printer, __builtin_va_arg(*arguments, u32), base, spec->width);
		break;
	default:
		put_char(printer, spec->conversion);
	}
}

void picket_print(struct picket_printer *printer, const char *format, ...)
{
	__builtin_va_list arguments;

	__builtin_va_start(arguments, format);
	while (*format) {
		struct spec spec;

		if (*format != '%') {
			put_char(printer, *format++);
			continue;
		}
		format++;
		spec = read_spec(&format, &arguments);
		print_argument(printer, &spec, &arguments);
	}
	__builtin_va_end(arguments);
}

static u32 days_of_year(u32 year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 366 : 365;
}

/* 64 bits of nanoseconds end in the year 2554, so counting years is short and plain. */
static void print_date(struct picket_printer *printer, u32 days)
{
	static const u8 days_of_month[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	u32 year = 1970;
	u32 month = 0;

	for (; days >= days_of_year(year); year++)
		days -= days_of_year(year);
	for (;; month++) {
		u32 length = days_of_month[month] + (month == 1 && days_of_year(year) == 366);

		if (days < length)
			break;
		days -= length;
	}
	picket_print(printer, "%04u-%02u-%02u", year, month + 1, days + 1);
}

void picket_print_utc(struct picket_printer *printer, u64 wall_ns, char separator, u32 digits)
{
	u64 seconds = wall_ns / NS_PER_SECOND;
	u32 fraction = (u32)(wall_ns % NS_PER_SECOND);
	u32 of_day = (u32)(seconds % 86400);
	u32 dropped;

	print_date(printer, (u32)(seconds / 86400));
	picket_print(printer, "%c%02u:%02u:%02u", separator, of_day / 3600, of_day / 60 % 60,
		     of_day % 60);
	for (dropped = digits; dropped < 9; dropped++)
		fraction /= 10;
	if (digits) {
		put_char(printer, '.');
		put_number(printer, fraction, 10, digits);
	}
}
