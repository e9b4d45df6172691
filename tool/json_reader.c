/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "json_reader.h"

#include <stdio.h>
#include <string.h>

#define EXACT_MAX 0x1fffffffffffffull /* 2^53 - 1: larger numbers are written as strings */
#define HEX_TEXT "a hexadecimal string from \"0x0\" to \"0xffffffffffffffff\""

/* The value as a person would quote it, but short. */
static void describe(const json_t *value, char *out, size_t out_bytes)
{
	static const char *const types[] = {
		[JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array", [JSON_REAL] = "a fraction",
		[JSON_TRUE] = "true",	     [JSON_FALSE] = "false",	[JSON_NULL] = "null",
	};

	if (json_is_string(value))
		snprintf(out, out_bytes, "\"%.40s\"", json_string_value(value));
	else if (json_is_integer(value))
		snprintf(out, out_bytes, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else
		snprintf(out, out_bytes, "%s", value ? types[json_typeof(value)] : "missing");
}

void picket_reader_clean(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || (unsigned char)*text >= 0x7f)
			*text = '?';
	}
}

void picket_reader_fail(const struct picket_scope *scope, const char *name, const json_t *value,
			const char *allowed)
{
	struct picket_reader *reader = scope->reader;
	char shown[64];

	if (reader->failed)
		return;
	reader->failed = true;
	describe(value, shown, sizeof(shown));
	snprintf(reader->error, reader->error_bytes, "%s%s: %s; allowed: %s", scope->path, name,
		 shown, allowed);
	picket_reader_clean(reader->error);
}

const json_t *picket_reader_member(const struct picket_scope *scope, const char *name,
				   enum picket_need need, const char *allowed)
{
	const json_t *value = json_object_get(scope->object, name);

	if (!value && need == PICKET_MANDATORY)
		picket_reader_fail(scope, name, NULL, allowed);
	return value;
}

const char *picket_read_string(const struct picket_scope *scope, const char *name)
{
	const json_t *value = picket_reader_member(scope, name, PICKET_OPTIONAL, NULL);

	if (!value)
		return NULL;
	if (!json_is_string(value)) {
		picket_reader_fail(scope, name, value, "a string");
		return NULL;
	}
	return json_string_length(value) ? json_string_value(value) : NULL;
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return -1;
}

bool picket_parse_digits(const char *text, u64 *value)
{
	u32 count;

	*value = 0;
	for (count = 0; text[count]; count++) {
		int digit = hex_digit(text[count]);

		if (digit < 0 || count == 16)
			return false;
		*value = *value << 4 | (u64)digit;
	}
	return count > 0;
}

static bool parse_hex(const json_t *value, u64 *out)
{
	const char *text = json_string_value(value);

	*out = 0;
	return text && text[0] == '0' && text[1] == 'x' && picket_parse_digits(text + 2, out);
}

u64 picket_read_hex(const struct picket_scope *scope, const char *name, enum picket_need need)
{
	const json_t *value = picket_reader_member(scope, name, need, HEX_TEXT);
	u64 number = 0;

	if (value && !parse_hex(value, &number))
		picket_reader_fail(scope, name, value, HEX_TEXT);
	return number;
}

u64 picket_read_count(const struct picket_scope *scope, const char *name, enum picket_need need)
{
	const char *allowed = "a number from 0 to 9007199254740991, or if larger " HEX_TEXT;
	const json_t *value = picket_reader_member(scope, name, need, allowed);
	u64 number = 0;

	if (!value)
		return 0;
	if (json_is_integer(value) && json_integer_value(value) >= 0 &&
	    (u64)json_integer_value(value) <= EXACT_MAX)
		return (u64)json_integer_value(value);
	if (!parse_hex(value, &number))
		picket_reader_fail(scope, name, value, allowed);
	return number;
}

static json_int_t read_between(const struct picket_scope *scope, const char *name, json_int_t min,
			       json_int_t max, json_int_t if_absent)
{
	const json_t *value = json_object_get(scope->object, name);
	char allowed[64];

	if (!value)
		return if_absent;
	if (json_is_integer(value) && json_integer_value(value) >= min &&
	    json_integer_value(value) <= max)
		return json_integer_value(value);
	snprintf(allowed, sizeof(allowed),
		 "a number from %" JSON_INTEGER_FORMAT " to %" JSON_INTEGER_FORMAT, min, max);
	picket_reader_fail(scope, name, value, allowed);
	return if_absent;
}

u32 picket_read_u32(const struct picket_scope *scope, const char *name, enum picket_need need)
{
	picket_reader_member(scope, name, need, "a number from 0 to 4294967295");
	return (u32)read_between(scope, name, 0, 0xffffffffll, 0);
}

s32 picket_read_s32(const struct picket_scope *scope, const char *name, s32 if_absent)
{
	return (s32)read_between(scope, name, -0x80000000ll, 0x7fffffffll, if_absent);
}

bool picket_read_true(const struct picket_scope *scope, const char *name)
{
	const json_t *value = picket_reader_member(scope, name, PICKET_OPTIONAL, NULL);

	if (value && !json_is_boolean(value))
		picket_reader_fail(scope, name, value, "true or false");
	return json_is_true(value);
}

static void list_words(const char *(*word)(u32), u32 first, char *out, size_t out_bytes)
{
	size_t used = 0;
	u32 value;

	out[0] = '\0';
	for (value = first; word(value) && used < out_bytes; value++)
		used += (size_t)snprintf(out + used, out_bytes - used, "%s%s",
					 value == first ? "" : ", ", word(value));
}

u32 picket_read_word(const struct picket_scope *scope, const char *name, enum picket_need need,
		     const char *(*word)(u32), u32 first)
{
	char allowed[160];
	const json_t *value;
	const char *text;
	u32 number;

	list_words(word, first, allowed, sizeof(allowed));
	value = picket_reader_member(scope, name, need, allowed);
	if (!value)
		return 0;
	text = json_string_value(value);
	for (number = first; text && word(number); number++) {
		if (!strcmp(text, word(number)))
			return number;
	}
	picket_reader_fail(scope, name, value, allowed);
	return 0;
}

u32 picket_read_bytes(const struct picket_scope *scope, const char *name, enum picket_need need,
		      u8 *out, u32 max)
{
	char allowed[64];
	const json_t *value;
	const char *text;
	u32 count;

	snprintf(allowed, sizeof(allowed), "a string of up to %u pairs of hexadecimal digits", max);
	value = picket_reader_member(scope, name, need, allowed);
	if (!value)
		return 0;
	text = json_string_value(value);
	for (count = 0; text && text[2 * count]; count++) {
		int high = hex_digit(text[2 * count]);
		int low = high < 0 ? -1 : hex_digit(text[2 * count + 1]);

		if (low < 0 || count == max) {
			text = NULL;
			break;
		}
		out[count] = (u8)(high << 4 | low);
	}
	if (text)
		return count;
	picket_reader_fail(scope, name, value, allowed);
	return 0;
}

void picket_read_name(const struct picket_scope *scope, const char *name, char *out,
		      size_t out_bytes)
{
	const char *text = picket_read_string(scope, name);
	size_t length = text ? strlen(text) : 0;

	if (length >= out_bytes) {
		length = out_bytes - 1;
		while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	memset(out, 0, out_bytes);
	if (length)
		memcpy(out, text, length);
}

bool picket_reader_enter(const struct picket_scope *scope, const char *name, enum picket_need need,
			 const char *path, struct picket_scope *inner)
{
	const json_t *value = picket_reader_member(scope, name, need, "an object");

	if (!value)
		return false;
	if (!json_is_object(value)) {
		picket_reader_fail(scope, name, value, "an object");
		return false;
	}
	*inner = (struct picket_scope){ .reader = scope->reader, .object = value, .path = path };
	return true;
}
