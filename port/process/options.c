/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "options.h"

#include "line.h"

#include <stdbool.h>
#include <string.h>

#define OFFSET(name) offsetof(struct picket_options, name)

static const struct picket_option table[] = {
#define NUMBER(name, standard, min, max, unit, text)                                               \
	{ #name, PICKET_OPTION_NUMBER, #standard, unit, text, min, max##ULL, OFFSET(name), 0 },
#define CHOICE(name, standard, choices, text)                                                      \
	{ #name, PICKET_OPTION_CHOICE, #standard, choices, text, 0, 0, OFFSET(name), 0 },
#define SWITCH(name, standard, text)                                                               \
	{ #name, PICKET_OPTION_SWITCH, #standard, "", text, 0, 1, OFFSET(name), 0 },
#define STRING(name, placeholder, text)                                                            \
	{ #name, PICKET_OPTION_STRING, "", placeholder, text, 0, 0, OFFSET(name), 0 },
#include "options.def"
#undef NUMBER
#undef CHOICE
#undef SWITCH
#undef STRING
	{ "socket", PICKET_OPTION_STRING, "", "NAME", "where `picket run` takes records", 0, 0,
	  OFFSET(socket), 1 },
};

#define TABLE_COUNT (sizeof(table) / sizeof(table[0]))

/* A piece of the text being parsed. */
struct piece {
	const char *bytes;
	size_t count;
};

const struct picket_option *picket_option_at(size_t index)
{
	return index < TABLE_COUNT ? &table[index] : NULL;
}

static bool same_name(const char *known, const char *name, size_t name_bytes)
{
	if (strlen(known) != name_bytes)
		return false;
	for (size_t i = 0; i < name_bytes; i++) {
		if (known[i] != (name[i] == '-' ? '_' : name[i]))
			return false;
	}
	return true;
}

const struct picket_option *picket_option_find(const char *name, size_t name_bytes)
{
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		if (same_name(table[i].name, name, name_bytes))
			return &table[i];
	}
	return NULL;
}

/* Return: 0, or -1 when it is not a decimal number from min to max. */
static int parse_number(struct piece value, picket_u64 min, picket_u64 max, picket_u64 *number)
{
	picket_u64 sum = 0;

	if (!value.count)
		return -1;
	for (size_t i = 0; i < value.count; i++) {
		unsigned int digit = (unsigned int)value.bytes[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, digit, &sum))
			return -1;
	}
	if (sum < min || sum > max)
		return -1;
	*number = sum;
	return 0;
}

static int parse_choice(struct piece value, const char *choices, picket_u64 *index)
{
	for (picket_u64 i = 0;; i++) {
		size_t length = strcspn(choices, "|");

		if (length == value.count && !memcmp(choices, value.bytes, length)) {
			*index = i;
			return 0;
		}
		if (!choices[length])
			return -1;
		choices += length + 1;
	}
}

static int parse_text(struct piece value, char *text)
{
	if (value.count >= PICKET_OPTION_TEXT_BYTES || memchr(value.bytes, '\0', value.count))
		return -1;
	memcpy(text, value.bytes, value.count);
	text[value.count] = '\0';
	return 0;
}

static int parse_value(const struct picket_option *option, struct piece value, void *place)
{
	switch (option->kind) {
	case PICKET_OPTION_CHOICE:
		return parse_choice(value, option->values, place);
	case PICKET_OPTION_STRING:
		return parse_text(value, place);
	default:
		return parse_number(value, option->min, option->max, place);
	}
}

static int set_value(const struct picket_option *option, struct picket_options *options,
		     struct piece value)
{
	return parse_value(option, value, (char *)options + option->offset);
}

void picket_options_default(struct picket_options *options)
{
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		struct piece standard = { table[i].standard, strlen(table[i].standard) };

		set_value(&table[i], options, standard);
	}
}

/* "a|b|c" as "a, b or c". */
static void say_choices(struct picket_line *line, const char *choices)
{
	picket_line_text(line, "must be ");
	for (;;) {
		size_t length = strcspn(choices, "|");

		picket_line_add(line, choices, length);
		if (!choices[length])
			return;
		choices += length + 1;
		picket_line_text(line, strchr(choices, '|') ? ", " : " or ");
	}
}

static void say_number(struct picket_line *line, const struct picket_option *option)
{
	picket_line_text(line, "must be a number from ");
	picket_line_number(line, option->min);
	picket_line_text(line, " to ");
	picket_line_number(line, option->max);
}

static void say_wrong(const struct picket_option *option, struct piece value,
		      struct picket_line *line)
{
	picket_line_text(line, option->name);
	picket_line_text(line, "=");
	picket_line_quote(line, value.bytes, value.count);
	picket_line_text(line, ": ");
	if (option->kind == PICKET_OPTION_CHOICE)
		say_choices(line, option->values);
	else if (option->kind == PICKET_OPTION_SWITCH)
		picket_line_text(line, "must be 0 or 1");
	else if (option->kind == PICKET_OPTION_NUMBER)
		say_number(line, option);
	else
		picket_line_text(line, "must be shorter than 4096 bytes");
}

static void say_unknown(struct piece name, struct picket_line *line)
{
	picket_line_text(line, "unknown option ");
	picket_line_quote(line, name.bytes, name.count);
	picket_line_text(line, "; there are");
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		if (table[i].internal)
			continue;
		picket_line_text(line, i ? ", " : " ");
		picket_line_text(line, table[i].name);
	}
}

int picket_options_set(struct picket_options *options, const char *name, size_t name_bytes,
		       const char *value, size_t value_bytes, char *error, size_t error_bytes)
{
	const struct picket_option *option = picket_option_find(name, name_bytes);
	struct piece piece = { value, value_bytes };
	struct picket_line line;

	if (option && !set_value(option, options, piece))
		return 0;
	picket_line_start(&line, error, error_bytes);
	if (option)
		say_wrong(option, piece, &line);
	else
		say_unknown((struct piece){ name, name_bytes }, &line);
	return -1;
}

int picket_option_check(const struct picket_option *option, const char *value, size_t value_bytes,
			char *error, size_t error_bytes)
{
	struct piece piece = { value, value_bytes };
	struct picket_line line;
	union {
		picket_u64 number;
		char text[PICKET_OPTION_TEXT_BYTES];
	} parsed;

	if (!parse_value(option, piece, &parsed))
		return 0;
	picket_line_start(&line, error, error_bytes);
	say_wrong(option, piece, &line);
	return -1;
}

/* One item without its escapes. Too long a value keeps its length, so that it is refused. */
struct item {
	char bytes[PICKET_OPTION_TEXT_BYTES + 64];
	size_t count;
};

/* Return: what follows the item and its ':'. */
static const char *next_item(const char *text, struct item *item)
{
	item->count = 0;
	for (; *text && *text != ':'; text++) {
		if (text[0] == '\\' && (text[1] == ':' || text[1] == '\\'))
			text++;
		if (item->count < sizeof(item->bytes))
			item->bytes[item->count++] = *text;
	}
	return *text ? text + 1 : text;
}

static int set_item(struct picket_options *options, const struct item *item, char *error,
		    size_t error_bytes)
{
	const char *equals = memchr(item->bytes, '=', item->count);
	struct picket_line line;
	size_t name_bytes;

	if (equals) {
		name_bytes = (size_t)(equals - item->bytes);
		return picket_options_set(options, item->bytes, name_bytes, equals + 1,
					  item->count - name_bytes - 1, error, error_bytes);
	}
	picket_line_start(&line, error, error_bytes);
	picket_line_quote(&line, item->bytes, item->count);
	picket_line_text(&line, " is not of the form name=value");
	return -1;
}

int picket_options_parse(struct picket_options *options, const char *text, char *error,
			 size_t error_bytes)
{
	struct item item;

	while (*text) {
		text = next_item(text, &item);
		if (item.count && set_item(options, &item, error, error_bytes))
			return -1;
	}
	return 0;
}

size_t picket_options_quote(const char *value, char *out, size_t size)
{
	size_t used = 0;

	for (; *value; value++) {
		if (*value == ':' || *value == '\\') {
			if (used + 1 < size)
				out[used] = '\\';
			used++;
		}
		if (used + 1 < size)
			out[used] = *value;
		used++;
	}
	if (size)
		out[used < size ? used : size - 1] = '\0';
	return used;
}
