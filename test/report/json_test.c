/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Records to JSON and back.
 * Usage: json_test [SEED]           the tests
 *        json_test --emit N SEED    N random records as lines, for other programs to judge
 */
#include "sample.h"
#include "test/tap.h"
#include "tool/record_json.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 100

static struct sample_buffer first;
static struct sample_buffer second;
static struct sample_buffer third;

static void render(const struct picket_record *record, const struct picket_origin *origin,
		   const struct picket_symbols *symbols, struct sample_buffer *out)
{
	struct picket_output output = sample_output(out);

	picket_render_json(record, origin, symbols, &output);
}

static void render_text(const struct picket_record *record, const struct picket_symbols *symbols,
			struct sample_buffer *out)
{
	const struct picket_text_style style = { .prefix = "BUG: PICKET: " };
	struct picket_output output = sample_output(out);

	picket_render_text(record, &style, symbols, &output);
}

static bool is_same(const struct sample_buffer *left, const struct sample_buffer *right)
{
	return left->used == right->used && !memcmp(left->bytes, right->bytes, left->used);
}

static bool is_line(const struct sample_buffer *buffer)
{
	const char *newline = memchr(buffer->bytes, '\n', buffer->used);

	return newline && newline == buffer->bytes + buffer->used - 1;
}

static bool parse(const struct sample_buffer *buffer, struct picket_report *report)
{
	char error[256] = "";

	if (!picket_report_parse(buffer->bytes, buffer->used, report, error, sizeof(error)))
		return true;
	printf("# %s\n# %.*s\n", error, (int)buffer->used, buffer->bytes);
	return false;
}

/* The record is the same in every byte, and so are text and JSON made from what was read. */
static bool round_trip(const struct picket_record *record, const struct picket_symbols *symbols,
		       bool is_exact)
{
	struct picket_report report;
	bool good;

	render(record, &sample_origin, symbols, &first);
	if (!is_line(&first) || !parse(&first, &report))
		return false;
	good = !is_exact || !memcmp(record, &report.record, sizeof(*record));
	render(&report.record, &report.origin, &report.symbols, &second);
	good = good && (!is_exact || is_same(&first, &second));
	render_text(record, symbols, &second);
	render_text(&report.record, &report.symbols, &third);
	good = good && (!is_exact || is_same(&second, &third));
	picket_report_release(&report);
	return good;
}

static void test_samples(void)
{
	u32 index;

	for (index = 0; index < sample_count; index++) {
		const struct sample *sample = &samples[index];
		struct picket_record record;
		/* Bytes that are not UTF-8 do not come back, by design. */
		bool is_exact = strcmp(sample->name, "hostile-names") != 0;

		sample_record(sample, &record);
		tap_ok(round_trip(&record, sample->no_symbols ? NULL : &sample_symbols, is_exact),
		       "%s comes back", sample->name);
	}
}

static void test_random(u64 seed)
{
	u64 start = seed;
	u32 good = 0;
	u32 round;

	for (round = 0; round < ROUNDS; round++) {
		struct picket_record record;
		u64 before = seed;

		sample_random_record(&seed, &record);
		if (round_trip(&record, &sample_random_symbols, true) &&
		    round_trip(&record, NULL, true))
			good++;
		else
			printf("# state of the sequence: %llu\n", before);
	}
	tap_ok(good == ROUNDS, "%d random records come back, seed %llu", ROUNDS, start);
}

/* Any bytes as a record: the line is valid or refused with a reason, never a crash. */
static void test_hostile(u64 seed)
{
	u64 start = seed;
	u32 bad = 0;
	u32 round;

	for (round = 0; round < ROUNDS; round++) {
		struct picket_record record;
		struct picket_report report;
		char error[256] = "";
		size_t index;

		for (index = 0; index < sizeof(record); index++)
			((u8 *)&record)[index] = (u8)(sample_random(&seed) & (round & 1 ? 255 : 3));
		if (round & 2)
			record.detector = PICKET_DETECTOR_SHADOW;
		render(&record, &sample_origin, &sample_random_symbols, &first);
		if (!picket_report_parse(first.bytes, first.used, &report, error, sizeof(error)))
			picket_report_release(&report);
		else
			bad += !!strstr(error, "not JSON");
		bad += !is_line(&first);
	}
	tap_ok(bad == 0, "%d records of random bytes make a line of JSON, seed %llu", ROUNDS,
	       start);
}

struct enricher {
	const struct picket_symbols *parsed;
	char function[64];
};

/* As a symbolizer does: module and offset from what was read, function and line on top. */
static u32 enrich(void *context, u64 pc, bool exact, struct picket_frame *out)
{
	struct enricher *enricher = context;

	enricher->parsed->frames(enricher->parsed->context, pc, exact, out);
	snprintf(enricher->function, sizeof(enricher->function), "at_%llx", out->module_offset);
	out->function = enricher->function;
	out->file = "found.c";
	out->line = 7;
	return 1;
}

static u32 modules_only(void *context, u64 pc, bool exact, struct picket_frame *out)
{
	(void)context;
	(void)exact;
	*out = (struct picket_frame){ .pc = pc, .module = "/bin/x", .module_offset = pc & 0xfff };
	return 1;
}

static void test_enriched(void)
{
	const struct picket_symbols modules = { modules_only, NULL };
	struct enricher enricher;
	const struct picket_symbols enriching = { enrich, &enricher };
	struct picket_record record;
	struct picket_report report;
	struct picket_report again;
	struct picket_frame frames[PICKET_INLINE_MAX];

	sample_record(&samples[0], &record);
	render(&record, &sample_origin, &modules, &first);
	if (!tap_ok(parse(&first, &report), "a line with modules but no functions"))
		return;
	enricher.parsed = &report.symbols;
	render(&report.record, &report.origin, &enriching, &second);
	if (!tap_ok(parse(&second, &again), "the same line with functions added")) {
		picket_report_release(&report);
		return;
	}
	again.symbols.frames(again.symbols.context, record.access_stack.pc[0], true, frames);
	tap_ok(!strcmp(frames[0].function, "at_234") && frames[0].line == 7 &&
		       !strcmp(frames[0].module, "/bin/x"),
	       "module and function are both there");
	tap_ok(!memcmp(&again.record, &record, sizeof(record)), "the record did not change");
	picket_report_release(&again);
	picket_report_release(&report);
}

static void report_id(const struct picket_record *record, const char *boot_id, char out[37])
{
	struct picket_origin origin = sample_origin;
	const char *found;

	origin.boot_id = boot_id;
	render(record, &origin, NULL, &first);
	found = strstr(first.bytes, "\"report_id\":\"");
	snprintf(out, 37, "%s", found ? found + 13 : "");
}

static void test_report_id(void)
{
	struct picket_record record;
	char base[37];
	char same[37];
	char other[37];

	sample_record(&samples[0], &record);
	report_id(&record, "a", base);
	report_id(&record, "a", same);
	tap_ok(!strcmp(base, same) && base[14] == '8' && strchr("89ab", base[19]),
	       "report_id is a UUID of version 8 and repeats");
	report_id(&record, "b", other);
	tap_ok(strcmp(base, other) != 0, "another boot has another report_id");
	record.sequence++;
	report_id(&record, "a", other);
	tap_ok(strcmp(base, other) != 0, "another report has another report_id");
}

static void write_out(void *context, const char *bytes, uptr count)
{
	fwrite(bytes, 1, count, context);
}

static int emit(u32 count, u64 seed)
{
	const struct picket_output output = { write_out, stdout };
	u32 index;

	for (index = 0; index < count; index++) {
		struct picket_record record;

		sample_random_record(&seed, &record);
		picket_render_json(&record, &sample_origin, &sample_random_symbols, &output);
	}
	return fflush(stdout) ? 1 : 0;
}

int main(int argc, char **argv)
{
	u64 seed = argc == 2 ? strtoull(argv[1], NULL, 0) : 1;

	if (argc == 4 && !strcmp(argv[1], "--emit"))
		return emit((u32)strtoul(argv[2], NULL, 0), strtoull(argv[3], NULL, 0));
	test_samples();
	test_random(seed);
	test_hostile(seed);
	test_enriched();
	test_report_id();
	return tap_done();
}
