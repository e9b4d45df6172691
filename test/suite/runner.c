/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Runs cases on a port: what all ports have in common. Needs no more of C than the core does. */
#include "runner.h"

#define OBJECTS_MAX 1024
#define LINE_BYTES 320

static const struct th_port *port;
static const struct th_case *test;
static struct th_result result;
static bool tolerant;
static struct picket_guard *guard;
static struct picket_gate gate;
static u32 records_asked;
static u32 site;
static uptr objects[OBJECTS_MAX]; /* what the case has not freed */
static u32 object_count;
static char line[LINE_BYTES]; /* of the results, as far as it is written */

static void default_config(struct picket_guard_config *config)
{
	static const struct picket_class_config classes[] = {
		{ 1, 16 }, { 2, 4 }, { 4, 4 }, { 16, 2 }
	};

	memset(config, 0, sizeof(*config));
	config->caps = (struct picket_caps){ port->page_bytes, 16 };
	memcpy(config->classes, classes, sizeof(classes));
	config->class_count = 4;
	config->guard_pages = 1;
	config->align_default = 16;
	config->retain_pages = 256;
	config->policy = PICKET_POLICY_COUNT;
	config->policy_param = 1;
	config->covered_percent = 100;
	config->seed = 1;
	memcpy(config->allocator, "host", 5);
}

static uptr length(const char *text)
{
	uptr count = 0;

	while (text[count])
		count++;
	return count;
}

static bool equal(const char *one, const char *other)
{
	return length(one) == length(other) && !memcmp(one, other, length(one));
}

static bool contains(const char *text, const char *part)
{
	for (; length(text) >= length(part); text++) {
		if (!memcmp(text, part, length(part)))
			return true;
	}
	return false;
}

/* What does not fit is cut off. */
static void append(char *to, uptr size_bytes, const char *text)
{
	uptr used = length(to);

	for (; *text && used + 1 < size_bytes; text++)
		to[used++] = *text;
	to[used] = '\0';
}

static void append_number(char *to, uptr size_bytes, u32 number)
{
	char digits[11] = "";
	u32 at = sizeof(digits) - 1;

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	append(to, size_bytes, digits + at);
}

static void conclude(enum th_outcome outcome, const char *why)
{
	result.outcome = outcome;
	result.why[0] = '\0';
	append(result.why, sizeof(result.why), why);
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

bool th_check_at(bool good, const char *text, const char *file, int file_line)
{
	if (good || tolerant || result.outcome != TH_PASSED)
		return good;
	conclude(TH_FAILED, file_name(file));
	append(result.why, sizeof(result.why), ":");
	append_number(result.why, sizeof(result.why), (u32)file_line);
	append(result.why, sizeof(result.why), ": ");
	append(result.why, sizeof(result.why), text);
	return false;
}

/* Wrong whatever the case expects. */
static void must_be_null(const char *wrong)
{
	if (wrong && result.outcome != TH_FAILED)
		conclude(TH_FAILED, wrong);
}

void th_skip(const char *reason)
{
	if (result.outcome == TH_PASSED)
		conclude(TH_SKIPPED, reason);
}

uptr th_page(void)
{
	return port->page_bytes;
}

struct picket_guard *th_guard(void)
{
	return guard;
}

static uptr remember(uptr address)
{
	if (address && object_count < OBJECTS_MAX)
		objects[object_count++] = address;
	return address;
}

static void forget(uptr address)
{
	for (u32 i = 0; i < object_count; i++) {
		if (objects[i] == address) {
			objects[i] = objects[--object_count];
			return;
		}
	}
}

struct sited_alloc {
	const struct picket_request *request;
	struct picket_gate *gate;
	void *object;
};

static void alloc_at_site(void *argument)
{
	struct sited_alloc *alloc = argument;

	alloc->object = picket_guard_alloc(guard, alloc->gate, alloc->request);
}

static uptr guarded_alloc(const struct picket_request *request, struct picket_gate *by_gate)
{
	struct picket_request named = *request;
	struct sited_alloc alloc = { &named, by_gate, NULL };

	if (!named.allocator)
		named.allocator = test->cache;
	port->at_site(site, alloc_at_site, &alloc);
	return (uptr)alloc.object;
}

uptr th_request(const struct picket_request *request)
{
	return remember(guarded_alloc(request, NULL));
}

uptr th_alloc(uptr size_bytes, uptr align_bytes, enum picket_side side)
{
	struct picket_request request = {
		.size_bytes = size_bytes,
		.align_bytes = align_bytes,
		.side = side,
	};
	uptr object = th_request(&request);

	if (!th_check(object))
		return remember(port->host_alloc(size_bytes));
	return object;
}

uptr th_malloc(uptr size_bytes)
{
	struct picket_request request = { .size_bytes = size_bytes };
	uptr object = 0;

	if (--gate.countdown < 0 && picket_gate_pass(guard, &gate))
		object = guarded_alloc(&request, &gate);
	return remember(object ? object : port->host_alloc(size_bytes));
}

bool th_guarded(uptr address)
{
	return picket_guard_owns(guard, address);
}

struct sited_free {
	uptr address;
	const struct picket_free_request *request;
	int error;
};

static void free_at_site(void *argument)
{
	struct sited_free *call = argument;

	call->error = picket_guard_free(guard, call->address, call->request);
}

int th_free_as(uptr address, const struct picket_free_request *request)
{
	struct sited_free call = { address, request, 0 };

	if (!th_guarded(address))
		port->host_free(address);
	else
		port->at_site(site, free_at_site, &call);
	if (!call.error)
		forget(address);
	return call.error;
}

int th_free(uptr address)
{
	struct picket_free_request request = { .found = PICKET_FOUND_FREE };

	return th_free_as(address, &request);
}

u32 th_sampled(u32 allocations)
{
	u32 guarded = 0;

	for (u32 i = 0; i < allocations; i++) {
		uptr object = th_malloc(24);

		guarded += th_guarded(object);
		th_free(object);
	}
	return guarded;
}

uptr th_realloc(uptr address, uptr size_bytes)
{
	uptr old_bytes = 0;
	uptr object;

	if (th_guarded(address) && !picket_guard_object(guard, address, &old_bytes)) {
		picket_guard_misuse(guard, address, PICKET_FOUND_REALLOC);
		return 0;
	}
	object = th_alloc(size_bytes, 0, PICKET_SIDE_AUTO);
	for (uptr i = 0; i < old_bytes && i < size_bytes; i++)
		th_write(object + i, 1, th_read(address + i, 1));
	th_free(address);
	return object;
}

u64 th_read(uptr address, u32 size_bytes)
{
	u64 value = 0;

	port->touch(address, &value, size_bytes, false);
	return value;
}

void th_write(uptr address, u32 size_bytes, u64 value)
{
	port->touch(address, &value, size_bytes, true);
}

int th_read_nofault(uptr address)
{
	return port->read_nofault(address);
}

void th_fill(uptr address, uptr size_bytes, u8 byte)
{
	for (uptr i = 0; i < size_bytes; i++)
		th_write(address + i, 1, byte);
}

bool th_holds(uptr address, uptr size_bytes, u8 byte)
{
	for (uptr i = 0; i < size_bytes; i++) {
		if (th_read(address + i, 1) != byte)
			return false;
	}
	return true;
}

const struct picket_record *th_expect(enum picket_bug bug, enum picket_access access, uptr address,
				      uptr object)
{
	static const struct picket_record none;
	const struct picket_record *record;

	if (!th_check(records_asked < port->record_count()))
		return &none;
	record = port->record(records_asked++);
	th_check(record->bug == bug);
	th_check(record->access == access);
	th_check(record->fault_address == address);
	th_check(record->object.address == object);
	th_check(!object || equal(record->object.allocator, test->cache ? test->cache : "host"));
	th_check(record->sequence == records_asked);
	return record;
}

void th_no_report(void)
{
	u32 count = port->record_count();

	th_check(count == records_asked);
	if (count == records_asked)
		records_asked = count;
	must_be_null(port->audit());
}

void th_advance_ms(u32 time_ms)
{
	port->advance_ms(time_ms);
}

void th_site(u32 new_site)
{
	site = new_site;
}

void th_fail(enum th_failure what, bool always)
{
	port->fail(what, always);
}

void th_fail_end(void)
{
	port->fail_end();
}

static const char *missing(void)
{
	u32 lacking = test->needs & ~port->offers & ~TH_IS_LONG;

	for (u32 i = 0; lacking; i++, lacking >>= 1) {
		if (lacking & 1)
			return port->lacks[i];
	}
	return NULL;
}

static void finish_case(void)
{
	th_no_report();
	while (object_count)
		if (th_free(objects[object_count - 1]))
			object_count--;
	th_no_report();
	must_be_null(port->stop());
}

struct th_result th_run(const struct th_port *on, const struct th_case *the_case, bool tolerate)
{
	struct picket_guard_config config;

	port = on;
	test = the_case;
	tolerant = tolerate;
	result = (struct th_result){ .outcome = TH_PASSED };
	memset(&gate, 0, sizeof(gate));
	records_asked = object_count = site = 0;
	if (missing()) {
		th_skip(missing());
		return result;
	}
	default_config(&config);
	if (test->configure)
		test->configure(&config);
	guard = port->start(&config);
	if (!guard) {
		if (!tolerant)
			must_be_null("no detector could be made");
		must_be_null(port->stop());
		return result;
	}
	test->run();
	finish_case();
	return result;
}

static void add(const char *text)
{
	append(line, sizeof(line), text);
}

static void add_number(u32 number)
{
	append_number(line, sizeof(line), number);
}

static void say_line(const struct th_port *on)
{
	on->say(line);
	line[0] = '\0';
}

static void say_plan(const struct th_port *on, u32 number)
{
	add("1..");
	add_number(number);
	say_line(on);
}

static void say_result(const struct th_port *on, u32 number, const char *name,
		       const struct th_result *now)
{
	add(now->outcome == TH_FAILED ? "not ok " : "ok ");
	add_number(number);
	add(" - ");
	add(name);
	if (now->outcome == TH_SKIPPED) {
		add(" # SKIP ");
		add(now->why);
	}
	say_line(on);
	if (now->outcome == TH_FAILED) {
		add("# ");
		add(now->why);
		say_line(on);
	}
}

static void say_sum(const struct th_port *on, const u32 *count)
{
	add("# ");
	add_number(count[TH_PASSED]);
	add(" passed, ");
	add_number(count[TH_FAILED]);
	add(" failed, ");
	add_number(count[TH_SKIPPED]);
	add(" skipped");
	say_line(on);
}

/* The next case that the filter lets through, after this one; NULL: there is none. */
static const struct th_case *next_case(u32 *table, const struct th_case *one, const char *filter)
{
	for (one = one ? one + 1 : th_suite[*table]; th_suite[*table]; one = th_suite[*table]) {
		for (; one->name; one++) {
			if (!filter || contains(one->name, filter))
				return one;
		}
		++*table;
	}
	return NULL;
}

u32 th_run_all(const struct th_port *on, const char *filter)
{
	const struct th_case *one;
	u32 count[3] = { 0 };
	u32 number = 0;
	u32 table = 0;

	for (one = NULL; (one = next_case(&table, one, filter));)
		number++;
	say_plan(on, number);
	number = table = 0;
	for (one = NULL; (one = next_case(&table, one, filter));) {
		struct th_result now = on->isolate ? on->isolate(one) : th_run(on, one, false);

		count[now.outcome]++;
		say_result(on, ++number, one->name, &now);
	}
	say_sum(on, count);
	return count[TH_FAILED] + !number;
}
