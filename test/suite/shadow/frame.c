/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Stacks: frames, allocas, scopes, and frames that nobody returned from. */
#include "tables.h"

static void stack_left(void)
{
	char array[10];
	char *start = array;

	sh_hide(start);
	sh_expect(OUT_OF_BOUNDS, STACK, READ, 1, sh_read(start - 1));
}

static void stack_right_write(void)
{
	picket_u32 array[3];
	picket_u32 *end = array + 3;

	sh_hide(end);
	sh_silent(sh_write(end - 1, 1));
	sh_expect(OUT_OF_BOUNDS, STACK, WRITE, 4, sh_write(end, 1));
}

static const struct picket_frame_object *find_variable(const char *name)
{
	const struct picket_memory *memory = &sh_last()->memory;

	for (picket_u32 i = 0; i < memory->frame_objects && i < PICKET_FRAME_OBJECTS; i++) {
		if (sh_names(memory->objects[i].name, name))
			return &memory->objects[i];
	}
	return 0;
}

static void check_variable(const char *name, picket_u32 bytes)
{
	const struct picket_frame_object *found = find_variable(name);

	sh_note(name);
	if (sh_check(found != 0))
		sh_check(found->size_bytes == bytes);
}

static void stack_frame_variables(void)
{
	char one[10];
	picket_u64 two[5];
	char three[33];
	char *address = (char *)(two + 5);
	const struct picket_memory *memory;
	const struct picket_frame_object *found;

	sh_write(sh_opaque(&one[0]), 1);
	sh_write(sh_opaque(&three[0]), 1);
	sh_hide(address);
	sh_expect(OUT_OF_BOUNDS, STACK, WRITE, 1, sh_write(address, 1));
	memory = &sh_last()->memory;
	sh_check(memory->frame_pc != 0);
	sh_check(memory->frame_objects == 3);
	check_variable("one", sizeof(one));
	check_variable("two", sizeof(two));
	check_variable("three", sizeof(three));
	found = find_variable("two");
	if (found)
		sh_check(memory->frame_offset_bytes == found->offset_bytes + sizeof(two));
	sh_check(memory->shadow_rows == PICKET_SHADOW_ROWS);
}

/* What is between the variables of one frame is poisoned, all of the variables is not. */
static void stack_between_variables(void)
{
	char one[9];
	char two[17];
	char *end_one = one + sizeof(one);
	char *end_two = two + sizeof(two);

	sh_hide(end_one);
	sh_hide(end_two);
	for (picket_uptr i = 1; i <= sizeof(one); i++)
		sh_silent(sh_write(end_one - i, 1));
	for (picket_uptr i = 1; i <= sizeof(two); i++)
		sh_silent(sh_write(end_two - i, 1));
	sh_expect(OUT_OF_BOUNDS, STACK, WRITE, 1, sh_write(end_one, 1));
	sh_expect(OUT_OF_BOUNDS, STACK, WRITE, 1, sh_write(end_two, 1));
}

static sh_noinline void fill_caller(char *memory, picket_uptr bytes)
{
	for (picket_uptr i = 0; i < bytes; i++)
		sh_write(memory + i, 1);
}

static sh_noinline void deeper(int depth)
{
	char array[24];

	fill_caller(sh_opaque(&array[0]), sizeof(array));
	if (depth)
		deeper(depth - 1);
	fill_caller(sh_opaque(&array[0]), sizeof(array));
}

static void fill(char *memory, picket_uptr bytes)
{
	fill_caller(memory, bytes);
}

static void stack_frames_are_left_clean(void)
{
	sh_silent(deeper(20));
	sh_silent(sh_on_stack(2000, fill));
}

static void stack_caller_overflow(void)
{
	char array[24];

	sh_silent(fill_caller(sh_opaque(&array[0]), 24));
	sh_expect(OUT_OF_BOUNDS, STACK, WRITE, 1, fill_caller(sh_opaque(&array[23]), 2));
}

/* Frames that do not return leave their redzones behind. */
static sh_noinline void jump(int depth)
{
	char array[40];

	fill_caller(sh_opaque(&array[0]), sizeof(array));
	if (depth > 0)
		jump(depth - 1);
	fill_caller(sh_opaque(&array[0]), sizeof(array));
	if (sh_opaque(depth) >= 0)
		sh_jump_back();
}

static void jump_from_deep(void)
{
	jump(10);
}

static void longjmp_leaves_nothing(void)
{
	char array[10];
	char *end = array + sizeof(array);

	sh_hide(end);
	for (int i = 0; i < 3; i++) {
		sh_silent(sh_jump_over(jump_from_deep));
		sh_silent(sh_on_stack(2000, fill));
		sh_silent(deeper(10));
	}
	sh_silent(sh_write(end - 1, 1));
}

static sh_noinline void use_alloca(picket_uptr bytes)
{
	char array[bytes];
	char *memory = array;

	sh_hide(memory);
	for (picket_uptr i = 0; i < bytes; i++)
		sh_write(memory + i, 1);
}

static void alloca_reuse(void)
{
	for (picket_uptr i = 1; i <= 80; i++)
		sh_silent(use_alloca(sh_opaque(i)));
	sh_silent(sh_on_stack(2000, fill));
}

/* Each turn's array ends with the turn, in one frame. */
static void alloca_in_a_loop(void)
{
	for (picket_uptr bytes = 1; bytes <= 40; bytes++) {
		char array[bytes];
		char *memory = array;

		sh_hide(memory);
		for (picket_uptr i = 0; i < bytes; i++)
			sh_silent(sh_write(memory + i, 1));
	}
	sh_silent(sh_on_stack(2000, fill));
}

static void alloca_each_size(void)
{
	for (picket_uptr bytes = 1; bytes <= 40; bytes++) {
		char array[bytes];
		char *memory = array;

		sh_hide(memory);
		sh_silent(sh_write(memory + bytes - 1, 1));
		sh_expect(OUT_OF_BOUNDS, ALLOCA, WRITE, 1, sh_write(memory + bytes, 1));
		sh_expect(OUT_OF_BOUNDS, ALLOCA, WRITE, 1, sh_write(memory - 1, 1));
	}
}

static void use_after_scope(void)
{
	char *outlived;

	{
		char array[10];

		outlived = array;
		sh_hide(outlived);
		sh_silent(sh_write(outlived + 2, 1));
	}
	sh_expect(USE_AFTER_SCOPE, STACK, READ, 1, sh_read(outlived + 2));
}

/* Compilers call the detector for these, as their shadow is too large for a few stores. */
static void use_after_scope_large(void)
{
	char *outlived;

	{
		char array[1000];

		outlived = array;
		sh_hide(outlived);
		sh_silent(sh_write(outlived + 999, 1));
	}
	sh_expect(USE_AFTER_SCOPE, STACK, WRITE, 1, sh_write(outlived + 999, 1));
}

static void scopes_that_come_again(void)
{
	for (int i = 0; i < 50; i++) {
		char array[10];
		char *memory = array;

		sh_hide(memory);
		for (picket_uptr at = 0; at < sizeof(array); at++)
			sh_silent(sh_write(memory + at, 1));
	}
	for (int i = 0; i < 50; i++) {
		char array[1000];
		char *memory = array;

		sh_hide(memory);
		for (picket_uptr at = 0; at < sizeof(array); at += 9)
			sh_silent(sh_write(memory + at, 1));
	}
	sh_silent(sh_on_stack(2000, fill));
}

const struct sh_case sh_frame_cases[] = {
	SH_CASE(stack_left, 0),
	SH_CASE(stack_right_write, 0),
	SH_CASE(stack_frame_variables, 0),
	SH_CASE(stack_between_variables, 0),
	SH_CASE(stack_frames_are_left_clean, 0),
	SH_CASE(stack_caller_overflow, 0),
	SH_CASE(longjmp_leaves_nothing, SH_NEEDS_JUMPS),
	SH_CASE(alloca_reuse, 0),
	SH_CASE(alloca_in_a_loop, 0),
	SH_CASE(alloca_each_size, 0),
	SH_CASE(use_after_scope, 0),
	SH_CASE(use_after_scope_large, 0),
	SH_CASE(scopes_that_come_again, 0),
	SH_CASES_END,
};
