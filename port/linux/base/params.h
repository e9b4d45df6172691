/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Parameters of a module: what is not allowed is refused by one line that says what is. */
#ifndef PICKET_LINUX_PARAMS_H
#define PICKET_LINUX_PARAMS_H

#include <linux/moduleparam.h>

/* A bounded number: its limits stand with it. */
struct picket_bounded {
	unsigned int *value;
	unsigned int min;
	unsigned int max;
	void (*apply)(void); /* a change, where a new value is not just read */
};

/* One of a few words. */
struct picket_choice {
	unsigned int *value;
	const char *const *words; /* NULL after the last */
	const char *allowed;
};

/* For module_param_cb(), with one of the above, or a bool, as the argument. */
extern const struct kernel_param_ops picket_bounded_ops;
extern const struct kernel_param_ops picket_choice_ops;
extern const struct kernel_param_ops picket_flag_ops;

/**
 * picket_param_refuse() - say why a value is not taken.
 * @allowed: as in "numbers from 1 to 3 are".
 * Return: -EINVAL.
 */
int picket_param_refuse(const char *value, const char *name, const char *allowed);

/** picket_param_store() - set a number, and let it act if changes do. May sleep. */
void picket_param_store(unsigned int *place, unsigned int value, void (*apply)(void));

/**
 * picket_params_live() - from now on changes act at once, or only when they are read.
 * @apply: called now, while nothing changes. May sleep.
 */
void picket_params_live(bool live, void (*apply)(void));

#endif
