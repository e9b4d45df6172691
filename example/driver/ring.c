/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A small character device with a planted bug, for the demo. /dev/ring holds the last MESSAGES_MAX
 * messages that were written to it; each read takes the oldest. As such bugs do, this one stays
 * unnoticed: what it reads after the free is nearly always still there.
 */
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define MESSAGES_MAX 8
#define MESSAGE_BYTES_MAX 1024

struct message {
	struct list_head node;
	size_t length_bytes;
	char text[];
};

static LIST_HEAD(messages); /* the oldest first */
static unsigned int message_count;
static size_t held_bytes;
static DEFINE_MUTEX(ring_mutex);

static struct message *message_create(const char __user *text, size_t length_bytes)
{
	struct message *message = kmalloc(sizeof(*message) + length_bytes, GFP_KERNEL);

	if (!message)
		return ERR_PTR(-ENOMEM);
	message->length_bytes = length_bytes;
	if (copy_from_user(message->text, text, length_bytes)) {
		kfree(message);
		return ERR_PTR(-EFAULT);
	}
	return message;
}

static struct message *take_oldest(void)
{
	struct message *message = list_first_entry_or_null(&messages, struct message, node);

	if (message) {
		list_del(&message->node);
		message_count--;
	}
	return message;
}

/* The planted bug: the message is asked for its length when it is freed already. */
static noinline void drop_oldest(void)
{
	struct message *message = take_oldest();

	kfree(message);
	held_bytes -= message->length_bytes;
}

static ssize_t ring_write(struct file *file, const char __user *text, size_t length_bytes,
			  loff_t *position)
{
	struct message *message;

	if (length_bytes > MESSAGE_BYTES_MAX)
		return -EMSGSIZE;
	message = message_create(text, length_bytes);
	if (IS_ERR(message))
		return PTR_ERR(message);
	mutex_lock(&ring_mutex);
	if (message_count == MESSAGES_MAX)
		drop_oldest();
	list_add_tail(&message->node, &messages);
	message_count++;
	held_bytes += length_bytes;
	mutex_unlock(&ring_mutex);
	return length_bytes;
}

static ssize_t ring_read(struct file *file, char __user *text, size_t size_bytes, loff_t *position)
{
	struct message *message;
	ssize_t length_bytes = 0;

	mutex_lock(&ring_mutex);
	message = take_oldest();
	if (message)
		held_bytes -= message->length_bytes;
	mutex_unlock(&ring_mutex);
	if (message)
		length_bytes = min(size_bytes, message->length_bytes);
	if (length_bytes && copy_to_user(text, message->text, length_bytes))
		length_bytes = -EFAULT;
	kfree(message);
	return length_bytes;
}

static const struct file_operations ring_operations = {
	.owner = THIS_MODULE,
	.read = ring_read,
	.write = ring_write,
};

static struct miscdevice ring_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ring",
	.fops = &ring_operations,
};

static int __init ring_init(void)
{
	return misc_register(&ring_device);
}

static void __exit ring_exit(void)
{
	misc_deregister(&ring_device);
	while (message_count)
		kfree(take_oldest());
}

module_init(ring_init);
module_exit(ring_exit);

MODULE_DESCRIPTION("A ring of messages, with a memory error on purpose, for Picket's demo");
MODULE_LICENSE("Dual MIT/GPL");
