/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "line.h"

#include <string.h>

#define GROUP_BYTES_MAX 64 /* between brackets */
#define LEVEL_BYTES_MAX 32 /* "kern  :warn  : " */
#define NEWLINE "\\x0a"	   /* as /dev/kmsg shows it */

/* "T138" or "C1" */
static bool is_caller(const struct picket_scan *group)
{
	struct picket_scan rest = *group;
	u64 number;

	if (!picket_scan_words(&rest, "T") && !picket_scan_words(&rest, "C"))
		return false;
	return picket_scan_number(&rest, &number) && rest.at == rest.end;
}

static void read_caller(const struct picket_scan *group, struct picket_kernel_line *out)
{
	if (is_caller(group))
		picket_scan_copy(group->at, group->end, out->caller, sizeof(out->caller));
}

/* "3,1031,4549644,-,caller=T138;": level and facility, number, microseconds, flags. */
static bool read_record_head(struct picket_kernel_line *out)
{
	struct picket_scan scan = out->text;
	u64 level, number, time_us;
	const char *end, *caller;

	if (!picket_scan_number(&scan, &level) || !picket_scan_words(&scan, ",") ||
	    !picket_scan_number(&scan, &number) || !picket_scan_words(&scan, ",") ||
	    !picket_scan_number(&scan, &time_us) || !picket_scan_words(&scan, ","))
		return false;
	end = picket_scan_find(&scan, ";");
	if (!end)
		return false;
	out->text.at = end + 1;
	out->time_ns = time_us < ~0ull / 1000 ? time_us * 1000 : 0;
	scan.end = end;
	caller = picket_scan_find(&scan, ",caller=");
	if (caller)
		read_caller(&(struct picket_scan){ caller + strlen(",caller="), end }, out);
	return true;
}

/* "Nov 21 08:00:00 host kernel: ", whatever the date looks like. */
static void skip_journal(struct picket_scan *scan)
{
	const char *name = picket_scan_find(scan, "kernel: ");

	if (name && (name == scan->at || name[-1] == ' '))
		scan->at = name + strlen("kernel: ");
}

static bool is_lower_or_space(char character)
{
	return (character >= 'a' && character <= 'z') || character == ' ';
}

/* "kern  :warn  : ", as dmesg -x puts it. */
static void skip_level(struct picket_scan *scan)
{
	const char *at = scan->at;
	int colons = 0;

	for (; at < scan->end && at - scan->at < LEVEL_BYTES_MAX && colons < 2; at++) {
		if (*at == ':')
			colons++;
		else if (!is_lower_or_space(*at))
			return;
	}
	if (colons == 2 && at < scan->end && *at == ' ')
		scan->at = at + 1;
}

/* "<3>", as dmesg -r puts it. */
static void skip_number(struct picket_scan *scan)
{
	struct picket_scan rest = *scan;
	u64 number;

	if (picket_scan_words(&rest, "<") && picket_scan_number(&rest, &number) &&
	    picket_scan_words(&rest, ">"))
		*scan = rest;
}

/* "[    4.138460] ", "[  T138] ", or a date that says no time since boot. */
static bool read_group(struct picket_kernel_line *out)
{
	struct picket_scan *scan = &out->text, group = *scan;
	const char *end;
	u64 time_ns;

	if (!picket_scan_words(&group, "["))
		return false;
	end = picket_scan_find(&group, "]");
	if (!end || end - group.at > GROUP_BYTES_MAX)
		return false;
	scan->at = end + 1;
	group.end = end;
	picket_scan_spaces(&group);
	read_caller(&group, out);
	if (picket_scan_seconds(&group, &time_ns))
		out->time_ns = time_ns;
	return true;
}

static void trim_end(struct picket_scan *scan)
{
	while (scan->end > scan->at && strchr(" \t\r\n", scan->end[-1]))
		scan->end--;
}

bool picket_kernel_line_next(struct picket_kernel_line *line)
{
	const char *newline;

	if (line->rest.at == line->rest.end)
		return false;
	line->text = line->rest;
	line->rest.at = line->rest.end;
	newline = picket_scan_find(&line->text, NEWLINE);
	if (newline) {
		line->text.end = newline;
		line->rest.at = newline + strlen(NEWLINE);
	}
	return true;
}

void picket_kernel_line_read(const char *line, size_t length, struct picket_kernel_line *out)
{
	struct picket_scan *text = &out->text;

	*out = (struct picket_kernel_line){ .text = { line, line + length } };
	trim_end(text);
	out->rest = (struct picket_scan){ text->end, text->end };
	if (read_record_head(out)) {
		out->rest.at = text->at;
		picket_kernel_line_next(out);
		return;
	}
	skip_journal(text);
	skip_number(text);
	skip_level(text);
	while (read_group(out))
		picket_scan_words(text, " ");
}
