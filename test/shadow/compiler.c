/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What compilers call, and what a record says of stacks and globals: compiler [--seed=N]
 */
#include "../tap.h"
#include "port.h"
#include "seed.h"

#define CHECKED_BYTES 64u /* objects of the matrix, and what is tried around them */
#define MARGIN_BYTES 32u
#define FRAME_MAGIC 0x41b58ab3ul
#define HOSTILE_ROUNDS 20000

/* As the compilers know them: they have no header. */
#define DECLARE(size)                                                                              \
	void __asan_load##size##_noabort(void *address);                                           \
	void __asan_store##size##_noabort(void *address);                                          \
	void __asan_load##size(void *address);                                                     \
	void __asan_store##size(void *address);                                                    \
	void __asan_report_load##size##_noabort(void *address);                                    \
	void __asan_report_store##size##_noabort(void *address);                                   \
	void __asan_report_load##size(void *address);                                              \
	void __asan_report_store##size(void *address)
DECLARE(1);
DECLARE(2);
DECLARE(4);
DECLARE(8);
DECLARE(16);
void __asan_loadN_noabort(void *address, picket_sptr bytes);
void __asan_storeN_noabort(void *address, picket_sptr bytes);
void __asan_loadN(void *address, picket_sptr bytes);
void __asan_storeN(void *address, picket_sptr bytes);
void __asan_report_load_n_noabort(void *address, picket_sptr bytes);
void __asan_report_store_n_noabort(void *address, picket_sptr bytes);
void *__asan_memmove(void *to, const void *from, uptr bytes);
void *__hwasan_memset(void *to, int value, uptr bytes);
void __asan_alloca_poison(void *address, picket_sptr bytes);
void __asan_allocas_unpoison(void *top, picket_sptr bottom);
void __asan_poison_stack_memory(void *address, picket_sptr bytes);
void __asan_unpoison_stack_memory(void *address, picket_sptr bytes);
void __asan_set_shadow_00(u8 *shadow, uptr granules);
void __asan_set_shadow_f8(u8 *shadow, uptr granules);
void __asan_register_globals(void *globals, picket_sptr count);
void __asan_unregister_globals(void *globals, picket_sptr count);

struct access {
	void (*fixed[4])(void *address);
	void (*ranged[2])(void *address, picket_sptr bytes);
	u32 bytes;
};

#define FIXED(size)                                                                                \
	{                                                                                          \
		.fixed = { __asan_load##size##_noabort, __asan_store##size##_noabort,              \
			   __asan_load##size, __asan_store##size },                                \
		.bytes = size                                                                      \
	}

static const struct access accesses[] = {
	FIXED(1),
	FIXED(2),
	FIXED(4),
	FIXED(8),
	FIXED(16),
	{ .ranged = { __asan_loadN_noabort, __asan_storeN_noabort }, .bytes = 3 },
	{ .ranged = { __asan_loadN, __asan_storeN }, .bytes = 24 },
	{ .ranged = { __asan_loadN, __asan_storeN }, .bytes = 0 },
};

static u32 wrong;

/* Return: how many reports there were since the last call. */
static u64 reports(void)
{
	static u64 seen;
	u64 count = port.reports - seen;

	seen = port.reports;
	if (port.reports == 0)
		seen = 0;
	return count;
}

/* One of an object's bytes, or none, is the first bad one. */
static bool is_bad(s64 offset, u32 bytes, u32 object_bytes)
{
	return bytes && (offset < 0 || offset + bytes > object_bytes);
}

static void try_access(const struct access *access, u32 entry, uptr object, s64 offset,
		       u32 object_bytes)
{
	const struct picket_record *record = &port.record;
	void *address = (void *)(object + (uptr)offset);
	bool is_write = entry & 1;
	u64 count;

	if (access->bytes && access->fixed[0])
		access->fixed[entry](address);
	else
		access->ranged[is_write](address, access->bytes);
	count = reports();
	if (count != is_bad(offset, access->bytes, object_bytes))
		wrong++;
	else if (count &&
		 (record->fault_address != (uptr)address ||
		  record->access_size_bytes != access->bytes ||
		  record->access != (is_write ? PICKET_ACCESS_WRITE : PICKET_ACCESS_READ) ||
		  record->bug != PICKET_BUG_OUT_OF_BOUNDS ||
		  record->region != PICKET_REGION_GLOBAL))
		wrong++;
}

/* Every size of an object, at each place around it, by each kind of access. */
static void test_accesses(void)
{
	uptr object = port_arena + 4096;
	u32 tried = 0;

	for (u32 bytes = 1; bytes <= CHECKED_BYTES; bytes++) {
		picket_shadow_poison(object - MARGIN_BYTES, 4 * CHECKED_BYTES, PICKET_SHADE_GLOBAL);
		picket_shadow_unpoison(object, bytes);
		for (s64 offset = -(s64)MARGIN_BYTES; offset < CHECKED_BYTES + MARGIN_BYTES;
		     offset++)
			for (u32 kind = 0; kind < sizeof(accesses) / sizeof(accesses[0]); kind++)
				for (u32 entry = 0; entry < 4; entry++, tried++)
					try_access(&accesses[kind], entry, object, offset, bytes);
	}
	picket_shadow_open(object - MARGIN_BYTES, 4 * CHECKED_BYTES);
	tap_ok(wrong == 0, "%u accesses around objects: %u judged wrongly", tried, wrong);
}

static bool is_report(u32 bytes, enum picket_access access)
{
	return reports() == 1 && port.record.access_size_bytes == bytes &&
	       port.record.access == access && port.record.fault_address == port_arena + 8 &&
	       port.record.found == PICKET_FOUND_CHECK;
}

static void test_reports(void)
{
	void *bad = (void *)(port_arena + 8);
	bool good = true;

	picket_shadow_poison(port_arena + 8, 32, PICKET_SHADE_SLAB_FREE);
	__asan_report_load1_noabort(bad);
	good &= is_report(1, PICKET_ACCESS_READ);
	__asan_report_store2_noabort(bad);
	good &= is_report(2, PICKET_ACCESS_WRITE);
	__asan_report_load4(bad);
	good &= is_report(4, PICKET_ACCESS_READ);
	__asan_report_store8(bad);
	good &= is_report(8, PICKET_ACCESS_WRITE);
	__asan_report_load16_noabort(bad);
	good &= is_report(16, PICKET_ACCESS_READ);
	__asan_report_load_n_noabort(bad, 5);
	good &= is_report(5, PICKET_ACCESS_READ);
	__asan_report_store_n_noabort(bad, 27);
	good &= is_report(27, PICKET_ACCESS_WRITE);
	tap_ok(good, "what inline checks found is reported as it is");
	tap_ok(port.record.bug == PICKET_BUG_USE_AFTER_FREE && port.record.memory.shadow_rows == 0,
	       "a row of shadow that cannot be read leaves all of them out");
	picket_shadow_open(port_arena + 8, 32);
}

static void test_memory(void)
{
	uptr object = port_arena + 4096;
	u8 *bytes = (u8 *)object;

	picket_shadow_poison(object + 16, 8, PICKET_SHADE_GLOBAL);
	memset(bytes, 7, 24);
	__asan_memmove(bytes, bytes + 4, (uptr)-2);
	tap_ok(reports() == 1 && port.record.region == PICKET_REGION_UNKNOWN &&
		       port.record.bug == PICKET_BUG_OUT_OF_BOUNDS && bytes[0] == 7,
	       "a negative size is reported and nothing is moved");
	__hwasan_memset(bytes, 1, 24);
	tap_ok(reports() == 1 && port.record.region == PICKET_REGION_GLOBAL && bytes[23] == 1,
	       "a range that is too long is reported once, and filled");
	__asan_memmove(bytes, bytes + 4, 0);
	__asan_memmove(bytes, bytes + 4, 12);
	tap_ok(reports() == 0, "a good range, and an empty one, are not");
	picket_shadow_open(object + 16, 8);
}

static void test_kinds(void)
{
	static const struct {
		u8 shade, next;
		bool on_stack;
		enum picket_bug bug;
		enum picket_region region;
	} kinds[] = {
		{ 0xfc, 0, false, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_HEAP },
		{ 0xfe, 0, false, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_PAGES },
		{ 0xfa, 0xfb, false, PICKET_BUG_USE_AFTER_FREE, PICKET_REGION_HEAP },
		{ 0xfb, 0, false, PICKET_BUG_USE_AFTER_FREE, PICKET_REGION_HEAP },
		{ 0xff, 0, false, PICKET_BUG_USE_AFTER_FREE, PICKET_REGION_PAGES },
		{ 0xf1, 0, true, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_STACK },
		{ 0xf2, 0, true, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_STACK },
		{ 0xf3, 0, false, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_STACK },
		{ 0xf5, 0, true, PICKET_BUG_USE_AFTER_SCOPE, PICKET_REGION_STACK },
		{ 0xf8, 0, true, PICKET_BUG_USE_AFTER_SCOPE, PICKET_REGION_STACK },
		{ 0xf8, 0, false, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_VMALLOC },
		{ 0xf9, 0, false, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_GLOBAL },
		{ 0xca, 0, true, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_ALLOCA },
		{ 0xcb, 0, true, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_ALLOCA },
		{ 3, 0xfc, false, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_HEAP },
		{ 3, 0xf2, true, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_STACK },
		{ 3, 0, false, PICKET_BUG_OUT_OF_BOUNDS, PICKET_REGION_UNKNOWN },
		{ 0x55, 0, false, PICKET_BUG_INVALID_ACCESS, PICKET_REGION_UNKNOWN },
	};
	u32 bad = 0;

	for (u32 index = 0; index < sizeof(kinds) / sizeof(kinds[0]); index++) {
		struct picket_shadow_kind kind = picket_shadow_classify(
			kinds[index].shade, kinds[index].next, kinds[index].on_stack);

		bad += kind.bug != kinds[index].bug || kind.region != kinds[index].region;
	}
	tap_ok(bad == 0, "shadow tells the kind of bug");
	tap_ok(picket_shadow_classify_lost(0x18).region == PICKET_REGION_NULL &&
		       picket_shadow_classify_lost(0x7f0000000000).region == PICKET_REGION_USER &&
		       picket_shadow_classify_lost(0xdead000000000000).region == PICKET_REGION_WILD,
	       "so does an address without shadow");
}

/* A frame as compilers make it: left redzone, 10 bytes, redzone, 20 bytes, right redzone. */
static uptr make_frame(uptr base, const char *description)
{
	uptr *words = (uptr *)base;

	words[0] = FRAME_MAGIC;
	words[1] = (uptr)description;
	words[2] = port_arena + 0x1234;
	picket_shadow_poison(base, 32, PICKET_SHADE_STACK_LEFT);
	picket_shadow_unpoison(base + 32, 10);
	picket_shadow_poison(base + 48, 16, PICKET_SHADE_STACK_MID);
	picket_shadow_unpoison(base + 64, 20);
	picket_shadow_poison(base + 88, 40, PICKET_SHADE_STACK_RIGHT);
	return base;
}

/* The descriptions lie in the arena, as only there is memory, as far as the port can tell. */
static char *put_description(const char *text)
{
	return strcpy((char *)port_arena + 64, text);
}

static void test_frame(void)
{
	const struct picket_memory *memory = &port.record.memory;
	uptr stack = port_arena + PORT_HEAP_BYTES;
	uptr frame;

	port.stack_low = stack;
	port.stack_high = stack + 65536;
	frame = make_frame(stack + 4096, put_description("2 32 10 7 name:12 64 20 6 header"));
	make_frame(stack + 4096 - 128, put_description("2 32 10 7 name:12 64 20 6 header"));
	__asan_store1_noabort((void *)(frame + 42));
	tap_ok(reports() == 1 && port.record.region == PICKET_REGION_STACK &&
		       memory->frame_pc == port_arena + 0x1234 &&
		       memory->frame_offset_bytes == 42 && memory->frame_objects == 2,
	       "the frame of a bad address");
	tap_ok(!strcmp(memory->objects[0].name, "name") && memory->objects[0].offset_bytes == 32 &&
		       memory->objects[0].size_bytes == 10 &&
		       !strcmp(memory->objects[1].name, "header") &&
		       memory->objects[1].offset_bytes == 64,
	       "its variables, without lines");
	tap_ok(!strcmp(memory->variable, "name") && memory->variable_address == frame + 32 &&
		       memory->variable_bytes == 10,
	       "the nearest one");
	tap_ok(memory->shadow_rows == PICKET_SHADOW_ROWS &&
		       memory->shadow_start == ((frame + 42) & ~127ul) - 256 &&
		       !memcmp(memory->shadow, picket_shadow_of(memory->shadow_start), 80),
	       "the shadow around it");
	__asan_load1_noabort((void *)(frame + 60));
	tap_ok(reports() == 1 && !strcmp(memory->variable, "header"),
	       "in the middle, the other one");
	((uptr *)frame)[0]++;
	__asan_load1_noabort((void *)(frame + 42));
	tap_ok(reports() == 1 && !memory->frame_pc && !memory->variable_address,
	       "without the magic number there is no frame");
	port.stack_low = port.stack_high = 0;
	((uptr *)frame)[0]--;
	__asan_load1_noabort((void *)(frame + 42));
	tap_ok(reports() == 1 && !memory->frame_pc, "nor on a stack that is not known");
	picket_shadow_stack_clean(stack, stack + 65536);
	__asan_load1_noabort((void *)(frame + 42));
	tap_ok(reports() == 0, "a cleaned stack is open");
}

/* A good description with a few characters changed, and sometimes cut. */
static void make_hostile(char *text)
{
	static const char good[] =
		"12 32 1 1 a 48 10 7 name:12 64 20 6 header 96 8 70 "
		"a_name_that_is_longer_than_any_that_a_record_has_room_for:123456789012";
	static const char characters[] = "0123456789 1234 :ab\xff";

	strcpy(text, good);
	for (u64 changes = port_random(4); changes; changes--)
		text[port_random(sizeof(good) - 1)] =
			characters[port_random(sizeof(characters) - 1)];
	if (!port_random(4))
		text[port_random(sizeof(good))] = 0;
}

static bool is_terminated(const char *name)
{
	return memchr(name, 0, PICKET_VARIABLE_NAME_BYTES) != NULL;
}

static void test_hostile(void)
{
	const struct picket_memory *memory = &port.record.memory;
	uptr stack = port_arena + PORT_HEAP_BYTES;
	char *text = (char *)port_arena + 64;
	u64 objects = 0;
	u32 bad = 0;

	port.stack_low = stack;
	port.stack_high = stack + 65536;
	make_frame(stack, text);
	for (u32 round = 0; round < HOSTILE_ROUNDS; round++) {
		make_hostile(text);
		__asan_load1_noabort((void *)(stack + 42));
		bad += reports() != 1 || !memory->frame_pc || !is_terminated(memory->variable);
		for (u32 index = 0; index < PICKET_FRAME_OBJECTS; index++)
			bad += !is_terminated(memory->objects[index].name);
		objects += memory->frame_objects;
	}
	tap_ok(bad == 0 && objects > 0, "%d hostile descriptions, with %llu variables in all",
	       HOSTILE_ROUNDS, objects);
	memset(text, '1', PORT_HEAP_BYTES - 64);
	__asan_load1_noabort((void *)(stack + 42));
	tap_ok(reports() == 1 && memory->frame_pc && !memory->frame_objects, "an endless one");
	picket_shadow_stack_clean(stack, stack + 65536);
	port.stack_low = port.stack_high = 0;
}

static void test_stack_calls(void)
{
	uptr stack = port_arena + PORT_HEAP_BYTES;

	__asan_alloca_poison((void *)(stack + 64), 10);
	tap_ok(picket_shadow_is_open(stack + 64, 10) && !picket_shadow_is_open(stack + 74, 1) &&
		       !picket_shadow_is_open(stack + 127, 1) &&
		       picket_shadow_is_open(stack + 128, 8) &&
		       !picket_shadow_is_open(stack + 32, 1) && picket_shadow_is_open(stack, 32),
	       "an alloca has redzones of its own");
	__asan_allocas_unpoison((void *)(stack + 32), (picket_sptr)(stack + 128));
	tap_ok(picket_shadow_is_open(stack, 256), "and none when it is gone");
	__asan_allocas_unpoison(NULL, (picket_sptr)stack);
	__asan_poison_stack_memory((void *)stack, 20);
	tap_ok(!picket_shadow_is_open(stack + 16, 1) && picket_shadow_is_open(stack + 24, 8),
	       "a variable out of scope");
	__asan_unpoison_stack_memory((void *)stack, 20);
	tap_ok(picket_shadow_is_open(stack, 20) && !picket_shadow_is_open(stack + 20, 1),
	       "and in scope again");
	__asan_set_shadow_f8(picket_shadow_of(stack), 4);
	tap_ok(!picket_shadow_is_open(stack + 24, 1) && picket_shadow_is_open(stack + 32, 8),
	       "the same by shadow addresses");
	__asan_set_shadow_00(picket_shadow_of(stack), 4);
	tap_ok(picket_shadow_is_open(stack, 64), "and open");
}

struct descriptor {
	uptr address, bytes, bytes_with_redzone;
	const char *name, *module;
	uptr dynamic_init, location, odr;
};

static void test_globals(u64 seed)
{
	const struct picket_memory *memory = &port.record.memory;
	static struct descriptor globals[2];
	uptr first = port_arena + 8192;

	globals[0] = (struct descriptor){ first, 10, 64, "first", "x.c", 0, 0, 0 };
	globals[1] = (struct descriptor){ first + 64, 32, 64, "second", "x.c", 0, 0, 0 };
	port_stop();
	__asan_register_globals(globals, 2);
	port_start(0, 0, seed);
	reports();
	tap_ok(picket_shadow_is_open(first, 10) && !picket_shadow_is_open(first + 10, 1) &&
		       !picket_shadow_is_open(first + 63, 1) &&
		       picket_shadow_is_open(first + 64, 32) &&
		       !picket_shadow_is_open(first + 96, 1) &&
		       picket_shadow_is_open(first + 128, 64),
	       "globals registered before the start have redzones");
	__asan_load4_noabort((void *)(first + 96));
	tap_ok(reports() == 1 && !strcmp(memory->variable, "second") &&
		       memory->variable_address == first + 64 && memory->variable_bytes == 32,
	       "the report names one");
	picket_shadow_globals_forget((uptr)globals, sizeof(globals));
	__asan_load4_noabort((void *)(first + 96));
	tap_ok(reports() == 1 && !memory->variable_address, "when forgotten it has no name");
	__asan_register_globals(globals, 2);
	__asan_unregister_globals(globals, 2);
	tap_ok(picket_shadow_is_open(first, 128), "when unregistered it is open");
	globals[0].bytes_with_redzone = 3;
	__asan_register_globals(globals, 1);
	tap_ok(picket_shadow_is_open(first, 64),
	       "one that is not laid out as it must be is left alone");
	__asan_unregister_globals(globals, 1);
}

static void test_shots(void)
{
	struct picket_shadow_stats before;
	struct picket_shadow_stats after;
	void *bad = (void *)(port_arena + 4096);

	picket_shadow_poison((uptr)bad, 8, PICKET_SHADE_GLOBAL);
	picket_shadow_stats(&before);
	tap_ok(picket_shadow_multi_shot(false), "every bad access was reported");
	__asan_load1_noabort(bad);
	__asan_load1_noabort(bad);
	__asan_load1_noabort(bad);
	picket_shadow_stats(&after);
	tap_ok(reports() == 1 && after.reports == before.reports + 1 &&
		       after.reports_suppressed == before.reports_suppressed + 2,
	       "now only the first is, and the others are counted");
	tap_ok(!picket_shadow_multi_shot(true) && !picket_shadow_check((uptr)bad, 1, 1, 0) &&
		       reports() == 1,
	       "and again every one");
	port_stop();
	__asan_load1_noabort(bad);
	tap_ok(reports() == 0, "after the stop, none");
}

int main(int argc, char **argv)
{
	u64 seed = seed_from(argc, argv);

	port_start(0, 0, seed);
	test_accesses();
	test_reports();
	test_memory();
	test_kinds();
	test_frame();
	test_hostile();
	test_stack_calls();
	test_globals(seed);
	test_shots();
	return tap_done();
}
