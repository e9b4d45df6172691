/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Reading phrases of text that may be anything, piece by piece. Each function takes what it
 * describes from the front, or takes nothing and says so.
 */
#ifndef PICKET_TOOL_SCAN_H
#define PICKET_TOOL_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/types.h"

struct picket_scan {
	const char *at;
	const char *end;
};

/** picket_scan_words() - exactly these characters. */
bool picket_scan_words(struct picket_scan *scan, const char *words);

/** picket_scan_spaces() - any number of blanks. Return: how many. */
size_t picket_scan_spaces(struct picket_scan *scan);

/** picket_scan_number() - decimal digits; a number too large for 64 bits is not one. */
bool picket_scan_number(struct picket_scan *scan, u64 *number);

/** picket_scan_signed() - the same with an optional '-', for what fits an s32. */
bool picket_scan_signed(struct picket_scan *scan, s32 *number);

/** picket_scan_hex() - "0x" and 1 to 16 digits. */
bool picket_scan_hex(struct picket_scan *scan, u64 *number);

/** picket_scan_seconds() - "4.204945", as nanoseconds; what is finer than those is cut. */
bool picket_scan_seconds(struct picket_scan *scan, u64 *time_ns);

/** picket_scan_find() - the first place of the words. Return: it; NULL: there is none. */
const char *picket_scan_find(const struct picket_scan *scan, const char *words);

/**
 * picket_scan_copy() - what lies between, cut to a buffer, the rest of which is zeroed. Names in a
 * kernel are printable ASCII; anything else becomes '?'.
 */
void picket_scan_copy(const char *from, const char *to, char *out, size_t out_bytes);

#endif
