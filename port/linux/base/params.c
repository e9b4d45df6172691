/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "base.h"
#include "params.h"

#include <linux/mutex.h>
#include <linux/string.h>

static bool live; /* changes act at once */
static DEFINE_MUTEX(change);

int picket_param_refuse(const char *value, const char *name, const char *allowed)
{
	pr_err("%s '%.*s' is not allowed: %s\n", name, (int)strcspn(value, "\n"), value, allowed);
	return -EINVAL;
}

void picket_param_store(unsigned int *place, unsigned int value, void (*apply)(void))
{
	mutex_lock(&change);
	WRITE_ONCE(*place, value);
	if (live && apply)
		apply();
	mutex_unlock(&change);
}

void picket_params_live(bool is_live, void (*apply)(void))
{
	mutex_lock(&change);
	live = is_live;
	apply();
	mutex_unlock(&change);
}

static int set_bounded(const char *value, const struct kernel_param *param)
{
	const struct picket_bounded *bounded = param->arg;
	char allowed[64];
	unsigned int number;

	if (kstrtouint(value, 0, &number) || number < bounded->min || number > bounded->max) {
		scnprintf(allowed, sizeof(allowed), "numbers from %u to %u are", bounded->min,
			  bounded->max);
		return picket_param_refuse(value, param->name, allowed);
	}
	picket_param_store(bounded->value, number, bounded->apply);
	return 0;
}

static int get_bounded(char *buffer, const struct kernel_param *param)
{
	const struct picket_bounded *bounded = param->arg;

	return scnprintf(buffer, PAGE_SIZE, "%u\n", *bounded->value);
}

static int set_flag(const char *value, const struct kernel_param *param)
{
	if (param_set_bool(value, param))
		return picket_param_refuse(value, param->name, "Y and N are");
	return 0;
}

static int set_choice(const char *value, const struct kernel_param *param)
{
	const struct picket_choice *choice = param->arg;
	unsigned int number;

	for (number = 0; choice->words[number]; number++) {
		if (!sysfs_streq(value, choice->words[number]))
			continue;
		*choice->value = number;
		return 0;
	}
	return picket_param_refuse(value, param->name, choice->allowed);
}

static int get_choice(char *buffer, const struct kernel_param *param)
{
	const struct picket_choice *choice = param->arg;

	return scnprintf(buffer, PAGE_SIZE, "%s\n", choice->words[*choice->value]);
}

const struct kernel_param_ops picket_bounded_ops = { .set = set_bounded, .get = get_bounded };
const struct kernel_param_ops picket_choice_ops = { .set = set_choice, .get = get_choice };
const struct kernel_param_ops picket_flag_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = set_flag,
	.get = param_get_bool,
};
