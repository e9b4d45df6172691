/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A ring of lines. A line is made when its bug is found, since later the modules it
 * names may be gone. When the ring is full the oldest lines make room. Each open file reads on its
 * own, from the oldest line on; a reader that was overtaken goes on with the oldest there is.
 *
 * Positions count bytes since the start, so that they never wrap. Text between `tail` and `head` is
 * whole lines; the line being written lies behind `head`.
 */
#include "base.h"
#include "device.h"
#include "symbols.h"

#include <linux/fs.h>
#include <linux/irq_work.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/utsname.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

#define RING_BYTES (256u << 10)
#define LINE_BYTES_MAX (64u << 10) /* three stacks with the longest names there are */
#define WRITE_TRIES 256 /* each waits for microseconds, and a line takes up to a millisecond */
#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_BYTES 36

static struct {
	struct picket_lock lock;
	char *text;
	u64 head;
	u64 tail;
	u64 lines;	/* ever written */
	u64 dropped;	/* of these, lines before tail */
	u64 taken;	/* lines that some reader has got to */
	u64 unread;	/* lines that went before anybody had */
	u64 unwritable; /* records that found no way in */
	struct picket_symbol_names names;
} ring;

/* One open file. */
struct reader {
	struct mutex lock;
	u64 position;
	u64 line; /* number of the line there */
	size_t used;
	size_t given;
	char text[LINE_BYTES_MAX];
};

/* A line on its way into the ring. */
struct draft {
	u64 end;
	bool too_long;
};

static char boot_id[BOOT_ID_BYTES + 1];
static DECLARE_WAIT_QUEUE_HEAD(readers);

static char *byte_at(u64 position)
{
	return &ring.text[position % RING_BYTES];
}

static void drop_oldest(void)
{
	if (ring.dropped >= ring.taken)
		ring.unread++;
	while (*byte_at(ring.tail++) != '\n')
		;
	ring.dropped++;
}

static void add(void *context, const char *bytes, uptr count)
{
	struct draft *draft = context;

	if (draft->end + count - ring.head > LINE_BYTES_MAX) {
		draft->too_long = true;
		return;
	}
	for (; count; bytes++, count--) {
		if (draft->end - ring.tail == RING_BYTES)
			drop_oldest();
		*byte_at(draft->end++) = *bytes;
	}
}

static bool write_line(const struct picket_record *record)
{
	const struct picket_origin origin = {
		.domain = "kernel",
		.detector_version = PICKET_VERSION,
		.host_name = init_utsname()->nodename,
		.os_version = init_utsname()->release,
		.arch = PICKET_ARCHITECTURE,
		.boot_id = boot_id,
	};
	const struct picket_symbols symbols = { picket_symbols_frames, &ring.names };
	struct draft draft = { .end = ring.head };
	const struct picket_output output = { add, &draft };

	picket_render_json(record, &origin, &symbols, &output);
	if (draft.too_long)
		return false;
	ring.lines++;
	picket_store_release(&ring.head, draft.end);
	return true;
}

static void wake_readers(struct irq_work *work)
{
	wake_up_interruptible(&readers);
}

static struct irq_work wake;

/* Another CPU may be making a line; if it is this one, a bug struck in the midst of that. */
static bool lock_to_write(void)
{
	int tries;

	for (tries = 0; tries < WRITE_TRIES; tries++)
		if (picket_lock_try(&ring.lock))
			return true;
	return false;
}

void picket_device_write(const struct picket_record *record)
{
	bool written = false;

	if (lock_to_write()) {
		written = write_line(record);
		picket_lock_release(&ring.lock);
	}
	if (written)
		irq_work_queue(&wake);
	else
		picket_add(&ring.unwritable, 1ull);
}

u64 picket_device_lost(void)
{
	return picket_load(&ring.unread) + picket_load(&ring.unwritable);
}

/* Who reads may wait for who writes, unlike the other way round. */
static void lock_ring(void)
{
	while (!picket_lock_try(&ring.lock))
		cond_resched();
}

static void go_to_oldest(struct reader *reader)
{
	reader->position = ring.tail;
	reader->line = ring.dropped;
}

/* Copy the reader's next line. Return: false if there is none. */
static bool take_line(struct reader *reader)
{
	lock_ring();
	if (reader->line < ring.dropped)
		go_to_oldest(reader);
	reader->used = reader->given = 0;
	while (reader->position < ring.head) {
		char byte = *byte_at(reader->position++);

		reader->text[reader->used++] = byte;
		if (byte == '\n')
			break;
	}
	if (reader->used)
		reader->line++;
	ring.taken = max(ring.taken, reader->line);
	picket_lock_release(&ring.lock);
	return reader->used;
}

static bool has_more(const struct reader *reader)
{
	return reader->given < reader->used || reader->position < picket_load_acquire(&ring.head);
}

/* As many bytes as are wanted and there. */
static ssize_t give(struct reader *reader, char __user *buffer, size_t wanted)
{
	size_t given = 0;

	while (given < wanted && (reader->given < reader->used || take_line(reader))) {
		size_t count = min(wanted - given, reader->used - reader->given);

		if (copy_to_user(buffer + given, reader->text + reader->given, count))
			return given ? given : -EFAULT;
		reader->given += count;
		given += count;
	}
	return given;
}

static ssize_t device_read(struct file *file, char __user *buffer, size_t wanted, loff_t *offset)
{
	struct reader *reader = file->private_data;
	ssize_t given;

	if (!wanted)
		return 0;
	for (;;) {
		if (mutex_lock_interruptible(&reader->lock))
			return -ERESTARTSYS;
		given = give(reader, buffer, wanted);
		mutex_unlock(&reader->lock);
		if (given)
			return given;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(readers, has_more(reader)))
			return -ERESTARTSYS;
	}
}

static __poll_t device_poll(struct file *file, poll_table *table)
{
	poll_wait(file, &readers, table);
	return has_more(file->private_data) ? EPOLLIN | EPOLLRDNORM : 0;
}

/* To the oldest line, or behind the newest; nowhere else. */
static loff_t device_seek(struct file *file, loff_t offset, int whence)
{
	struct reader *reader = file->private_data;

	if (offset || (whence != SEEK_SET && whence != SEEK_END))
		return -EINVAL;
	mutex_lock(&reader->lock);
	lock_ring();
	go_to_oldest(reader);
	if (whence == SEEK_END) {
		reader->position = ring.head;
		reader->line = ring.lines;
	}
	reader->used = reader->given = 0;
	picket_lock_release(&ring.lock);
	mutex_unlock(&reader->lock);
	return 0;
}

static int device_open(struct inode *inode, struct file *file)
{
	struct reader *reader = vzalloc(sizeof(*reader));

	if (!reader)
		return -ENOMEM;
	mutex_init(&reader->lock);
	lock_ring();
	go_to_oldest(reader);
	picket_lock_release(&ring.lock);
	file->private_data = reader;
	return 0;
}

static int device_release(struct inode *inode, struct file *file)
{
	vfree(file->private_data);
	return 0;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.open = device_open,
	.read = device_read,
	.poll = device_poll,
	.llseek = device_seek,
	.release = device_release,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.fops = &operations,
	.mode = 0400,
};

/* Without it a record is less easily told from another boot's, and no less true. */
static void read_boot_id(void)
{
	struct file *file = filp_open(BOOT_ID_FILE, O_RDONLY, 0);
	loff_t position = 0;

	if (IS_ERR(file))
		return;
	if (kernel_read(file, boot_id, BOOT_ID_BYTES, &position) != BOOT_ID_BYTES)
		boot_id[0] = '\0';
	filp_close(file, NULL);
}

int picket_device_start(const char *name)
{
	int error = -ENOMEM;

	picket_lock_init(&ring.lock);
	init_irq_work(&wake, wake_readers);
	read_boot_id();
	device.name = name;
	ring.text = vzalloc(RING_BYTES);
	if (ring.text)
		error = misc_register(&device);
	if (!error)
		return 0;
	pr_err("the device /dev/%s cannot be made (error %d)\n", name, error);
	vfree(ring.text);
	return error;
}

void picket_device_stop(void)
{
	misc_deregister(&device);
	irq_work_sync(&wake);
	vfree(ring.text);
}
