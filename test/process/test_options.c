/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The parser of PICKET_OPTIONS: values, defaults, escapes, one good line for each bad input. */
#include "port/process/options.h"
#include "test/tap.h"

#include <string.h>

static struct picket_options options;
static char error[PICKET_OPTION_ERROR_BYTES];

static int parse(const char *text)
{
	picket_options_default(&options);
	error[0] = '\0';
	return picket_options_parse(&options, text, error, sizeof(error));
}

static void test_defaults(void)
{
	tap_ok(!parse(""), "nothing is fine");
	tap_ok(options.interval == 100 && options.rate == 0 && options.slots == 255, "defaults");
	tap_ok(options.log[0] == '\0' && options.on_report == 0, "default text and choice");
}

static void test_values(void)
{
	tap_ok(!parse("interval=7:rate=1073741824:side=right:stats=1"), "several options");
	tap_ok(options.interval == 7 && options.rate == 1073741824 && options.side == 2 &&
		       options.stats == 1,
	       "their values");
	tap_ok(!parse("seed=18446744073709551615") && options.seed == ~0ull, "the largest seed");
	tap_ok(!parse("on-report=abort:skip-covered=3") && options.on_report == 1 &&
		       options.skip_covered == 3,
	       "'-' for '_'");
	tap_ok(!parse("rate=5:rate=6") && options.rate == 6, "the last one counts");
	tap_ok(!parse(":rate=5::") && options.rate == 5, "empty items are ignored");
	tap_ok(!parse("log=/tmp/a\\:b\\\\c=d") && !strcmp(options.log, "/tmp/a:b\\c=d"), "escapes");
	tap_ok(!parse("log=") && !options.log[0], "an empty text");
	tap_ok(!parse("align=16") && options.align == 5, "alignments are choices");
}

static void wrong(const char *text, const char *message)
{
	tap_ok(parse(text) == -1 && !strcmp(error, message), "refused: %s", error);
}

static void test_wrong(void)
{
	wrong("interval=3600001", "interval='3600001': must be a number from 0 to 3600000");
	wrong("slots=7", "slots='7': must be a number from 8 to 16384");
	wrong("rate=", "rate='': must be a number from 0 to 1073741824");
	wrong("rate=-1", "rate='-1': must be a number from 0 to 1073741824");
	wrong("rate=1x", "rate='1x': must be a number from 0 to 1073741824");
	wrong("seed=18446744073709551616",
	      "seed='18446744073709551616': must be a number from 0 to 18446744073709551615");
	wrong("stats=yes", "stats='yes': must be 0 or 1");
	wrong("side=up", "side='up': must be auto, left or right");
	wrong("side=", "side='': must be auto, left or right");
	wrong("align=3", "align='3': must be 0, 1, 2, 4, 8 or 16");
	wrong("on_report=abort\n", "on_report='abort?': must be continue or abort");
	wrong("stats", "'stats' is not of the form name=value");
	tap_ok(parse("colour=red") == -1 && strstr(error, "unknown option 'colour'; there are") &&
		       strstr(error, "interval, rate"),
	       "unknown: %s", error);
	tap_ok(!strstr(error, "socket"), "internal options are not offered");
}

static void test_long(void)
{
	char text[PICKET_OPTION_TEXT_BYTES + 8] = "log=";

	memset(text + 4, 'a', PICKET_OPTION_TEXT_BYTES - 1);
	tap_ok(!parse(text) && strlen(options.log) == PICKET_OPTION_TEXT_BYTES - 1, "longest text");
	strcat(text, "a");
	tap_ok(parse(text) == -1 && strstr(error, "must be shorter than 4096 bytes"),
	       "one more: %s", error);
}

static void test_quote(void)
{
	char text[64] = "log=";

	tap_ok(picket_options_quote("a:b\\c", text + 4, 60) == 7, "quoted length");
	tap_ok(!parse(text) && !strcmp(options.log, "a:b\\c"), "quoted and parsed: %s", text);
	tap_ok(picket_options_quote("abc", text, 2) == 3 && !strcmp(text, "a"), "cut off");
}

static void test_table(void)
{
	const struct picket_option *option;
	size_t index = 0;
	bool good = true;

	for (; (option = picket_option_at(index)); index++) {
		good = good && option->text[0] &&
		       picket_option_find(option->name, strlen(option->name)) == option;
		if (option->kind == PICKET_OPTION_STRING)
			continue;
		good = good && !picket_options_set(&options, option->name, strlen(option->name),
						   option->standard, strlen(option->standard),
						   error, sizeof(error));
	}
	tap_ok(good && index > 10, "%zu options, each found by its name, with a valid default",
	       index);
}

int main(void)
{
	test_defaults();
	test_values();
	test_wrong();
	test_long();
	test_quote();
	test_table();
	return tap_done();
}
