/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the parser says to lines that are no record: the field's name and what is allowed. */
#include "sample.h"
#include "test/tap.h"
#include "tool/record_json.h"

#include <stdlib.h>
#include <string.h>

static struct sample_buffer line;
static char changed[1 << 20];

struct edit {
	const char *sample;
	const char *from;  /* the first place of this text in the sample's line ... */
	const char *to;	   /* ... becomes this */
	const char *error; /* what the message must hold; NULL: the line must be good */
};

static const struct edit edits[] = {
	{ "uaf-write", "memory_error/1", "memory_error/2",
	  "schema: \"memory_error/2\"; allowed: \"memory_error/1\"" },
	{ "uaf-write", "\"schema\":\"memory_error/1\",", "", "schema: missing; allowed: " },
	{ "uaf-write", "\"schema\":\"memory_error/1\"", "\"schema\":1", "schema: 1; allowed: " },
	{ "uaf-write", "\"sequence\":3", "\"sequence\":-3",
	  "sequence: -3; allowed: a number from 0" },
	{ "uaf-write", "\"sequence\":3", "\"sequence\":3.5", "sequence: a fraction; allowed: " },
	{ "uaf-write", "\"sequence\":3", "\"sequence\":\"3\"", "sequence: \"3\"; allowed: " },
	{ "uaf-write", "\"sequence\":3", "\"sequence\":9007199254740992",
	  "sequence: 9007199254740992; allowed: " },
	{ "uaf-write", "\"sequence\":3", "\"sequence\":99999999999999999999", "not JSON" },
	{ "uaf-write", "\"sequence\":3", "\"sequence\":\"0x20000000000000\"", NULL },
	{ "uaf-write", "\"sequence\":3,", "", "sequence: missing; " },
	{ "uaf-write", "\"cpu\":1", "\"cpu\":2147483648",
	  "cpu: 2147483648; allowed: a number from -" },
	{ "uaf-write", "\"cpu\":1", "\"cpu\":null", "cpu: null; " },
	{ "uaf-write", "\"cpu\":1", "\"cpu\":1,\"cpu\":2", "not JSON" },
	{ "uaf-write", "\"detector\":{", "\"detector\":1,\"x\":{",
	  "detector: 1; allowed: an object" },
	{ "uaf-write", "\"domain\":\"user\"", "\"domain\":[]",
	  "domain: an array; allowed: a string" },
	{ "uaf-write", "gnu\":\"3f", "gnu\":\"3", "process.executable.build_id.gnu: \"32a91" },
	{ "uaf-write", "gnu\":\"3f", "gnu\":\"zz",
	  "allowed: a string of up to 32 pairs of hexadecimal digits" },
	{ "uaf-write", "gnu\":\"3f", "gnu\":\"3f3f3f3f3f3f3f3f3f3f3f3f3f3f", "up to 32 pairs" },
	{ "uaf-write", "\"policy\":\"interval\"", "\"policy\":\"never\"",
	  "sampling.policy: \"never\"; allowed: off, interval, count, interval_us" },
	{ "uaf-write", "\"pool_slots\":255", "\"pool_slots\":4294967296",
	  "sampling.pool_slots: 4294967296; allowed: a number from 0 to 4294967295" },
	{ "uaf-write", "\"type\":\"USE_AFTER_FREE\"", "\"type\":\"NONE\"",
	  "memory_error.type: \"NONE\"; allowed: OUT_OF_BOUNDS, USE_AFTER_FREE, CORRUPTION, "
	  "INVALID_ACCESS, INVALID_FREE, DOUBLE_FREE, MISMATCH" },
	{ "uaf-write", "\"type\":\"USE_AFTER_FREE\"", "\"type\":true",
	  "memory_error.type: true; " },
	{ "uaf-write", "\"type\":\"USE_AFTER_FREE\"", "\"type\":\"CORRUPTION\"",
	  "memory_error.corruption: missing; allowed: an object" },
	{ "uaf-write", "\"type\":\"USE_AFTER_FREE\"", "\"type\":\"MISMATCH\"",
	  "memory_error.mismatch: missing; allowed: an object" },
	{ "uaf-write", "\"found\":\"fault\"", "\"found\":{}",
	  "memory_error.found: an object; allowed: fault, free, realloc, sweep, exit, panic" },
	{ "uaf-write", "\"position\":\"inside\"", "\"position\":\"none\"",
	  "memory_error.position: \"none\"; allowed: left, inside, right" },
	{ "uaf-write", "fault_address\":\"0x", "fault_address\":\"",
	  "memory_error.fault_address: \"7f" },
	{ "uaf-write", "fault_address\":\"0x", "fault_address\":\"0x12345",
	  "memory_error.fault_addr" },
	{ "uaf-write", "fault_address\":\"0x7", "fault_address\":\"0xF",
	  "memory_error.fault_address" },
	{ "uaf-write", "fault_address\":\"0x7f3a5c1fdfe8", "fault_address\":\"0x",
	  "memory_error.fault_address: \"0x\"; allowed: a hexadecimal string" },
	{ "uaf-write", "\"access_backtrace\":[", "\"access_backtrace\":[7,",
	  "memory_error.access_backtrace[0].: 7; allowed: a frame (an object)" },
	{ "uaf-write", "\"access_backtrace\":[{\"pc\"", "\"access_backtrace\":[{\"pd\"",
	  "[1].pc: \"0x55d0c0de1234\"; allowed: the pc of the inlined frame before it" },
	{ "uaf-write", "{\"pc\":\"0x7f3a5b0271ca\",", "{",
	  "memory_error.access_backtrace[4].pc: missing; " },
	{ "uaf-write", "88},{\"pc\":\"0x", "88},{\"pc\":\"",
	  "memory_error.access_backtrace[2].pc: \"55d0c0de1300\"; " },
	{ "uaf-write", "\"inlined\":true},{\"pc\":\"0x55", "\"inlined\":true},{\"pc\":\"0x56",
	  "[1].pc: \"0x56d0c0de1234\"; allowed: the pc of the inlined frame before it" },
	{ "uaf-write", "\"inlined\":true", "\"inlined\":1", "access_backtrace[0].inlined: 1; " },
	{ "uaf-write", "}],\"access_backtrace_exact",
	  ",\"inlined\":true}],\"access_backtrace_exact",
	  "memory_error.access_backtrace: an array; allowed: a last frame that is not inlined" },
	{ "uaf-write", "\"access_backtrace_exact\":true", "\"access_backtrace_exact\":0",
	  "memory_error.access_backtrace_exact: 0; allowed: true or false" },
	{ "uaf-write", "\"access_backtrace\":[", "\"access_backtrace\":{},\"x\":[",
	  "memory_error.access_backtrace: an object; allowed: an array of up to 512 frames" },
	{ "uaf-write", "\"heap\":{", "\"heap\":\"\\u001b[2Jx\",\"x\":{",
	  "heap: \"?[2Jx\"; allowed" },
	{ "uaf-write", "\"size\":40,", "", "memory_error.heap.size: missing; " },
	{ "uaf-write", "\"state\":\"freed\"", "\"state\":\"none\"",
	  "memory_error.heap.state: \"none\"; allowed: live, freed" },
	{ "uaf-write", "\"family\":\"malloc\"", "\"family\":\"mmap\"",
	  "memory_error.heap.family: \"mmap\"; allowed: any, malloc, new, new[], aligned new, "
	  "aligned "
	  "new[]" },
	{ "uaf-write", "\"site\":\"0", "\"site\":\"",
	  "memory_error.heap.site: \"0000c1de5a9f00d\"; allow" },
	{ "uaf-write", "\"site\":\"0", "\"site\":\"g", "memory_error.heap.site: " },
	{ "uaf-write", "\"deallocation_backtrace\"", "\"x\"",
	  "memory_error.heap.deallocation_backtrace: missing; " },
	{ "uaf-write", "\"cache\":\"libc.so.6\"", "\"cache\":7", "memory_error.heap.cache: 7; " },
	{ "uaf-write", "\"cache\":\"libc.so.6\"", "\"cache\":\"\\u0000\"", "not JSON" },
	{ "uaf-write", "\"cache\":\"libc.so.6\"", "\"cache\":\"\xff\"", "not JSON" },
	{ "corruption-free", "\"bytes\":\"", "\"bytes\":\"000102030405060708",
	  "memory_error.corruption.bytes: \"" },
	{ "corruption-free", "\"changed\":31,", "", "memory_error.corruption.changed: missing; " },
	{ "mismatch-family", "\"mismatch\":{\"family\":\"malloc\"", "\"mismatch\":{\"family\":\"\"",
	  "memory_error.mismatch.family: \"\"; " },
	{ "uaf-write", "\"severity_text\"", "\"more\":{\"deep\":[1.5e300,null]},\"severity_text\"",
	  NULL },
	{ "uaf-write", "}\n", "}\n\n", NULL },
	{ "uaf-write", "}\n", "} {}\n", "not JSON" },
	{ "uaf-write", "}}}\n", "}}\n", "not JSON" },
	{ "uaf-write", "{\"schema\"", "[{\"schema\"", "not JSON" },
	{ "shadow-stack", "\"detector\":\"shadow\"", "\"detector\":\"mirror\"",
	  "memory_error.detector: \"mirror\"; allowed: guard, shadow" },
	{ "shadow-stack", "\"region\":\"stack\"", "\"region\":\"heaps\"",
	  "memory_error.region: \"heaps\"; allowed: unknown, heap, pages, stack" },
	{ "shadow-stack", "\"shadow\":{", "\"shade\":{",
	  "memory_error.shadow: missing; allowed: an object" },
	{ "shadow-stack", "\"bytes\":\"00", "\"bytes\":\"", "memory_error.shadow.bytes: \"0000" },
	{ "shadow-stack", "\"bytes\":\"", "\"bytes\":\"00",
	  "allowed: a string of up to 80 pairs of hexadecimal digits" },
	{ "shadow-stack", "\"start\":", "\"stop\":", "memory_error.shadow.start: missing" },
	{ "shadow-stack", "\"function_backtrace\":[{\"pc\"", "\"function_backtrace\":[{\"pd\"",
	  "memory_error.shadow.frame.function_backtrace[1].pc: \"0x" },
	{ "shadow-stack", "\"objects\":[{", "\"objects\":[5,{",
	  "memory_error.shadow.frame.objects: 5; allowed: an array of objects" },
	{ "shadow-stack", "\"objects\":[{\"offset\":32", "\"objects\":[{\"offset\":-32",
	  "memory_error.shadow.frame.objects.offset: -32; " },
	{ "shadow-stack", "\"objects\":[{",
	  "\"objects\":[{\"offset\":1,\"size\":1},{\"offset\":1,\"size\":1},"
	  "{\"offset\":1,\"size\":1},{\"offset\":1,\"size\":1},{\"offset\":1,\"size\":1},"
	  "{\"offset\":1,\"size\":1},{\"offset\":1,\"size\":1},{",
	  "memory_error.shadow.frame.objects: an array; allowed: an array of up to 8 objects" },
	{ "shadow-stack", "\"objects\":[{",
	  "\"objects\":[{\"offset\":1,\"size\":1},{\"offset\":1,\"size\":1},{", NULL },
	{ "shadow-stack", "\"variable\":{", "\"variable\":[{}],\"x\":{",
	  "memory_error.shadow.variable: an array; allowed: an object" },
	{ "shadow-null", "\"bytes\":\"\"", "\"bytes\":5", "memory_error.shadow.bytes: 5; " },
};

static void make_line(const char *name)
{
	struct picket_output output = sample_output(&line);
	struct picket_record record;
	u32 index;

	for (index = 0; index < sample_count; index++) {
		if (!strcmp(samples[index].name, name))
			break;
	}
	sample_record(&samples[index], &record);
	picket_render_json(&record, &sample_origin, &sample_symbols, &output);
	line.bytes[line.used] = '\0';
}

/* Return: 0 or what the parser returned; the message must be one clean line either way. */
static int parse(const char *text, size_t bytes, char *error, size_t error_bytes)
{
	struct picket_report report;
	char *copy = malloc(bytes ? bytes : 1); /* so that a sanitizer sees its end */
	int result;

	memcpy(copy, text, bytes);
	error[0] = '\0';
	result = picket_report_parse(copy, bytes, &report, error, error_bytes);
	if (!result)
		picket_report_release(&report);
	free(copy);
	return result;
}

static void test_edit(u32 number, const struct edit *edit)
{
	char error[256];
	const char *place;
	int result;

	make_line(edit->sample);
	place = strstr(line.bytes, edit->from);
	if (!place) {
		tap_ok(false, "edit %u is about a text that the line has not", number);
		return;
	}
	snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(place - line.bytes), line.bytes,
		 edit->to, place + strlen(edit->from));
	result = parse(changed, strlen(changed), error, sizeof(error));
	if (!edit->error)
		tap_ok(result == 0, "edit %u is allowed", number);
	else if (!tap_ok(result == -22 && strstr(error, edit->error) && !strchr(error, '\n'),
			 "edit %u: %s", number, edit->error))
		printf("# said: %s\n", error);
}

/* Every line cut at every byte is refused with a message. */
static void test_cut(void)
{
	char error[256];
	size_t length;
	u32 wrong = 0;

	make_line("corruption-free");
	for (length = 0; length + 1 < line.used; length++)
		wrong += parse(line.bytes, length, error, sizeof(error)) != -22 || !error[0];
	tap_ok(wrong == 0, "a line cut anywhere is refused");
}

static void test_small_buffer(void)
{
	char error[10];

	tap_ok(parse("{}", 2, error, sizeof(error)) == -22 && strlen(error) == 9,
	       "a message is cut to its buffer");
}

/* A stack of 65 calls, and a call of 9 frames. */
static void test_deep(const char *middle, u32 count, const char *last, const char *wanted)
{
	const char *start;
	char error[256];
	size_t used;
	u32 index;

	make_line("nothing-known");
	start = strstr(line.bytes, "\"access_backtrace\":[") + strlen("\"access_backtrace\":[");
	used = (size_t)(start - line.bytes);
	memcpy(changed, line.bytes, used);
	for (index = 0; index < count; index++)
		used += (size_t)sprintf(changed + used, "%s,", middle);
	sprintf(changed + used, "%s%s", last, start);
	if (wanted)
		tap_ok(parse(changed, strlen(changed), error, sizeof(error)) == -22 &&
			       strstr(error, wanted),
		       "%s", wanted);
	else
		tap_ok(!parse(changed, strlen(changed), error, sizeof(error)), "%u frames",
		       count + 1);
}

int main(void)
{
	const char *call = "{\"pc\":\"0x1\"}";
	const char *inlined = "{\"pc\":\"0x1\",\"inlined\":true}";
	char error[256];
	u32 index;

	for (index = 0; index < sizeof(edits) / sizeof(edits[0]); index++)
		test_edit(index, &edits[index]);
	tap_ok(parse("", 0, error, sizeof(error)) == -22 && error[0], "an empty line is refused");
	tap_ok(parse("[1]", 3, error, sizeof(error)) == -22 && strstr(error, "not a JSON object"),
	       "an array is refused");
	test_cut();
	test_small_buffer();
	test_deep(call, 63, call, NULL);
	test_deep(call, 64, call,
		  "access_backtrace[64].pc: \"0x1\"; allowed: at most 64 calls deep");
	test_deep(inlined, 7, call, NULL);
	test_deep(inlined, 8, call, "allowed: at most 7 inlined frames for one pc");
	return tap_done();
}
