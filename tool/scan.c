/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "scan.h"

#include <string.h>

#define SECOND_NS 1000000000ull
#define SECONDS_MAX (~0ull / SECOND_NS - 1)

static size_t left(const struct picket_scan *scan)
{
	return (size_t)(scan->end - scan->at);
}

bool picket_scan_words(struct picket_scan *scan, const char *words)
{
	size_t length = strlen(words);

	if (left(scan) < length || memcmp(scan->at, words, length))
		return false;
	scan->at += length;
	return true;
}

size_t picket_scan_spaces(struct picket_scan *scan)
{
	const char *start = scan->at;

	while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t'))
		scan->at++;
	return (size_t)(scan->at - start);
}

static int digit(const char *at, int base)
{
	if (*at >= '0' && *at <= '9')
		return *at - '0';
	if (base == 16 && *at >= 'a' && *at <= 'f')
		return *at - 'a' + 10;
	return -1;
}

static bool scan_digits(struct picket_scan *scan, int base, u64 *number)
{
	const char *at = scan->at;
	int value;

	*number = 0;
	for (; at < scan->end && (value = digit(at, base)) >= 0; at++) {
		if (*number > (~0ull - (u64)value) / (u64)base)
			return false;
		*number = *number * (u64)base + (u64)value;
	}
	if (at == scan->at)
		return false;
	scan->at = at;
	return true;
}

bool picket_scan_number(struct picket_scan *scan, u64 *number)
{
	return scan_digits(scan, 10, number);
}

bool picket_scan_signed(struct picket_scan *scan, s32 *number)
{
	struct picket_scan start = *scan;
	bool minus = picket_scan_words(scan, "-");
	u64 value;

	if (!picket_scan_number(scan, &value) || value > 0x7fffffff) {
		*scan = start;
		return false;
	}
	*number = minus ? -(s32)value : (s32)value;
	return true;
}

bool picket_scan_hex(struct picket_scan *scan, u64 *number)
{
	struct picket_scan start = *scan;

	if (picket_scan_words(scan, "0x") && scan_digits(scan, 16, number))
		return true;
	*scan = start;
	return false;
}

bool picket_scan_seconds(struct picket_scan *scan, u64 *time_ns)
{
	struct picket_scan start = *scan;
	u64 seconds, unit_ns = SECOND_NS;

	if (!picket_scan_number(scan, &seconds) || seconds > SECONDS_MAX ||
	    !picket_scan_words(scan, ".")) {
		*scan = start;
		return false;
	}
	*time_ns = seconds * SECOND_NS;
	for (; scan->at < scan->end && digit(scan->at, 10) >= 0; scan->at++) {
		unit_ns /= 10;
		*time_ns += (u64)digit(scan->at, 10) * unit_ns;
	}
	return true;
}

const char *picket_scan_find(const struct picket_scan *scan, const char *words)
{
	return memmem(scan->at, left(scan), words, strlen(words));
}

void picket_scan_copy(const char *from, const char *to, char *out, size_t out_bytes)
{
	size_t length = (size_t)(to - from);

	if (length >= out_bytes)
		length = out_bytes - 1;
	memset(out, 0, out_bytes);
	for (size_t i = 0; i < length; i++)
		out[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
}
