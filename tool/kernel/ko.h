/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A kernel module as this command looks for it, builds and loads it. */
#ifndef PICKET_TOOL_KERNEL_KO_H
#define PICKET_TOOL_KERNEL_KO_H

struct picket_ko {
	const char *name;      /* "picket" */
	const char *command;   /* for which it is wanted; what is said begins so */
	const char *directory; /* where its Kbuild is, among the sources of Picket */
	const char *otherwise; /* what can be done if there are no sources */
};

#endif
