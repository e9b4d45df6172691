/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the files here share. They are built into each of Picket's modules anew. */
#ifndef PICKET_LINUX_BASE_H
#define PICKET_LINUX_BASE_H

#include "../../../core/atomic.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#endif
