/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A driver without bugs that works for as long as it is loaded: threads and a timer put objects of
 * every kind into slots that they share, and check and free what another had put there. What is
 * written to the file `data` can be read there again. All under /sys/kernel/debug/MODULE/.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define SLOTS 512u
#define WORKERS 3u
#define STEPS_AT_ONCE 16u
#define REST_JIFFIES (HZ / 25) /* then */
#define CACHED_BYTES 200u
#define DATA_BYTES_MAX SZ_1M
#define DEPTH 4u

enum kind { SMALL, SMALL_ONLY_ZEROS, CACHED, LARGE, AREA };

struct object {
	struct rcu_head rcu;
	u32 bytes; /* with this head */
	u8 kind;
	u8 fill;
	u8 data[];
};

static u32 seed;
module_param(seed, uint, 0400);
static struct object *slots[SLOTS];
static struct kmem_cache *cache;
static atomic_t steps, failed;
static struct task_struct *workers[WORKERS];
static struct timer_list timer;
static u32 timer_random;
static struct dentry *directory;
static void *data;
static size_t data_bytes;
static DEFINE_MUTEX(data_lock);

static u32 random_below(u32 *random, u32 limit)
{
	*random = *random * 1664525 + 1013904223;
	return (*random >> 8) % limit;
}

/*
 * Objects.
 */

/* Most are small, so that the runtime keeps many. Who must not wait has the first ones. */
static const struct {
	enum kind kind;
	u32 bytes_max; /* but for the head */
} chances[] = {
	{ SMALL, 100 }, { SMALL_ONLY_ZEROS, 300 },   { CACHED, 0 }, { SMALL, 800 },
	{ SMALL, 30 },	{ SMALL_ONLY_ZEROS, 12000 }, { CACHED, 0 }, { LARGE, 20000 },
	{ SMALL, 50 },	{ SMALL_ONLY_ZEROS, 2000 },  { CACHED, 0 }, { AREA, 100000 },
};

#define CHANCES_ATOMIC 7

static void *allocate(enum kind kind, u32 bytes, gfp_t flags)
{
	switch (kind) {
	case SMALL:
	case LARGE:
		return kmalloc(bytes, flags);
	case SMALL_ONLY_ZEROS:
		return kzalloc(bytes, flags);
	case CACHED:
		return kmem_cache_alloc(cache, flags);
	default:
		return vmalloc(bytes);
	}
}

static u32 random_bytes(u32 *random, u32 bytes_max)
{
	return sizeof(struct object) + 1 + random_below(random, bytes_max);
}

static struct object *make(u32 *random, gfp_t flags)
{
	bool may_wait = gfpflags_allow_blocking(flags);
	u32 chance = random_below(random, may_wait ? ARRAY_SIZE(chances) : CHANCES_ATOMIC);
	enum kind kind = chances[chance].kind;
	u32 bytes = kind == CACHED ? CACHED_BYTES : random_bytes(random, chances[chance].bytes_max);
	struct object *object = allocate(kind, bytes, flags | __GFP_NOWARN);

	if (!object)
		return NULL;
	object->bytes = bytes;
	object->kind = kind;
	object->fill = kind == SMALL_ONLY_ZEROS ? 0 : random_below(random, 256);
	if (kind != SMALL_ONLY_ZEROS)
		memset(object->data, object->fill, bytes - sizeof(*object));
	return object;
}

/* Every byte at the ends, and some between. */
static void check(const struct object *object)
{
	u32 count = object->bytes - sizeof(*object);
	u32 i;

	for (i = 0; i < count; i += i < 16 || i + 16 >= count ? 1 : min(count / 16, count - i - 16))
		if (object->data[i] != object->fill) {
			atomic_inc(&failed);
			return;
		}
}

static struct object *resize(struct object *object, u32 bytes)
{
	u32 count = object->bytes - sizeof(*object);
	struct object *resized = krealloc(object, bytes, GFP_KERNEL | __GFP_NOWARN);

	if (!resized)
		return object;
	if (bytes > resized->bytes)
		memset(resized->data + count, resized->fill, bytes - resized->bytes);
	resized->bytes = bytes;
	return resized;
}

static void free_cached(struct rcu_head *head)
{
	kmem_cache_free(cache, container_of(head, struct object, rcu));
}

static void free_object(struct object *object, bool later)
{
	if (object->kind == AREA)
		vfree(object);
	else if (object->kind == CACHED && later)
		call_rcu(&object->rcu, free_cached);
	else if (object->kind == CACHED)
		kmem_cache_free(cache, object);
	else if (later)
		kfree_rcu(object, rcu);
	else
		kfree(object);
}

/* NULL: the slot stays empty. */
static void put(u32 slot, struct object *object, bool later)
{
	struct object *old = xchg(&slots[slot], object);

	if (!old)
		return;
	check(old);
	free_object(old, later);
}

/*
 * Who works.
 */

static noinline u32 use_stack(u32 *random, u32 depth)
{
	u32 bytes = 1 + random_below(random, 150);
	u8 *block = __builtin_alloca(bytes);
	u32 table[9];
	u32 i;

	memset(block, depth, bytes);
	for (i = 0; i < ARRAY_SIZE(table); i++)
		table[i] = block[i * (bytes - 1) / ARRAY_SIZE(table)];
	return table[random_below(random, ARRAY_SIZE(table))] +
	       (depth ? use_stack(random, depth - 1) : 0);
}

static void step(u32 *random)
{
	struct object *object = make(random, GFP_KERNEL);

	if (object && (object->kind == SMALL || object->kind == LARGE) && !random_below(random, 4))
		object = resize(object, random_bytes(random, 2 * object->bytes));
	put(random_below(random, SLOTS), object, random_below(random, 4) == 0);
	if (use_stack(random, DEPTH) != DEPTH * (DEPTH + 1) / 2)
		atomic_inc(&failed);
	atomic_inc(&steps);
}

static void make_steps(u32 *random)
{
	u32 i;

	for (i = 0; i < STEPS_AT_ONCE; i++) {
		step(random);
		cond_resched();
	}
}

static int visitor(void *context)
{
	u32 random = (uintptr_t)context;

	make_steps(&random);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

/* A stack that was used before. */
static void send_visitor(u32 *random)
{
	struct task_struct *task = kthread_run(
		visitor, (void *)(uintptr_t)random_below(random, U16_MAX), "picket_visitor");

	if (!IS_ERR(task))
		kthread_stop(task);
}

static int work(void *context)
{
	u32 random = seed + (uintptr_t)context;

	while (!kthread_should_stop()) {
		make_steps(&random);
		if (!random_below(&random, 8))
			send_visitor(&random);
		schedule_timeout_interruptible(REST_JIFFIES);
	}
	return 0;
}

static void on_timer(struct timer_list *unused)
{
	put(random_below(&timer_random, SLOTS), make(&timer_random, GFP_ATOMIC), false);
	mod_timer(&timer, jiffies + 1);
}

/*
 * The file.
 */

static ssize_t data_write(struct file *file, const char __user *text, size_t length,
			  loff_t *position)
{
	void *copy, *old;

	if (!length || length > DATA_BYTES_MAX)
		return -EINVAL;
	copy = kvmalloc(length, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	if (copy_from_user(copy, text, length)) {
		kvfree(copy);
		return -EFAULT;
	}
	mutex_lock(&data_lock);
	old = data;
	data = copy;
	data_bytes = length;
	mutex_unlock(&data_lock);
	kvfree(old);
	return length;
}

static ssize_t data_read(struct file *file, char __user *text, size_t length, loff_t *position)
{
	ssize_t count = 0;

	mutex_lock(&data_lock);
	if (*position < data_bytes)
		count = min_t(size_t, length, data_bytes - *position);
	if (count && copy_to_user(text, (char *)data + *position, count))
		count = -EFAULT;
	else
		*position += count;
	mutex_unlock(&data_lock);
	return count;
}

static const struct file_operations data_operations = {
	.owner = THIS_MODULE,
	.read = data_read,
	.write = data_write,
};

/*
 * Coming and going.
 */

/* The largest object that the heap has at all. */
static int use_largest(void)
{
	u8 *largest = kvmalloc(KMALLOC_MAX_SIZE, GFP_KERNEL);

	if (!largest)
		return -ENOMEM;
	WRITE_ONCE(largest[0], 1);
	WRITE_ONCE(largest[KMALLOC_MAX_SIZE - 1], 1);
	kvfree(largest);
	return 0;
}

static void stop_work(void)
{
	u32 i;

	del_timer_sync(&timer);
	for (i = 0; i < WORKERS; i++)
		if (workers[i])
			kthread_stop(workers[i]);
	for (i = 0; i < SLOTS; i++)
		put(i, NULL, i % 2);
	rcu_barrier();
	kmem_cache_destroy(cache);
}

static int start_work(void)
{
	uintptr_t i;

	for (i = 0; i < WORKERS; i++) {
		struct task_struct *task = kthread_run(work, (void *)i, "picket_load/%lu", i);

		if (IS_ERR(task))
			return PTR_ERR(task);
		workers[i] = task;
	}
	mod_timer(&timer, jiffies + 1);
	return 0;
}

static int __init load_init(void)
{
	int error = use_largest();

	if (error)
		return error;
	cache = kmem_cache_create(KBUILD_MODNAME, CACHED_BYTES, 0, 0, NULL);
	if (!cache)
		return -ENOMEM;
	timer_setup(&timer, on_timer, 0);
	error = start_work();
	if (error) {
		stop_work();
		return error;
	}
	directory = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_file("data", 0600, directory, NULL, &data_operations);
	debugfs_create_atomic_t("steps", 0400, directory, &steps);
	debugfs_create_atomic_t("failed", 0400, directory, &failed);
	return 0;
}

static void __exit load_exit(void)
{
	debugfs_remove_recursive(directory);
	stop_work();
	kvfree(data);
}

module_init(load_init);
module_exit(load_exit);

MODULE_DESCRIPTION("A driver without bugs that is always at work, for tests of Picket");
MODULE_LICENSE("Dual MIT/GPL");
