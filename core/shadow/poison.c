/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Writing shadow. Shadow that reads as 0 may be a page shared by all that is open, so zeros are
 * written only where there is something else, and anything else only behind
 * picket_plat_shadow_back().
 */
#include "state.h"

#define NOT_STARTED (-11) /* EAGAIN */
#define LINE_BYTES 64u	  /* of shadow, at one go */
#define LONG_BYTES (2 * LINE_BYTES)

static uptr granules(uptr bytes)
{
	return (bytes + PICKET_GRANULE_BYTES - 1) >> PICKET_SHADOW_SCALE;
}

/* Is there shadow from the first byte to the last? */
PICKET_NO_CHECK static bool is_shadowed(uptr address, uptr bytes)
{
	return !picket_shadow_is_wrapped(address, bytes) && picket_has_shadow(address) &&
	       picket_has_shadow(address + bytes - 1);
}

/* Code that compilers made may ask before there is a port, and after it. */
PICKET_NO_CHECK static int back(const u8 *shadow, uptr count)
{
	int error;

	if (!picket_shadow_state.platform)
		return NOT_STARTED;
	error = picket_plat_shadow_back(picket_shadow_state.platform, (uptr)shadow, count);
	if (error)
		picket_add(&picket_shadow_state.not_backed, 1ull);
	return error;
}

/* The first whole word in a piece of shadow, or its end. */
static u8 *first_word(u8 *shadow, u8 *end)
{
	u8 *word = (u8 *)(((uptr)shadow + sizeof(u64) - 1) & ~(sizeof(u64) - 1));

	return word < end ? word : end;
}

PICKET_NO_CHECK static void clear_bytes(u8 *shadow, const u8 *end)
{
	for (; shadow < end; shadow++)
		if (*shadow)
			picket_store(shadow, (u8)PICKET_SHADE_OPEN);
}

PICKET_NO_CHECK static inline bool is_open_line(const picket_shades8 *line)
{
	return !(line[0] | line[1] | line[2] | line[3] | line[4] | line[5] | line[6] | line[7]);
}

PICKET_NO_CHECK static inline void fill_line(picket_shades8 *line, u64 shades)
{
	picket_store(&line[0], shades);
	picket_store(&line[1], shades);
	picket_store(&line[2], shades);
	picket_store(&line[3], shades);
	picket_store(&line[4], shades);
	picket_store(&line[5], shades);
	picket_store(&line[6], shades);
	picket_store(&line[7], shades);
}

/* Whole lines of a long piece. Each lies in one page. */
PICKET_NO_CHECK static u8 *clear_lines(u8 *shadow, const u8 *end)
{
	for (; (uptr)shadow % LINE_BYTES; shadow += sizeof(u64))
		if (*(const picket_shades8 *)shadow)
			picket_store((picket_shades8 *)shadow, 0);
	for (; shadow + LINE_BYTES <= end; shadow += LINE_BYTES)
		if (!is_open_line((const picket_shades8 *)shadow))
			fill_line((picket_shades8 *)shadow, 0);
	return shadow;
}

PICKET_NO_CHECK static void clear(u8 *shadow, uptr count)
{
	u8 *end = shadow + count;
	u8 *at = first_word(shadow, end);

	clear_bytes(shadow, at);
	if (count >= LONG_BYTES)
		at = clear_lines(at, end);
	for (; at + sizeof(u64) <= end; at += sizeof(u64))
		if (*(const picket_shades8 *)at)
			picket_store((picket_shades8 *)at, 0);
	clear_bytes(at, end);
}

/* By words, and each byte by itself, so that no compiler makes a call of memset() of it. */
PICKET_NO_CHECK static void fill(u8 *shadow, u8 shade, uptr count)
{
	const u64 shades = shade * 0x0101010101010101ull;
	u8 *end = shadow + count;
	u8 *at = first_word(shadow, end);

	for (; shadow < at; shadow++)
		picket_store(shadow, shade);
	if (count >= LONG_BYTES)
		for (; at + LINE_BYTES <= end; at += LINE_BYTES)
			fill_line((picket_shades8 *)at, shades);
	for (; at + sizeof(u64) <= end; at += sizeof(u64))
		picket_store((picket_shades8 *)at, shades);
	for (; at < end; at++)
		picket_store(at, shade);
}

int picket_shadow_poison(uptr address, uptr bytes, enum picket_shade shade)
{
	u8 *shadow = picket_shadow_of(address);
	int error;

	if (!bytes || !is_shadowed(address, bytes))
		return 0;
	error = back(shadow, granules(bytes));
	if (!error)
		fill(shadow, (u8)shade, granules(bytes));
	return error;
}

/* A zero that is no longer there would make us leave poison behind. */
void picket_shadow_open(uptr address, uptr bytes)
{
	if (!bytes || !is_shadowed(address, bytes))
		return;
	picket_shadow_pin();
	clear(picket_shadow_of(address), granules(bytes));
	picket_shadow_unpin();
}

int picket_shadow_unpoison(uptr address, uptr bytes)
{
	uptr rest = bytes % PICKET_GRANULE_BYTES;
	u8 *last = picket_shadow_of(address + bytes);
	int error;

	picket_shadow_open(address, bytes - rest);
	if (!rest || !is_shadowed(address, bytes))
		return 0;
	error = back(last, 1);
	if (error)
		picket_shadow_open(address + bytes - rest, rest);
	else
		*last = (u8)rest;
	return error;
}
