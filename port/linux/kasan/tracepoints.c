/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "../base/base.h"
#include "tracepoints.h"

#include <linux/tracepoint.h>

#define PROBES_MAX 16

static struct {
	struct tracepoint *point;
	void *function;
} added[PROBES_MAX];
static unsigned int count;

struct search {
	const char *name;
	struct tracepoint *found;
};

static void compare(struct tracepoint *point, void *context)
{
	struct search *search = context;

	if (!strcmp(point->name, search->name))
		search->found = point;
}

int picket_tracepoints_add(const char *event, void *function)
{
	struct search search = { .name = event };
	int error;

	for_each_kernel_tracepoint(compare, &search);
	if (!search.found)
		return -ENOENT;
	if (count == PROBES_MAX)
		return -ENOSPC;
	error = tracepoint_probe_register(search.found, function, NULL);
	if (error)
		return error;
	added[count].point = search.found;
	added[count].function = function;
	count++;
	return 0;
}

void picket_tracepoints_remove(void)
{
	while (count) {
		count--;
		tracepoint_probe_unregister(added[count].point, added[count].function, NULL);
	}
	tracepoint_synchronize_unregister();
}
