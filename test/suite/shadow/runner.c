/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Runs cases on a port: what all ports have in common. Is compiled without checks. */
#include "runner.h"

static const struct sh_port *port;
static struct sh_result result;
static picket_u32 first;   /* record of this case */
static picket_u32 asked;   /* records that were expected */
static picket_u32 watched; /* records when the statement began */

static const char *const lacking[] = {
	"the mode has no tags",
	"pages have no redzones in the generic mode",
	"pages that are freed are not poisoned",
	"elements of pools are not poisoned here",
	"objects of such caches are not poisoned when they are freed",
	"the caches themselves are not watched",
	"addresses have no other name here",
	"there is no Rust",
	"such copies are not checked here",
	"nothing jumps over frames here",
	"there is no user space to copy from",
	"there are no other tasks here",
	"makes thousands of reports",
	"the shadow of areas is not counted here",
};

static int equal(const char *one, const char *other)
{
	while (*one && *one == *other) {
		one++;
		other++;
	}
	return *one == *other;
}

static int starts_with(const char *text, const char *start)
{
	while (*start && *text == *start) {
		text++;
		start++;
	}
	return !*start;
}

static int contains(const char *text, const char *part)
{
	for (; *text; text++) {
		if (starts_with(text, part))
			return 1;
	}
	return 0;
}

static const char *file_name(const char *path)
{
	const char *name = path;

	for (; *path; path++) {
		if (*path == '/')
			name = path + 1;
	}
	return name;
}

/* The first thing that is wrong counts; but a case that misses must not fail otherwise. */
static void conclude(enum sh_outcome outcome, const char *why, const char *file, int line)
{
	if (result.outcome != SH_PASSED && !(result.outcome == SH_MISSED && outcome == SH_FAILED))
		return;
	result.outcome = outcome;
	result.why = why;
	result.file = file ? file_name(file) : 0;
	result.line = line;
}

picket_u32 sh_reports(void)
{
	asked = port->record_count();
	return asked - first;
}

const struct picket_record *sh_last(void)
{
	static const struct picket_record none;
	const struct picket_record *record = port->record_last();

	return record ? record : &none;
}

void sh_note(const char *what)
{
	if (result.outcome == SH_PASSED)
		result.note = what;
}

int sh_names(const char *recorded, const char *name)
{
	while (*name && *recorded == *name) {
		recorded++;
		name++;
	}
	return !*name && (!*recorded || *recorded == ':');
}

int sh_check_at(int good, const char *text, const char *file, int line)
{
	if (!good)
		conclude(SH_FAILED, text, file, line);
	return good;
}

void sh_silent_at(const char *text, const char *file, int line)
{
	if (port->record_count() != asked)
		conclude(SH_FAILED, text, file, line);
	asked = port->record_count();
}

void sh_watch(void)
{
	watched = port->record_count();
	sh_check_at(watched == asked, "a report that nobody asked for", 0, 0);
}

static const char *difference(const struct picket_record *record, enum picket_bug bug,
			      enum picket_region region, enum picket_access access,
			      picket_uptr bytes)
{
	if (record->detector != PICKET_DETECTOR_SHADOW)
		return "the report is not of the shadow detector";
	if (bug && record->bug != (picket_u32)bug)
		return "another kind of bug was reported";
	if (region && record->region != (picket_u32)region)
		return "another kind of memory was reported";
	if (access && record->access != (picket_u32)access)
		return "a read was taken for a write, or a write for a read";
	if (bytes && record->access_size_bytes != (picket_u32)bytes)
		return "another size of the access was reported";
	return 0;
}

void sh_reported_at(enum picket_bug bug, enum picket_region region, enum picket_access access,
		    picket_uptr bytes, picket_u32 count, const char *text, const char *file,
		    int line)
{
	picket_u32 seen = port->record_count() - watched;
	const char *wrong;

	asked = port->record_count();
	if (!seen) {
		conclude(SH_MISSED, text, file, line);
		return;
	}
	if (count && seen != count) {
		sh_note("more reports than expected");
		conclude(SH_FAILED, text, file, line);
	}
	wrong = difference(sh_last(), bug, region, access, bytes);
	if (wrong) {
		sh_note(wrong);
		conclude(SH_FAILED, text, file, line);
	}
}

static const char *missing(const struct sh_case *test)
{
	picket_u32 needs = test->needs & ~port->offers;

	for (picket_u32 i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++) {
		if (needs & 1u << i)
			return lacking[i];
	}
	return 0;
}

struct sh_result sh_run(const struct sh_port *on, const struct sh_case *test)
{
	const char *wrong;

	port = on;
	result = (struct sh_result){ .outcome = SH_PASSED };
	first = asked = port->record_count();
	if (missing(test)) {
		conclude(SH_SKIPPED, missing(test), 0, 0);
		return result;
	}
	test->run();
	sh_check_at(port->record_count() == asked, "a report that nobody asked for", 0, 0);
	wrong = port->audit ? port->audit() : 0;
	if (wrong)
		conclude(SH_FAILED, wrong, 0, 0);
	return result;
}

struct sh_result sh_run_isolated(const struct sh_port *on, const struct sh_case *test)
{
	port = on;
	/* What is skipped needs no isolation. */
	return on->isolate && !missing(test) ? on->isolate(test) : sh_run(on, test);
}

static int fits(const char *pattern, const char *value)
{
	return !pattern || equal(pattern, value);
}

static const struct sh_miss *find_miss(const char *name)
{
	const struct sh_variant *variant = &port->variant;

	for (const struct sh_miss *miss = sh_misses; miss->name; miss++) {
		if (equal(miss->name, name) && fits(miss->compiler, variant->compiler) &&
		    fits(miss->mode, variant->mode) && fits(miss->level, variant->level))
			return miss;
	}
	return 0;
}

static void say_failure(picket_u32 number, const char *name, const struct sh_result *now)
{
	port->say("not ok %u - %s", number, name);
	if (now->file)
		port->say("# %s:%d: %s%s", now->file, now->line,
			  now->outcome == SH_MISSED ? "no report: " : "", now->why);
	else
		port->say("# %s", now->why);
	if (now->note)
		port->say("# %s", now->note);
}

/* Return: the outcome, with the documented misses taken into account. */
static enum sh_outcome say_result(picket_u32 number, const char *name, struct sh_result *now)
{
	const struct sh_miss *miss = find_miss(name);

	if (miss && now->outcome == SH_PASSED) {
		now->outcome = SH_FAILED;
		now->why = "is found, though the table of misses says that it is not";
	}
	if (now->outcome == SH_PASSED) {
		port->say("ok %u - %s", number, name);
	} else if (now->outcome == SH_SKIPPED) {
		port->say("ok %u - %s # SKIP %s", number, name, now->why);
	} else if (miss && now->outcome == SH_MISSED) {
		port->say("ok %u - %s # MISSED %s", number, name, miss->why);
		return SH_MISSED;
	} else {
		say_failure(number, name, now);
		return SH_FAILED;
	}
	return now->outcome;
}

/* The next case that the filter lets through, after this one; NULL: there is none. */
static const struct sh_case *next_case(picket_u32 *table, const struct sh_case *one,
				       const char *filter)
{
	for (one = one ? one + 1 : sh_suite[*table]; sh_suite[*table]; one = sh_suite[*table]) {
		for (; one->name; one++) {
			if (!filter || contains(one->name, filter))
				return one;
		}
		++*table;
	}
	return 0;
}

picket_u32 sh_run_all(const struct sh_port *on, const char *filter)
{
	picket_u32 count[SH_OUTCOMES] = { 0 };
	const struct sh_case *one;
	picket_u32 number = 0;
	picket_u32 table = 0;

	port = on;
	for (one = 0; (one = next_case(&table, one, filter));)
		number++;
	port->say("1..%u", number);
	number = table = 0;
	for (one = 0; (one = next_case(&table, one, filter));) {
		struct sh_result now = sh_run_isolated(on, one);

		count[say_result(++number, one->name, &now)]++;
	}
	port->say("# %u passed, %u missed as documented, %u failed, %u skipped", count[SH_PASSED],
		  count[SH_MISSED], count[SH_FAILED], count[SH_SKIPPED]);
	return count[SH_FAILED] + !number;
}
