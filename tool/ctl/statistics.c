/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "statistics.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tool/complain.h"
#include "tool/statistics.h"

#define COUNTERS_MAX 256
#define NAME_BYTES 64
#define SAMPLING_BYTES 96

static picket_u64 place(const void *pointer)
{
	return (picket_u64)(picket_uptr)pointer;
}

static int read_u64(const struct picket_target *target, const picket_u64 *from, picket_u64 *value)
{
	return picket_target_read(target, place(from), value, sizeof(*value));
}

static json_t *number(picket_u64 value)
{
	return json_integer((json_int_t)(value & INT64_MAX));
}

static int read_counter(const struct picket_target *target, picket_u64 index, json_t *out)
{
	struct picket_control_counter counter;
	const picket_u64 at = place(target->control.counters) + index * sizeof(counter);
	picket_u64 value, more = 0;
	char name[NAME_BYTES];

	if (picket_target_read(target, at, &counter, sizeof(counter)) ||
	    picket_target_text(target, counter.name, name, sizeof(name)) ||
	    read_u64(target, counter.value, &value) ||
	    (counter.more && read_u64(target, counter.more, &more)))
		return -1;
	return json_object_set_new(out, name, number(value + more));
}

/* A path need not be text. */
static json_t *path_string(const char *path)
{
	json_t *string = json_string(path);

	return string ? string : json_string("?");
}

static json_t *new_object(const struct picket_target *target, const char *schema)
{
	json_t *object = json_object();

	json_object_set_new(object, "schema", json_string(schema));
	json_object_set_new(object, "process.pid", json_integer(target->pid));
	json_object_set_new(object, "process.executable.path", path_string(target->executable));
	return object;
}

json_t *picket_target_statistics(const struct picket_target *target)
{
	json_t *statistics = new_object(target, PICKET_STATISTICS_SCHEMA);
	picket_u64 count = target->control.counter_count, i;

	for (i = 0; i < count && i < COUNTERS_MAX; i++)
		if (read_counter(target, i, statistics))
			break;
	if (i == count)
		return statistics;
	json_decref(statistics);
	picket_target_say_garbage(target, "statistics");
	return NULL;
}

static void add_sampling(const struct picket_policy_state *policy, bool enabled, json_t *status)
{
	json_t *sampling = json_object();
	bool on = policy->on && enabled;

	json_object_set_new(status, "enabled", json_boolean(enabled));
	json_object_set_new(sampling, "on", json_boolean(on));
	json_object_set_new(sampling, "policy", json_string(policy->rate ? "count" : "interval"));
	json_object_set_new(sampling, "param",
			    number(policy->rate ? policy->rate : policy->interval_ms));
	json_object_set_new(status, "sampling", sampling);
}

json_t *picket_target_status(const struct picket_target *target)
{
	json_t *statistics = picket_target_statistics(target), *status;
	static const char *const kept[] = { "slots", "live", "seen", "guarded", "reports" };
	struct picket_policy_state policy;
	char version[NAME_BYTES];

	if (!statistics)
		return NULL;
	if (picket_target_read(target, place(target->control.policy), &policy, sizeof(policy)) ||
	    picket_target_text(target, target->control.picket_version, version, sizeof(version))) {
		json_decref(statistics);
		picket_target_say_garbage(target, "settings");
		return NULL;
	}
	status = new_object(target, "picket_status/1");
	json_object_set_new(status, "version", json_string(version));
	add_sampling(&policy, json_integer_value(json_object_get(statistics, "enabled")), status);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		json_object_set(status, kept[i], json_object_get(statistics, kept[i]));
	json_decref(statistics);
	return status;
}

static long long count_of(const json_t *status, const char *name)
{
	return json_integer_value(json_object_get(status, name));
}

static const char *sampling_text(const json_t *status, char text[SAMPLING_BYTES])
{
	const json_t *sampling = json_object_get(status, "sampling");
	const char *policy = json_string_value(json_object_get(sampling, "policy"));
	long long param = count_of(sampling, "param");

	if (!json_is_true(json_object_get(status, "enabled")))
		return "none: Picket has switched itself off";
	if (!json_is_true(json_object_get(sampling, "on")))
		return "off";
	if (strcmp(policy, "count") != 0)
		snprintf(text, SAMPLING_BYTES, "one allocation every %lld ms", param);
	else if (param == 1)
		snprintf(text, SAMPLING_BYTES, "every allocation that fits");
	else
		snprintf(text, SAMPLING_BYTES, "one of %lld allocations", param);
	return text;
}

void picket_target_status_print(const json_t *status)
{
	const char *path = json_string_value(json_object_get(status, "process.executable.path"));
	char text[SAMPLING_BYTES], line[PATH_MAX];

	snprintf(line, sizeof(line), "%s", path);
	for (char *byte = line; *byte; byte++)
		if ((unsigned char)*byte < ' ' || *byte == 0x7f)
			*byte = '?';
	printf("process   %lld, %s\n", count_of(status, "process.pid"), line);
	printf("picket    %s\n", json_string_value(json_object_get(status, "version")));
	printf("sampling  %s\n", sampling_text(status, text));
	printf("guarded   %lld of %lld allocations seen; %lld of %lld slots in use\n",
	       count_of(status, "guarded"), count_of(status, "seen"), count_of(status, "live"),
	       count_of(status, "slots"));
	printf("reports   %lld\n", count_of(status, "reports"));
}
