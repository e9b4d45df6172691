/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a record says of an object, and how long a freed one is remembered. */
#include "tables.h"

static void record_right(void)
{
	char *object = sh_kmalloc(61);
	const struct picket_record *record;

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 1, sh_write(object + 63, 1));
	record = sh_last();
	sh_check(record->fault_address == (picket_uptr)object + 63);
	sh_check(record->object.address == (picket_uptr)object);
	sh_check(record->object.size_bytes == 61);
	sh_check(record->object.state == PICKET_OBJECT_LIVE);
	sh_check(record->position == PICKET_POSITION_RIGHT);
	sh_check(record->distance_bytes == 3);
	sh_check(record->found == PICKET_FOUND_CHECK);
	sh_check(record->access_stack.count && record->alloc_stack.count);
	sh_check(!record->free_stack.count);
	sh_kfree(object);
}

static void record_freed(void)
{
	char *object = sh_kmalloc(61);
	const struct picket_record *record;

	sh_hide(object);
	sh_kfree(object);
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object + 7));
	record = sh_last();
	sh_check(record->fault_address == (picket_uptr)object + 7);
	sh_check(record->object.address == (picket_uptr)object);
	sh_check(record->object.size_bytes == 61);
	sh_check(record->object.state == PICKET_OBJECT_FREED);
	sh_check(record->position == PICKET_POSITION_INSIDE);
	sh_check(record->distance_bytes == 7);
	sh_check(record->access_stack.count && record->alloc_stack.count);
	sh_check(record->free_stack.count);
}

/* What the record shows of the shadow of an address; -1 if it does not. */
static int shadow_shown(const char *address)
{
	const struct picket_memory *memory = &sh_last()->memory;
	picket_uptr at = ((picket_uptr)address - memory->shadow_start) / 8;

	if (memory->shadow_rows != PICKET_SHADOW_ROWS ||
	    at >= PICKET_SHADOW_ROWS * PICKET_SHADOW_ROW_BYTES)
		return -1;
	return memory->shadow[at / PICKET_SHADOW_ROW_BYTES][at % PICKET_SHADOW_ROW_BYTES];
}

static void record_shadow(void)
{
	char *object = sh_kmalloc(13);
	picket_uptr middle;

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, READ, 1, sh_read(object + 13));
	sh_check(shadow_shown(object) == 0);
	sh_check(shadow_shown(object + 8) == 5);
	sh_check(shadow_shown(object + 16) == 0xfc);
	middle = sh_last()->memory.shadow_start + PICKET_SHADOW_ROWS / 2 * 128;
	sh_check((picket_uptr)object + 13 - middle < 128);
	sh_kfree(object);
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object));
	sh_check(shadow_shown(object) == 0xfa);
	sh_check(shadow_shown(object + 8) == 0xfb);
	sh_check(shadow_shown(object + 16) == 0xfc);
}

static void record_shadow_large(void)
{
	picket_uptr bytes = sh_round_up(sh_slab_max() + 100, 8);
	char *object = sh_kmalloc(bytes);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, PAGES, READ, 1, sh_read(object + bytes));
	sh_check(shadow_shown(object + bytes - 1) == 0);
	sh_check(shadow_shown(object + bytes) == 0xfe);
	sh_kfree(object);
}

static picket_uptr alloc_return;
static picket_uptr free_return;
static picket_uptr read_return;

static sh_noinline char *alloc_here(void)
{
	char *object = sh_kmalloc(40);

	alloc_return = (picket_uptr)__builtin_return_address(0);
	sh_barrier();
	return object;
}

static sh_noinline void free_here(char *object)
{
	sh_kfree(object);
	free_return = (picket_uptr)__builtin_return_address(0);
	sh_barrier();
}

static sh_noinline void read_here(char *object)
{
	sh_read(object);
	read_return = (picket_uptr)__builtin_return_address(0);
	sh_barrier();
}

static int stack_has(const struct picket_stack *stack, picket_uptr pc)
{
	for (picket_u32 i = 0; i < stack->count && i < PICKET_STACK_FRAMES; i++) {
		if (stack->pc[i] == pc)
			return 1;
	}
	return 0;
}

static void record_stacks(void)
{
	char *object = alloc_here();

	sh_hide(object);
	free_here(object);
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, read_here(object));
	/* The access is on top, whatever the detector called meanwhile. */
	sh_check(sh_last()->access_stack.pc[1] == read_return);
	sh_check(stack_has(&sh_last()->alloc_stack, alloc_return));
	sh_check(stack_has(&sh_last()->free_stack, free_return));
}

static void record_left(void)
{
	char *object = sh_kmalloc_inside(64);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 2, sh_write((picket_u16 *)(object - 2), 1));
	sh_check(sh_last()->fault_address == (picket_uptr)object - 2);
	sh_kfree(object);
}

static void double_free(void)
{
	char *object = sh_kmalloc(100);

	sh_hide(object);
	sh_kfree(object);
	sh_expect(DOUBLE_FREE, HEAP, UNKNOWN, 0, sh_kfree(object));
	sh_check(sh_last()->found == PICKET_FOUND_FREE);
	sh_check(sh_last()->fault_address == (picket_uptr)object);
	sh_check(sh_last()->free_stack.count != 0);
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object));
}

/* Its neighbours stay, and what makes the quarantine let go of it has slots of another size. */
static void double_free_after_quarantine(void)
{
	static char *objects[64];
	char *object;

	for (int i = 0; i < 64; i++)
		objects[i] = sh_kmalloc(100);
	object = objects[32];
	sh_hide(object);
	sh_kfree(object);
	for (int i = 0; i < 3000; i++)
		sh_kfree(sh_kmalloc(4000));
	sh_expect(DOUBLE_FREE, HEAP, UNKNOWN, 0, sh_kfree(object));
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object + 50));
	for (int i = 0; i < 64; i++)
		if (i != 32)
			sh_silent(sh_kfree(objects[i]));
}

static int nested_accesses;

static void access_nested(void *object)
{
	nested_accesses++;
	sh_read((char *)object);
	sh_kfree(object);
}

/* What a report itself does wrong, as a console's driver may, is not reported. */
static void report_in_a_report(void)
{
	char *object = sh_kmalloc(20);

	sh_hide(object);
	sh_kfree(object);
	nested_accesses = 0;
	sh_in_report(access_nested, object);
	sh_expect(USE_AFTER_FREE, HEAP, WRITE, 1, sh_write(object + 1, 1));
	sh_check(sh_last()->access == PICKET_ACCESS_WRITE);
	sh_check(nested_accesses == 1);
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object));
}

static void invalid_free(void)
{
	char *object = sh_kmalloc(100);

	sh_hide(object);
	sh_expect(INVALID_FREE, HEAP, UNKNOWN, 0, sh_kfree(object + 1));
	sh_expect(INVALID_FREE, HEAP, UNKNOWN, 0, sh_kfree(object + 8));
	sh_check(sh_last()->object.address == (picket_uptr)object);
	sh_silent(sh_write(object, 1));
	sh_silent(sh_kfree(object));
}

static void free_of_nothing(void)
{
	sh_silent(sh_kfree(sh_opaque((char *)0)));
}

static void zeroed(void)
{
	picket_u8 *object = sh_kmalloc(200);

	memset(object, 0xff, sh_opaque(200ul));
	sh_kfree(object);
	for (int round = 0; round < 200; round++) {
		object = sh_kzalloc(200);
		for (int i = 0; i < 200; i++)
			sh_silent(sh_check(!object[i]));
		memset(object, 0xff, sh_opaque(200ul));
		sh_kfree(object);
	}
}

/* An object freed is not given out again at once; but at last it is. */
static void quarantine(void)
{
	char *object = sh_kmalloc(4000);

	sh_hide(object);
	sh_kfree(object);
	for (int i = 0; i < 10; i++) {
		char *next = sh_kmalloc(4000);

		sh_check(next != object);
		sh_kfree(next);
	}
	sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object + 3999));
	for (int i = 0; i < 3000; i++)
		sh_silent(sh_kfree(sh_kmalloc(4000)));
	/* Large ones take the place of many small ones. */
	for (int i = 0; i < 20000; i++)
		sh_kfree(sh_kmalloc(8));
	for (int i = 0; i < 40; i++)
		sh_silent(sh_kfree(sh_kmalloc(sh_slab_max() + 1)));
}

static void content_is_kept(void)
{
	char *object = sh_kmalloc(30);

	for (int i = 0; i < 30; i++)
		object[i] = (char)i;
	object = sh_krealloc(object, 700);
	for (int i = 0; i < 30; i++)
		sh_check(object[i] == (char)i);
	sh_silent(sh_write(object + 699, 1));
	object = sh_krealloc(object, 20);
	for (int i = 0; i < 20; i++)
		sh_check(object[i] == (char)i);
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 1, sh_write(object + 20, 1));
	sh_kfree(object);
}

static void each_size(void)
{
	for (picket_uptr bytes = 1; bytes < sh_slab_max() + 300; bytes += 1 + bytes / 8) {
		char *object = sh_kmalloc(bytes);

		sh_hide(object);
		sh_check(!((picket_uptr)object % 8));
		sh_silent(sh_write(object, 1));
		sh_silent(sh_write(object + bytes - 1, 1));
		sh_expect(OUT_OF_BOUNDS, UNKNOWN, WRITE, 1, sh_write(object + bytes, 1));
		sh_kfree(object);
		sh_expect(USE_AFTER_FREE, UNKNOWN, READ, 1, sh_read(object));
		sh_expect(USE_AFTER_FREE, UNKNOWN, READ, 1, sh_read(object + bytes - 1));
	}
}

/* Many at once, with none beside the other. */
static void many_objects(void)
{
	static char *objects[200];

	for (int i = 0; i < 200; i++) {
		objects[i] = sh_kmalloc(1 + (picket_uptr)i * 7 % 90);
		sh_silent(memset(objects[i], i, sh_opaque(1ul + (picket_uptr)i * 7 % 90)));
	}
	for (int i = 0; i < 200; i += 2)
		sh_kfree(objects[i]);
	for (int i = 0; i < 200; i++) {
		char *object = objects[i];

		sh_hide(object);
		if (i % 2)
			sh_silent(sh_check(*object == (char)i));
		else
			sh_expect(USE_AFTER_FREE, HEAP, READ, 1, sh_read(object));
	}
	for (int i = 1; i < 200; i += 2)
		sh_kfree(objects[i]);
}

const struct sh_case sh_object_cases[] = {
	SH_CASE(record_right, 0),
	SH_CASE(record_freed, 0),
	SH_CASE(record_shadow, 0),
	SH_CASE(record_shadow_large, 0),
	SH_CASE(record_stacks, 0),
	SH_CASE(record_left, 0),
	SH_CASE(report_in_a_report, 0),
	SH_CASE(double_free, 0),
	SH_CASE(double_free_after_quarantine, 0),
	SH_CASE(invalid_free, 0),
	SH_CASE(free_of_nothing, 0),
	SH_CASE(zeroed, 0),
	SH_CASE(quarantine, 0),
	SH_CASE(content_is_kept, 0),
	SH_CASE(each_size, 0),
	SH_CASE(many_objects, 0),
	SH_CASES_END,
};
