/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Every sample as text in its layouts and as JSON, byte for byte as in DIRECTORY; some of them as
 * a log shows them.
 * Usage: text_test DIRECTORY [--update]; --update writes the files anew, to be read with git diff.
 */
#include "sample.h"
#include "test/tap.h"

#include <stdlib.h>
#include <string.h>

static struct sample_buffer made;
static char wanted[1 << 20];
static const char *directory;
static bool is_update;

static void open_failed(const char *path)
{
	perror(path);
	exit(1);
}

static void check(const char *name, const char *ending)
{
	char path[512];
	size_t count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.%s", directory, name, ending);
	file = fopen(path, is_update ? "w" : "r");
	if (!file && is_update)
		open_failed(path);
	if (file && is_update)
		fwrite(made.bytes, 1, made.used, file);
	else if (file)
		count = fread(wanted, 1, sizeof(wanted), file);
	if (file)
		fclose(file);
	if (is_update)
		return;
	if (!tap_ok(count == made.used && !memcmp(wanted, made.bytes, count), "%s.%s", name,
		    ending))
		printf("# made instead:\n%.*s", (int)made.used, made.bytes);
}

/* The shadow detector's have one layout, whatever the style is. */
static bool is_shadow(const struct sample *sample)
{
	struct picket_record record;

	sample_record(sample, &record);
	return record.detector == PICKET_DETECTOR_SHADOW;
}

static void check_text(const struct sample *sample, bool kfence)
{
	const struct picket_text_style style = {
		.prefix = kfence ? "BUG: KFENCE: " : "BUG: PICKET: ",
		.kfence = kfence,
		.hide_addresses = sample->hide_addresses,
	};
	const struct picket_symbols *symbols = sample->no_symbols ? NULL : &sample_symbols;
	struct picket_output output = sample_output(&made);
	struct picket_record record;

	sample_record(sample, &record);
	picket_render_text(&record, &style, symbols, &output);
	if (is_shadow(sample))
		check(sample->name, "kasan.txt");
	else
		check(sample->name, kfence ? "kfence.txt" : "plain.txt");
}

/* A port with a log: marks where messages begin, what are headings, and what it was asked for. */
static void mark_message(void *context, bool heading)
{
	struct picket_output *output = context;

	output->write(output->context, heading ? "<3>" : "<4>", 3);
}

static void mark_footer(void *context)
{
	struct picket_output *output = context;

	output->write(output->context, "the machine\n", strlen("the machine\n"));
}

static const char *hash_address(void *context, u64 address)
{
	static char digits[17];

	(void)context;
	snprintf(digits, sizeof(digits), "%016llx", address & 0xfff);
	return digits;
}

static void check_log(const struct sample *sample)
{
	struct picket_output output = sample_output(&made);
	const struct picket_text_style style = {
		.prefix = "BUG: KFENCE: ",
		.kfence = true,
		.hide_addresses = true,
		.context = &output,
		.address = hash_address,
		.message = mark_message,
		.footer = mark_footer,
	};
	struct picket_record record;

	sample_record(sample, &record);
	picket_render_text(&record, &style, &sample_symbols, &output);
	check(sample->name, "log.txt");
}

/* Alone, it is what stands in the report. */
static void check_object(const struct sample *sample)
{
	const struct picket_text_style style = { .prefix = "", .kfence = true };
	static struct sample_buffer whole;
	struct picket_output output = sample_output(&whole);
	struct picket_record record;

	sample_record(sample, &record);
	picket_render_text(&record, &style, &sample_symbols, &output);
	output = sample_output(&made);
	picket_render_object(&record, &style, &sample_symbols, &output);
	made.bytes[made.used] = whole.bytes[whole.used] = '\0';
	tap_ok(made.used > 0 && strstr(whole.bytes, made.bytes), "%s: the object alone",
	       sample->name);
}

static void check_json(const struct sample *sample)
{
	const struct picket_symbols *symbols = sample->no_symbols ? NULL : &sample_symbols;
	struct picket_output output = sample_output(&made);
	struct picket_record record;

	sample_record(sample, &record);
	picket_render_json(&record, &sample_origin, symbols, &output);
	check(sample->name, "json");
}

/* Whatever the record holds, the text ends, and nothing but newlines could steer a terminal. */
static void check_hostile(void)
{
	u64 seed = 1;
	u32 bad = 0;
	u32 round;

	for (round = 0; round < 2000; round++) {
		const struct picket_text_style style = {
			.prefix = "BUG: PICKET: ",
			.kfence = round & 1,
			.hide_addresses = round & 2,
		};
		struct picket_output output = sample_output(&made);
		struct picket_record record;
		size_t index;

		for (index = 0; index < sizeof(record); index++)
			((u8 *)&record)[index] = (u8)(sample_random(&seed) & (round & 4 ? 3 : 255));
		if (round & 8)
			record.detector = PICKET_DETECTOR_SHADOW;
		picket_render_text(&record, &style, &sample_random_symbols, &output);
		for (index = 0; index < made.used; index++)
			bad += (u8)made.bytes[index] < 0x20 && made.bytes[index] != '\n';
		bad += made.used < 140 || memcmp(made.bytes + made.used - 3, "==\n", 3);
	}
	tap_ok(bad == 0, "2000 records of random bytes, seed 1, make harmless text");
}

static const struct sample *find(const char *name)
{
	const struct sample *sample = samples;

	while (strcmp(sample->name, name))
		sample++;
	return sample;
}

int main(int argc, char **argv)
{
	u32 index;

	if (argc < 2 || argc > 3 || (argc == 3 && strcmp(argv[2], "--update"))) {
		fprintf(stderr, "usage: text_test DIRECTORY [--update]\n");
		return 2;
	}
	directory = argv[1];
	is_update = argc == 3;
	for (index = 0; index < sample_count; index++) {
		if (!is_shadow(&samples[index]))
			check_text(&samples[index], false);
		check_text(&samples[index], true);
		check_json(&samples[index]);
	}
	check_log(find("uaf-write"));
	check_log(find("corruption-free"));
	check_log(find("invalid-access"));
	check_log(find("shadow-slab-uaf"));
	check_log(find("shadow-stack"));
	check_log(find("shadow-global"));
	if (is_update)
		return 0;
	check_object(find("uaf-write"));
	check_object(find("oob-read-right"));
	check_hostile();
	return tap_done();
}
