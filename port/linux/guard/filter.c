/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Lists of names are replaced as a whole, so that an allocation reads the old one or the new one.
 * A name is compared when an allocation asks: caches and modules come and go.
 */
#include "module.h"
#include "filter.h"
#include "imports.h"

#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#define NAME_BYTES_MAX 63
#define NAMES_BYTES_MAX 1024
#define CALLER_FRAMES 8
#define STACK_FRAMES (CALLER_FRAMES + 16) /* our own and the allocator's are taken away */

struct names {
	struct rcu_head rcu;
	bool is_module; /* '-' means '_', as everywhere with modules */
	char text[];
};

static struct names __rcu *caches;
static struct names __rcu *modules;
static u64 sizes; /* the largest above the smallest, 32 bits each, to be read at once; 0: all */

static bool is_same(const struct names *names, const char *item, size_t length, const char *name)
{
	size_t i;

	for (i = 0; i < length; i++) {
		char c = names->is_module && item[i] == '-' ? '_' : item[i];

		if (c != name[i])
			return false;
	}
	return !name[length];
}

static bool is_listed(const struct names *names, const char *name)
{
	const char *item = names->text;

	for (;;) {
		size_t length = strcspn(item, ",");

		if (is_same(names, item, length, name))
			return true;
		if (!item[length])
			return false;
		item += length + 1;
	}
}

bool picket_filter_allows(const char *cache_name, size_t size)
{
	const struct names *names = rcu_dereference(caches);
	u64 range = READ_ONCE(sizes);

	if (range && (size < lower_32_bits(range) || size > upper_32_bits(range)))
		return false;
	return !names || is_listed(names, cache_name);
}

static bool is_of_module(const struct names *names, unsigned long pc)
{
	const struct module *module;
	bool listed;

	preempt_disable();
	module = picket_kernel.module_address(pc);
	listed = module && is_listed(names, module->name);
	preempt_enable();
	return listed;
}

bool picket_filter_allows_caller(void)
{
	const struct names *names = rcu_dereference(modules);
	u64 pc[STACK_FRAMES];
	u32 count, i;

	if (!names)
		return true;
	count = picket_plat_stack(&picket_linux, NULL, pc, STACK_FRAMES);
	for (i = 0; i < count && i < CALLER_FRAMES; i++)
		if (is_of_module(names, pc[i]))
			return true;
	return false;
}

/* Commas between names, none of them empty. */
static bool names_are_valid(const char *text, size_t length)
{
	size_t i, run = 0;

	if (length > NAMES_BYTES_MAX)
		return false;
	for (i = 0; i <= length; i++) {
		if (i == length || text[i] == ',') {
			if (!run)
				return false;
			run = 0;
		} else if (!isprint(text[i]) || ++run > NAME_BYTES_MAX) {
			return false;
		}
	}
	return true;
}

static void names_replace(struct names __rcu **place, struct names *names)
{
	struct names *old = rcu_dereference_protected(*place, true);

	rcu_assign_pointer(*place, names);
	if (old)
		kfree_rcu(old, rcu);
}

static int set_names(const char *value, const struct kernel_param *param)
{
	size_t length = strcspn(value, "\n");
	struct names *names = NULL;

	if (length && !names_are_valid(value, length)) {
		pr_err("%s '%.*s' is not allowed: names with commas between them are, or nothing\n",
		       param->name, (int)length, value);
		return -EINVAL;
	}
	if (length) {
		names = kzalloc(struct_size(names, text, length + 1), GFP_KERNEL);
		if (!names)
			return -ENOMEM;
		names->is_module = param->arg == &modules;
		memcpy(names->text, value, length);
	}
	names_replace(param->arg, names);
	return 0;
}

static int get_names(char *buffer, const struct kernel_param *param)
{
	const struct names *names =
		rcu_dereference_protected(*(struct names __rcu **)param->arg, true);

	return scnprintf(buffer, PAGE_SIZE, "%s\n", names ? names->text : "");
}

static void free_names(void *place)
{
	names_replace(place, NULL);
}

/* "MIN-MAX" */
static bool read_sizes(const char *value, size_t length, u32 *min, u32 *max)
{
	char text[24] = "";
	char *dash;

	if (length >= sizeof(text))
		return false;
	memcpy(text, value, length);
	dash = strchr(text, '-');
	if (!dash)
		return false;
	*dash = '\0';
	return !kstrtou32(text, 0, min) && !kstrtou32(dash + 1, 0, max) && *min >= 1 &&
	       *min <= *max && *max <= PAGE_SIZE;
}

static int set_sizes(const char *value, const struct kernel_param *param)
{
	size_t length = strcspn(value, "\n");
	u32 min = 0, max = 0;

	if (length && !read_sizes(value, length, &min, &max)) {
		pr_err("%s '%.*s' is not allowed: MIN-MAX is, from 1 to %lu, or nothing\n",
		       param->name, (int)length, value, PAGE_SIZE);
		return -EINVAL;
	}
	WRITE_ONCE(sizes, (u64)max << 32 | min);
	return 0;
}

static int get_sizes(char *buffer, const struct kernel_param *param)
{
	if (!sizes)
		return scnprintf(buffer, PAGE_SIZE, "\n");
	return scnprintf(buffer, PAGE_SIZE, "%u-%u\n", lower_32_bits(sizes), upper_32_bits(sizes));
}

static const struct kernel_param_ops names_ops = {
	.set = set_names,
	.get = get_names,
	.free = free_names,
};
static const struct kernel_param_ops sizes_ops = { .set = set_sizes, .get = get_sizes };

module_param_cb(filter_cache, &names_ops, &caches, 0644);
MODULE_PARM_DESC(filter_cache, "sample only from these caches: NAME,NAME... (all)");
module_param_cb(filter_module, &names_ops, &modules, 0644);
MODULE_PARM_DESC(filter_module, "sample only what these modules allocate: NAME,NAME... (all)");
module_param_cb(filter_size, &sizes_ops, NULL, 0644);
MODULE_PARM_DESC(filter_size, "sample only objects of so many bytes: MIN-MAX (all)");
