/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <jansson.h>
#include <string.h>

#include "statistics.h"

#define NAME_COLUMNS 24

static bool is_title(const char *name)
{
	return !strcmp(name, "schema") || !strncmp(name, "process.", strlen("process."));
}

static void print_value(const char *name, json_t *value, FILE *stream)
{
	if (json_is_integer(value))
		fprintf(stream, "  %-*s %12lld\n", NAME_COLUMNS, name,
			(long long)json_integer_value(value));
	else if (json_is_number(value))
		fprintf(stream, "  %-*s %12.6g\n", NAME_COLUMNS, name, json_number_value(value));
	else if (json_is_string(value))
		fprintf(stream, "  %-*s %12s\n", NAME_COLUMNS, name, json_string_value(value));
}

/* Counters of one kind stand in an object of their own: "skipped": {"capacity": 1}. */
static void print_members(const char *group, json_t *members, FILE *stream)
{
	char name[128];
	const char *key;
	json_t *value;

	json_object_foreach(members, key, value)
	{
		snprintf(name, sizeof(name), "%s %s", group, key);
		print_value(name, value, stream);
	}
}

static void print_title(json_t *statistics, FILE *stream)
{
	const char *program =
		json_string_value(json_object_get(statistics, "process.executable.path"));
	json_t *pid = json_object_get(statistics, "process.pid");

	fprintf(stream, "picket: statistics of %s", program ? program : "a process");
	if (json_is_integer(pid))
		fprintf(stream, " (pid %lld)", (long long)json_integer_value(pid));
	fprintf(stream, "\n");
}

static void print(json_t *statistics, FILE *stream)
{
	const char *key;
	json_t *value;

	print_title(statistics, stream);
	json_object_foreach(statistics, key, value)
	{
		if (is_title(key))
			continue;
		if (json_is_object(value))
			print_members(key, value, stream);
		else
			print_value(key, value, stream);
	}
}

bool picket_statistics_print(const char *line, size_t length, FILE *stream)
{
	json_t *statistics = json_loadb(line, length, 0, NULL);
	const char *schema = json_string_value(json_object_get(statistics, "schema"));
	bool good = schema && !strcmp(schema, PICKET_STATISTICS_SCHEMA);

	if (good)
		print(statistics, stream);
	json_decref(statistics);
	return good;
}
