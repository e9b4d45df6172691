/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The parameters of picket.ko (kernel/parameters.def): values that are wanted of them. */
#ifndef PICKET_TOOL_KERNEL_PARAMETERS_H
#define PICKET_TOOL_KERNEL_PARAMETERS_H

#include <stdbool.h>

#include "port/process/options.h"

#define PICKET_DEFAULT_INTERVAL_MS 100

/* A parameter as it stands below /sys/module/NAME/parameters/. */
struct picket_setting {
	const char *name; /* with '_' */
	const char *value;
};

/** picket_parameter_name() - "sample_interval" for the option "interval", else its own. */
const char *picket_parameter_name(const struct picket_option *option);

/**
 * picket_parameter_check() - is this a value of the parameter?
 * @error: receives one line that begins with the option's name if it is not;
 *         PICKET_OPTION_ERROR_BYTES are always enough.
 * Return: 0 or -1.
 */
int picket_parameter_check(const struct picket_option *option, const char *value, char *error);

/** picket_parameter_is_interval() - does it say how often samples are taken? */
bool picket_parameter_is_interval(const char *name);

/**
 * picket_parameters_text() - settings as finit_module(2) takes them.
 * @settings: ended by a row without name.
 * Return: the text, to be freed; NULL: out of memory.
 */
char *picket_parameters_text(const struct picket_setting *settings);

#endif
