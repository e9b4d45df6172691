/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "stats.h"

#include "modules.h"
#include "report.h"
#include "runtime.h"
#include "shield.h"

#include <unistd.h>

#define STATS_BYTES 8192 /* the executable's path may need half of it */

struct counter {
	const char *name;
	size_t offset;
};

#define COUNTER(name)                                                                              \
	{                                                                                          \
#name, offsetof(struct picket_stats, name)                                         \
	}
#define SKIPPED(name, index)                                                                       \
	{                                                                                          \
		"skipped_" #name, offsetof(struct picket_stats, skipped[index])                    \
	}

/* Of the detector. */
static const struct counter core_counters[] = {
	COUNTER(slots),
	COUNTER(live),
	COUNTER(live_max),
	COUNTER(seen),
	COUNTER(passed),
	COUNTER(guarded),
	COUNTER(freed),
	SKIPPED(incompatible, PICKET_SKIP_INCOMPATIBLE),
	SKIPPED(capacity, PICKET_SKIP_CAPACITY),
	SKIPPED(covered, PICKET_SKIP_COVERED),
	SKIPPED(busy, PICKET_SKIP_BUSY),
	SKIPPED(no_memory, PICKET_SKIP_NO_MEMORY),
	COUNTER(reports),
	COUNTER(reports_lost),
	COUNTER(spurious),
	COUNTER(not_hidden),
	COUNTER(swept),
	COUNTER(held_back),
	COUNTER(slowdown),
	COUNTER(work_ns),
	COUNTER(host_ns),
};

/* Of the port: members that are no more than their names and places. */
static const struct picket_control_counter own_counters[] = {
	{ "enabled", &picket_stats_enabled, NULL },
	{ "guard_regions", &picket_runtime.platform.pages.regions, NULL },
	/* Two for each run of pages. */
	{ "mappings", &picket_runtime.platform.pages.apart, &picket_runtime.platform.pages.apart },
};

#define OWN_COUNT (sizeof(own_counters) / sizeof(own_counters[0]))
#define CORE_COUNT (sizeof(core_counters) / sizeof(core_counters[0]))
#define COUNT (OWN_COUNT + CORE_COUNT)

picket_u64 picket_stats_enabled = 1;

/* All of them, where they are. */
static struct picket_control_counter counters[COUNT];

void picket_stats_start(const struct picket_guard *guard)
{
	const char *core = (const char *)picket_guard_counters(guard);

	memcpy(counters, own_counters, sizeof(own_counters));
	for (size_t i = 0; i < CORE_COUNT; i++) {
		size_t offset = core_counters[i].offset;

		counters[OWN_COUNT + i] = (struct picket_control_counter){
			.name = core_counters[i].name,
			.value = (const picket_u64 *)(const void *)(core + offset),
			.more = offset == offsetof(struct picket_stats, reports_lost) ?
					&picket_runtime.lost :
					NULL,
		};
	}
}

const struct picket_control_counter *picket_stats_counters(picket_u64 *count)
{
	*count = COUNT;
	return counters;
}

static picket_u64 value_of(const struct picket_control_counter *counter)
{
	picket_u64 value = __atomic_load_n(counter->value, __ATOMIC_RELAXED);

	return counter->more ? value + __atomic_load_n(counter->more, __ATOMIC_RELAXED) : value;
}

/* In JSON a path may hold anything but these. */
static void put_path(struct picket_line *line, const char *path)
{
	for (; *path; path++) {
		if ((unsigned char)*path < ' ' || *path == '"' || *path == '\\')
			picket_line_text(line, "?");
		else
			picket_line_add(line, path, 1);
	}
}

static void put_json(struct picket_line *line)
{
	picket_line_text(line, "{\"schema\":\"picket_stats/1\",\"process.pid\":");
	picket_line_number(line, (picket_u64)getpid());
	picket_line_text(line, ",\"process.executable.path\":\"");
	put_path(line, picket_module_executable());
	picket_line_text(line, "\"");
	for (size_t i = 0; i < COUNT; i++) {
		picket_line_text(line, ",\"");
		picket_line_text(line, counters[i].name);
		picket_line_text(line, "\":");
		picket_line_number(line, value_of(&counters[i]));
	}
	picket_line_text(line, "}\n");
}

static void put_text(struct picket_line *line)
{
	picket_line_text(line, "picket: statistics of ");
	picket_line_text(line, picket_module_executable());
	picket_line_text(line, " (pid ");
	picket_line_number(line, (picket_u64)getpid());
	picket_line_text(line, "):");
	for (size_t i = 0; i < COUNT; i++) {
		picket_line_text(line, i ? ", " : " ");
		picket_line_text(line, counters[i].name);
		picket_line_text(line, " ");
		picket_line_number(line, value_of(&counters[i]));
	}
	picket_line_text(line, "\n");
}

static void publish(void)
{
	char bytes[STATS_BYTES];
	struct picket_line line;

	picket_line_start(&line, bytes, sizeof(bytes));
	put_json(&line);
	if (!picket_report_send(line.bytes, line.used))
		return;
	picket_line_start(&line, bytes, sizeof(bytes));
	put_text(&line);
	picket_report_say(line.bytes, line.used);
}

void picket_stats_publish(void)
{
	struct picket_shield shield;

	picket_shield_raise(&shield);
	publish();
	picket_shield_lower(&shield);
}

void picket_stats_say_lost(void)
{
	const picket_u64 *core = &picket_guard_counters(picket_runtime.guard)->reports_lost;
	const struct picket_control_counter counter = { "", core, &picket_runtime.lost };
	picket_u64 lost = value_of(&counter);
	char bytes[128];
	struct picket_line line;

	if (!lost)
		return;
	picket_line_start(&line, bytes, sizeof(bytes));
	picket_line_number(&line, lost);
	picket_line_text(&line, " reports were lost: too many at once, or nowhere to put them");
	picket_report_warn(bytes);
}
