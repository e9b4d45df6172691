/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Strict reading of JSON objects of which the layout is known. The first thing wrong is told in
 * one line, with the field's path and what is allowed there; what is read after it has no meaning
 * but does no harm, so callers look at reader.failed once, at the end.
 */
#ifndef PICKET_TOOL_JSON_READER_H
#define PICKET_TOOL_JSON_READER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/types.h"

struct picket_reader {
	char *error; /* receives the line */
	size_t error_bytes;
	bool failed;
};

/* One JSON object being read. */
struct picket_scope {
	struct picket_reader *reader;
	const json_t *object;
	const char *path; /* of the object, with a dot at its end; "" for the outermost */
};

enum picket_need {
	PICKET_OPTIONAL,
	PICKET_MANDATORY,
};

/** picket_reader_fail() - tell that a member's value (NULL: it is missing) is not allowed. */
void picket_reader_fail(const struct picket_scope *scope, const char *name, const json_t *value,
			const char *allowed);

/** picket_reader_clean() - make bytes that came in harmless for a terminal. */
void picket_reader_clean(char *text);

/**
 * picket_reader_member() - any member.
 * Return: the member; NULL: there is none, which is an error only if it is mandatory.
 */
const json_t *picket_reader_member(const struct picket_scope *scope, const char *name,
				   enum picket_need need, const char *allowed);

/**
 * picket_reader_enter() - a member that is itself an object.
 * @path:  of the member, with a dot at its end; must outlive @inner.
 * @inner: receives it.
 * Return: false: it is not there, or not an object, which is told.
 */
bool picket_reader_enter(const struct picket_scope *scope, const char *name, enum picket_need need,
			 const char *path, struct picket_scope *inner);

/* The following return 0, NULL or false for an optional member that is absent. */

/** picket_read_string() - lives as long as the JSON tree. An empty string is NULL too. */
const char *picket_read_string(const struct picket_scope *scope, const char *name);

/** picket_read_name() - a string cut to a buffer, at a whole character. The buffer is zeroed. */
void picket_read_name(const struct picket_scope *scope, const char *name, char *out,
		      size_t out_bytes);

/** picket_read_hex() - a string such as "0x7f00". */
u64 picket_read_hex(const struct picket_scope *scope, const char *name, enum picket_need need);

/** picket_read_count() - a number; above 2^53 - 1 a string in hexadecimal. */
u64 picket_read_count(const struct picket_scope *scope, const char *name, enum picket_need need);

u32 picket_read_u32(const struct picket_scope *scope, const char *name, enum picket_need need);
s32 picket_read_s32(const struct picket_scope *scope, const char *name, s32 if_absent);
bool picket_read_true(const struct picket_scope *scope, const char *name);

/**
 * picket_read_word() - a value of an enum by its name.
 * @word:  gives the names, NULL after the last one.
 * @first: values below it are not allowed.
 */
u32 picket_read_word(const struct picket_scope *scope, const char *name, enum picket_need need,
		     const char *(*word)(u32), u32 first);

/** picket_read_bytes() - pairs of digits. Return: how many bytes, at most max. */
u32 picket_read_bytes(const struct picket_scope *scope, const char *name, enum picket_need need,
		      u8 *out, u32 max);

/** picket_parse_digits() - 1 to 16 hexadecimal digits and nothing else. */
bool picket_parse_digits(const char *text, u64 *value);

#endif
