/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* /sys/kernel/debug/picket-kasan/ */
#include "module.h"
#include "heap.h"
#include "shadow.h"
#include "../base/device.h"
#include "../base/printer.h"

#include <linux/debugfs.h>
#include <linux/seq_file.h>

static struct dentry *directory;

static void show(struct seq_file *file, const char *name, u64 value)
{
	seq_printf(file, "%s: %llu\n", name, value);
}

static void show_detector(struct seq_file *file)
{
	struct picket_shadow_stats stats;

	picket_shadow_stats(&stats);
	show(file, "enabled", !picket_linux.disabled);
	show(file, "reports", stats.reports);
	show(file, "reports suppressed", stats.reports_suppressed);
	show(file, "reports lost", picket_log_refused());
	show(file, "records lost (device)", picket_device_lost());
	show(file, "objects live", stats.objects_live);
	show(file, "objects retained", stats.objects_retained);
	show(file, "bytes retained", stats.bytes_retained);
	show(file, "not backed", stats.not_backed);
	show(file, "stacks", stats.stacks.stacks);
	show(file, "stack bytes", stats.stacks.bytes_used);
	show(file, "stack bytes at most", stats.stacks.bytes);
	show(file, "stacks walked", picket_unwinds());
	show(file, "stacks refused", stats.stacks.refused);
}

static void show_heap(struct seq_file *file)
{
	struct picket_heap_stats stats;

	picket_heap_stats(&stats);
	show(file, "unchecked (zone)", stats.unchecked_zone);
	show(file, "unchecked (memory)", stats.unchecked_memory);
}

static void show_shadow(struct seq_file *file)
{
	struct picket_room_stats stats;

	picket_room_stats(&stats);
	show(file, "shadow pages", stats.pages);
	show(file, "shadow tables", stats.tables);
	show(file, "shadow pages refused", stats.refused);
	show(file, "reserve", stats.reserve);
	show(file, "reserve at least", stats.reserve_lowest);
	show(file, "faults", picket_faults());
}

static int stats_show(struct seq_file *file, void *unused)
{
	show_detector(file);
	show_heap(file);
	show_shadow(file);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static void show_module(void *file, const char *name, bool is_inline)
{
	seq_printf(file, "%s %s\n", name, is_inline ? "inline" : "outline");
}

static int modules_show(struct seq_file *file, void *unused)
{
	picket_modules_visit(show_module, file);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(modules);

void picket_debugfs_start(void)
{
	directory = debugfs_create_dir("picket-kasan", NULL);
	debugfs_create_file("stats", 0444, directory, NULL, &stats_fops);
	debugfs_create_file("modules", 0444, directory, NULL, &modules_fops);
}

void picket_debugfs_stop(void)
{
	debugfs_remove(directory);
}
