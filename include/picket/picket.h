/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Picket's version. The other public headers are
 *
 *	<picket/types.h>	fixed-width types that need no other header
 *	<picket/record.h>	one bug as plain data: struct picket_record and its enums
 *
 * They hold declarations only: a program that works with records needs no library. The preload
 * library is not linked against; `pkg-config --variable=preload picket` tells where it is. The
 * detector itself is not installed, because it is compiled anew for each port: see PORTING.md.
 */
#ifndef PICKET_H
#define PICKET_H

#include <picket/record.h>
#include <picket/types.h>

#define PICKET_VERSION_MAJOR 0
#define PICKET_VERSION_MINOR 1
#define PICKET_VERSION_PATCH 0
#define PICKET_VERSION "0.1.0"

#endif
