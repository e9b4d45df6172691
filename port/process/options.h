/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The options of options.def as data: values, a table to make help and man pages from, and the
 * parser. Used by the preloaded library and by `picket run`; allocates nothing.
 *
 * PICKET_OPTIONS is name=value:name=value. In a value, ':' is written "\:" and '\' "\\". Of an
 * option given twice the last counts. Empty items are ignored.
 */
#ifndef PICKET_OPTIONS_H
#define PICKET_OPTIONS_H

#include <picket/types.h>
#include <stddef.h>

#define PICKET_OPTION_TEXT_BYTES 4096 /* of a STRING value, with its NUL: PATH_MAX */
#define PICKET_OPTION_ERROR_BYTES 512 /* enough for every message, with its NUL */

/* One member per option. A number, a switch (0 or 1) or the index of a choice; or a text. */
struct picket_options {
#define NUMBER(name, standard, min, max, unit, text) picket_u64 name;
#define CHOICE(name, standard, choices, text) picket_u64 name;
#define SWITCH(name, standard, text) picket_u64 name;
#define STRING(name, placeholder, text) char name[PICKET_OPTION_TEXT_BYTES];
#include "options.def"
#undef NUMBER
#undef CHOICE
#undef SWITCH
#undef STRING
	/* Internal, from `picket run` only: abstract socket that takes records, without the NUL. */
	char socket[PICKET_OPTION_TEXT_BYTES];
};

enum picket_option_kind {
	PICKET_OPTION_NUMBER,
	PICKET_OPTION_CHOICE,
	PICKET_OPTION_SWITCH,
	PICKET_OPTION_STRING,
};

struct picket_option {
	const char *name; /* with '_'; on a command line '-' stands for it */
	enum picket_option_kind kind;
	const char *standard; /* the default, as one would type it; "" for texts */
	const char *values;   /* NUMBER: unit, CHOICE: "a|b|c", STRING: placeholder; else "" */
	const char *text;     /* one sentence for people */
	picket_u64 min;	      /* NUMBER and SWITCH */
	picket_u64 max;
	size_t offset;	     /* of its value in struct picket_options */
	picket_u32 internal; /* 1: not for help and documents */
};

/** picket_option_at() - the table, in its order; NULL behind the last one. */
const struct picket_option *picket_option_at(size_t index);

/** picket_option_find() - by its name; '-' and '_' are the same. NULL: there is none. */
const struct picket_option *picket_option_find(const char *name, size_t name_bytes);

/** picket_options_default() - all values as if nobody had said anything. */
void picket_options_default(struct picket_options *options);

/**
 * picket_options_set() - one option from its name and its value, neither NUL-terminated.
 * @error: receives one line without newline that names the option, the value and what is allowed;
 *         PICKET_OPTION_ERROR_BYTES are always enough.
 *
 * Return: 0; -1: wrong, and *options is unchanged.
 */
int picket_options_set(struct picket_options *options, const char *name, size_t name_bytes,
		       const char *value, size_t value_bytes, char *error, size_t error_bytes);

/**
 * picket_option_check() - is this a value of the option? For options of other tables too.
 * @error: as above.
 *
 * Return: 0; -1: it is not.
 */
int picket_option_check(const struct picket_option *option, const char *value, size_t value_bytes,
			char *error, size_t error_bytes);

/**
 * picket_options_parse() - the text of PICKET_OPTIONS, on top of what *options holds.
 *
 * Return: 0; -1: wrong, with @error as above; options before the wrong one are set.
 */
int picket_options_parse(struct picket_options *options, const char *text, char *error,
			 size_t error_bytes);

/**
 * picket_options_quote() - a value as it must be written in PICKET_OPTIONS.
 *
 * Return: bytes needed without the NUL, as snprintf() does; @out is complete if that is < @size.
 */
size_t picket_options_quote(const char *value, char *out, size_t size);

#endif
