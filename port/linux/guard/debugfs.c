/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* /sys/kernel/debug/picket/, with the files and the lines that KFENCE has there, and our own. */
#include "module.h"
#include "probes.h"
#include "../base/device.h"
#include "../base/printer.h"
#include "../base/symbols.h"

#include <linux/debugfs.h>
#include <linux/sched/clock.h>
#include <linux/seq_file.h>

static struct dentry *directory;

static int stats_show(struct seq_file *file, void *unused)
{
	struct picket_stats stats;

	picket_guard_stats(picket_linux.guard, &stats);
	seq_printf(file, "enabled: %d\n", stats.enabled && picket_gate_is_set());
	seq_printf(file, "currently allocated: %llu\n", stats.live);
	seq_printf(file, "total allocations: %llu\n", stats.guarded);
	seq_printf(file, "total frees: %llu\n", stats.freed);
	seq_printf(file, "zombie allocations: %llu\n", picket_zombies);
	seq_printf(file, "total bugs: %llu\n", stats.reports + stats.reports_lost);
	seq_printf(file, "skipped allocations (incompatible): %llu\n",
		   stats.skipped[PICKET_SKIP_INCOMPATIBLE] + picket_declined[PICKET_DECLINE_SIZE] +
			   picket_declined[PICKET_DECLINE_ZONE]);
	seq_printf(file, "skipped allocations (capacity): %llu\n",
		   stats.skipped[PICKET_SKIP_CAPACITY]);
	seq_printf(file, "skipped allocations (covered): %llu\n",
		   stats.skipped[PICKET_SKIP_COVERED]);
	seq_printf(file, "skipped allocations (busy): %llu\n", stats.skipped[PICKET_SKIP_BUSY]);
	seq_printf(file, "skipped allocations (typesafe by rcu): %llu\n",
		   picket_declined[PICKET_DECLINE_RCU]);
	seq_printf(file, "skipped allocations (debug cache): %llu\n",
		   picket_declined[PICKET_DECLINE_DEBUG]);
	seq_printf(file, "skipped allocations (accounted): %llu\n",
		   picket_declined[PICKET_DECLINE_ACCOUNT]);
	seq_printf(file, "skipped allocations (private bucket): %llu\n",
		   picket_declined[PICKET_DECLINE_BUCKET]);
	seq_printf(file, "skipped allocations (filter): %llu\n",
		   picket_declined[PICKET_DECLINE_FILTER]);
	seq_printf(file, "samples lost (nothing to take): %llu\n",
		   picket_samples_lost[PICKET_LOSS_UNTAKEN]);
	seq_printf(file, "samples lost (timer late): %llu\n",
		   picket_samples_lost[PICKET_LOSS_LATE]);
	seq_printf(file, "probes not armed: %llu\n", picket_probes_failed);
	seq_printf(file, "reports lost: %llu\n", stats.reports_lost + picket_log_refused());
	seq_printf(file, "records lost (device): %llu\n", picket_device_lost());
	seq_printf(file, "spurious faults: %llu\n", stats.spurious);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

/* What one reader of the list has at hand. */
struct objects {
	struct picket_record record;
	struct picket_symbol_names names;
	char digits[PICKET_ADDRESS_BYTES];
};

static void write_to_file(void *file, const char *bytes, uptr count)
{
	seq_write(file, bytes, count);
}

static const char *show_address(void *objects, u64 address)
{
	return picket_address_digits(((struct objects *)objects)->digits, address);
}

static void show_object(struct seq_file *file, struct objects *objects)
{
	const struct picket_text_style style = { .context = objects, .address = show_address };
	const struct picket_symbols symbols = { picket_symbols_frames, &objects->names };
	const struct picket_output output = { write_to_file, file };

	objects->record.access_task.time_ns = local_clock();
	preempt_disable();
	picket_render_object(&objects->record, &style, &symbols, &output);
	preempt_enable();
}

static void *objects_start(struct seq_file *file, loff_t *position)
{
	return *position < picket_guard_slots(picket_linux.guard) ? (void *)(*position + 1) : NULL;
}

static void *objects_next(struct seq_file *file, void *at, loff_t *position)
{
	++*position;
	return objects_start(file, position);
}

static void objects_stop(struct seq_file *file, void *at)
{
}

static int objects_show(struct seq_file *file, void *at)
{
	u32 slot_index = (unsigned long)at - 1;
	struct objects *objects = kzalloc(sizeof(*objects), GFP_KERNEL);

	if (!objects)
		return -ENOMEM;
	if (picket_guard_slot_record(picket_linux.guard, slot_index, &objects->record))
		show_object(file, objects);
	else
		seq_printf(file, "kfence-#%u unused\n", slot_index);
	seq_puts(file, "---------------------------------\n");
	kfree(objects);
	return 0;
}

static const struct seq_operations objects_sops = {
	.start = objects_start,
	.next = objects_next,
	.stop = objects_stop,
	.show = objects_show,
};
DEFINE_SEQ_ATTRIBUTE(objects);

void picket_debugfs_start(void)
{
	directory = debugfs_create_dir("picket", NULL);
	debugfs_create_file("stats", 0444, directory, NULL, &stats_fops);
	debugfs_create_file("objects", 0400, directory, NULL, &objects_fops);
}

void picket_debugfs_stop(void)
{
	debugfs_remove(directory);
}
