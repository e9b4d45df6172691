/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* /sys/kernel/debug/picket/, with the files and the lines that KFENCE has there, and our own. */
#include "module.h"
#include "device.h"

#include <linux/debugfs.h>
#include <linux/sched/clock.h>
#include <linux/seq_file.h>

static struct dentry *directory;

static int stats_show(struct seq_file *file, void *unused)
{
	struct picket_stats stats;

	picket_guard_stats(picket_linux.guard, &stats);
	seq_printf(file, "enabled: %d\n", stats.enabled && picket_params.sample_interval);
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
	seq_printf(file, "reports lost: %llu\n", stats.reports_lost + picket_reports_unprinted());
	seq_printf(file, "records lost (device): %llu\n", picket_device_lost());
	seq_printf(file, "spurious faults: %llu\n", stats.spurious);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static void show_track(struct seq_file *file, const char *verb, const struct picket_task *task,
		       const struct picket_stack *stack)
{
	u64 ago = local_clock() - task->time_ns;
	u32 i;

	seq_printf(file, "%s by task %d on cpu %d at %llu.%06llus (%llu.%06llus ago):\n", verb,
		   task->tid, task->cpu, task->time_ns / NSEC_PER_SEC,
		   task->time_ns / 1000 % USEC_PER_SEC, ago / NSEC_PER_SEC,
		   ago / 1000 % USEC_PER_SEC);
	for (i = 0; i < stack->count; i++)
		seq_printf(file, " %pS\n", (void *)(unsigned long)stack->pc[i]);
}

static void show_object(struct seq_file *file, const struct picket_record *record)
{
	const struct picket_object *object = &record->object;
	void *start = (void *)(unsigned long)object->address;

	seq_printf(file, "kfence-#%u: 0x%p-0x%p, size=%llu, cache=%s\n\n", object->slot_index,
		   start, start + object->size_bytes - 1, object->size_bytes, object->allocator);
	show_track(file, "allocated", &record->alloc_task, &record->alloc_stack);
	if (object->state != PICKET_OBJECT_FREED)
		return;
	seq_putc(file, '\n');
	show_track(file, "freed", &record->free_task, &record->free_stack);
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
	struct picket_record *record = kzalloc(sizeof(*record), GFP_KERNEL);

	if (!record)
		return -ENOMEM;
	if (picket_guard_slot_record(picket_linux.guard, slot_index, record))
		show_object(file, record);
	else
		seq_printf(file, "kfence-#%u unused\n", slot_index);
	seq_puts(file, "---------------------------------\n");
	kfree(record);
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
