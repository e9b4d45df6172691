/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Reads the reports where everybody reads them: in what goes to the console. */
#include "kfence.h"

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#define LINE_BYTES 160
#define PREFIX "BUG: KFENCE: "
#define CONSOLE_WAIT (2 * HZ)

static struct tracepoint *console;

static struct {
	spinlock_t lock;
	unsigned int count;
	unsigned int expected;
	char title[LINE_BYTES];	 /* of the last one, from behind the prefix */
	char access[LINE_BYTES]; /* the line that names the address; empty: still to come */
} seen = { .lock = __SPIN_LOCK_UNLOCKED(seen.lock) };

static void keep(char *line, const char *text, size_t length)
{
	memcpy(line, text, min_t(size_t, length, LINE_BYTES - 1));
	line[min_t(size_t, length, LINE_BYTES - 1)] = '\0';
}

static void take_line(const char *line, size_t length)
{
	const char *title = strnstr(line, PREFIX, length);

	if (title) {
		title += strlen(PREFIX);
		seen.count++;
		keep(seen.title, title, line + length - title);
		seen.access[0] = '\0';
	} else if (!seen.access[0] &&
		   (strnstr(line, " at 0x", length) || strnstr(line, " of 0x", length))) {
		keep(seen.access, line, length);
	}
}

/* Older kernels pass what is written, times and all; newer ones each message. */
static void take(void *unused, const char *text, size_t length)
{
	const char *end = text + length;
	unsigned long flags;

	spin_lock_irqsave(&seen.lock, flags);
	while (text < end) {
		const char *line_end = memchr(text, '\n', end - text) ?: end;

		take_line(text, line_end - text);
		text = line_end + 1;
	}
	spin_unlock_irqrestore(&seen.lock, flags);
}

static void find(struct tracepoint *point, void *unused)
{
	if (!strcmp(point->name, "console"))
		console = point;
}

int reports_watch(void)
{
	for_each_kernel_tracepoint(find, NULL);
	return console ? tracepoint_probe_register(console, take, NULL) : -ENOENT;
}

void reports_unwatch(void)
{
	tracepoint_probe_unregister(console, take, NULL);
	tracepoint_synchronize_unregister();
}

void reports_forget(void)
{
	unsigned long flags;

	spin_lock_irqsave(&seen.lock, flags);
	seen.count = seen.expected = 0;
	spin_unlock_irqrestore(&seen.lock, flags);
}

bool reports_none(void)
{
	unsigned long flags;
	bool none;

	spin_lock_irqsave(&seen.lock, flags);
	none = seen.count == seen.expected;
	spin_unlock_irqrestore(&seen.lock, flags);
	return none;
}

/* Another CPU may be writing to the console for us. */
static bool wait_for_one(void)
{
	unsigned long end = jiffies + CONSOLE_WAIT;

	while (READ_ONCE(seen.count) <= seen.expected || !READ_ONCE(seen.access[0])) {
		if (time_after(jiffies, end))
			return false;
		msleep(1);
	}
	return true;
}

static bool starts_with(const char *text, const char *one, const char *two, const char *three)
{
	const char *parts[] = { one, two, three };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (strncmp(text, parts[i], strlen(parts[i])))
			return false;
		text += strlen(parts[i]);
	}
	return true;
}

bool report_is(const char *what, const char *function, const void *address)
{
	char digits[24];
	unsigned long flags;
	bool is;

	if (!wait_for_one())
		return false;
	snprintf(digits, sizeof(digits), " 0x%p", address);
	spin_lock_irqsave(&seen.lock, flags);
	seen.expected++;
	is = seen.count == seen.expected && starts_with(seen.title, what, " in ", function) &&
	     seen.title[strlen(what) + strlen(" in ") + strlen(function)] == '+' &&
	     strstr(seen.access, digits);
	spin_unlock_irqrestore(&seen.lock, flags);
	if (!is)
		pr_info("# expected '%s in %s' of%s\n", what, function, digits);
	return is;
}
