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

static const struct counter counters[] = {
	COUNTER(enabled),
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
};

static picket_u64 value_of(const struct picket_stats *stats, const struct counter *counter)
{
	return *(const picket_u64 *)(const void *)((const char *)stats + counter->offset);
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

static void put_json(struct picket_line *line, const struct picket_stats *stats)
{
	picket_line_text(line, "{\"schema\":\"picket_stats/1\",\"process.pid\":");
	picket_line_number(line, (picket_u64)getpid());
	picket_line_text(line, ",\"process.executable.path\":\"");
	put_path(line, picket_module_executable());
	picket_line_text(line, "\"");
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		picket_line_text(line, ",\"");
		picket_line_text(line, counters[i].name);
		picket_line_text(line, "\":");
		picket_line_number(line, value_of(stats, &counters[i]));
	}
	picket_line_text(line, "}\n");
}

static void put_text(struct picket_line *line, const struct picket_stats *stats)
{
	picket_line_text(line, "picket: statistics of ");
	picket_line_text(line, picket_module_executable());
	picket_line_text(line, " (pid ");
	picket_line_number(line, (picket_u64)getpid());
	picket_line_text(line, "):");
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		picket_line_text(line, i ? ", " : " ");
		picket_line_text(line, counters[i].name);
		picket_line_text(line, " ");
		picket_line_number(line, value_of(stats, &counters[i]));
	}
	picket_line_text(line, "\n");
}

static void publish(const struct picket_stats *stats)
{
	char bytes[STATS_BYTES];
	struct picket_line line;

	picket_line_start(&line, bytes, sizeof(bytes));
	put_json(&line, stats);
	if (!picket_report_send(line.bytes, line.used))
		return;
	picket_line_start(&line, bytes, sizeof(bytes));
	put_text(&line, stats);
	picket_report_say(line.bytes, line.used);
}

static void read_stats(const struct picket_guard *guard, struct picket_stats *stats)
{
	picket_guard_stats(guard, stats);
	stats->reports_lost += __atomic_load_n(&picket_runtime.lost, __ATOMIC_RELAXED);
}

void picket_stats_publish(const struct picket_guard *guard)
{
	struct picket_shield shield;
	struct picket_stats stats;

	read_stats(guard, &stats);
	picket_shield_raise(&shield);
	publish(&stats);
	picket_shield_lower(&shield);
}

void picket_stats_say_lost(const struct picket_guard *guard)
{
	char bytes[128];
	struct picket_line line;
	struct picket_stats stats;

	read_stats(guard, &stats);
	if (!stats.reports_lost)
		return;
	picket_line_start(&line, bytes, sizeof(bytes));
	picket_line_number(&line, stats.reports_lost);
	picket_line_text(&line, " reports were lost: too many at once, or nowhere to put them");
	picket_report_warn(bytes);
}
