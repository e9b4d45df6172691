/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A driver for a made-up sensor with a planted bug of each kind, for the demo and the tutorial
 * (doc/kasan.md). Writing a word to /sys/kernel/debug/sensor/do runs into one:
 *
 *	heap     one value is written behind the end of an object
 *	free     an object is read after it was freed
 *	stack    one value is read behind the end of an array
 *	global   one value is read behind the end of a table
 *	vmalloc  one value is written behind the end of the history
 *
 * As such bugs do, these mostly stay unnoticed.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define CHANNELS 9
#define HISTORY 1500

struct sample {
	unsigned int count;
	u32 values[];
};

static unsigned int calibration[CHANNELS] = { 3, 1, 4, 1, 5, 9, 2, 6, 5 };
module_param_array(calibration, uint, NULL, 0444);
static u32 *history;
static unsigned int history_next;
static u32 reading; /* the last one */
static struct dentry *directory;

static noinline struct sample *sample_take(unsigned int channels)
{
	struct sample *sample =
		kmalloc(sizeof(*sample) + channels * sizeof(sample->values[0]), GFP_KERNEL);
	unsigned int i;

	if (!sample)
		return NULL;
	sample->count = channels;
	/* The planted bug: <= for <. */
	for (i = 0; i <= channels; i++)
		sample->values[i] = i;
	return sample;
}

static noinline struct sample *sample_create(void)
{
	return kzalloc(sizeof(struct sample), GFP_KERNEL);
}

static noinline void sample_drop(struct sample *sample)
{
	kfree(sample);
}

static void overrun_heap(void)
{
	sample_drop(sample_take(CHANNELS));
}

/* The planted bug: it is asked for its count too late. */
static void use_freed(void)
{
	struct sample *sample = sample_create();

	sample_drop(sample);
	if (sample)
		reading = sample->count;
}

/* The planted bug: <= for <. */
static noinline u32 sum(const u32 *values, unsigned int count)
{
	u32 sum = 0;
	unsigned int i;

	for (i = 0; i <= count; i++)
		sum += values[i];
	return sum;
}

static void overrun_stack(void)
{
	u32 window[CHANNELS];

	memset(window, 0, sizeof(window));
	reading = sum(window, CHANNELS);
}

/* The planted bug: > for >=. */
static noinline u32 calibrated(unsigned int channel, u32 value)
{
	if (channel > CHANNELS)
		return value;
	return value - calibration[channel];
}

static void overrun_global(void)
{
	reading = calibrated(CHANNELS, 0);
}

/* The planted bug: > for >=. */
static noinline void history_add(u32 value)
{
	if (history_next > HISTORY)
		history_next = 0;
	history[history_next++] = value;
}

static void overrun_vmalloc(void)
{
	unsigned int i;

	for (i = 0; i <= HISTORY; i++)
		history_add(i);
}

static const struct {
	const char *word;
	void (*run)(void);
} commands[] = {
	{ "heap", overrun_heap },     { "free", use_freed },	      { "stack", overrun_stack },
	{ "global", overrun_global }, { "vmalloc", overrun_vmalloc },
};

static ssize_t do_write(struct file *file, const char __user *text, size_t length_bytes,
			loff_t *position)
{
	char word[16] = "";
	unsigned int i;

	if (length_bytes >= sizeof(word))
		return -EINVAL;
	if (copy_from_user(word, text, length_bytes))
		return -EFAULT;
	strim(word);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(word, commands[i].word)) {
			commands[i].run();
			return length_bytes;
		}
	return -EINVAL;
}

static const struct file_operations do_operations = {
	.owner = THIS_MODULE,
	.write = do_write,
};

static int __init sensor_init(void)
{
	history = vmalloc(HISTORY * sizeof(*history));
	if (!history)
		return -ENOMEM;
	directory = debugfs_create_dir("sensor", NULL);
	debugfs_create_file("do", 0200, directory, NULL, &do_operations);
	debugfs_create_u32("reading", 0444, directory, &reading);
	return 0;
}

static void __exit sensor_exit(void)
{
	debugfs_remove_recursive(directory);
	vfree(history);
}

module_init(sensor_init);
module_exit(sensor_exit);

MODULE_DESCRIPTION("A sensor that is not there, with memory errors on purpose, for Picket's demo");
MODULE_LICENSE("Dual MIT/GPL");
