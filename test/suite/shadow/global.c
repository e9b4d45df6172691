/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Globals of every kind. */
#include "tables.h"

char sh_external[10] = "external";
static char of_file[10] = "of file";
static const char constant[10] = "constant";
static char zero[33];

static struct {
	char name[7];
	picket_u32 number;
	char last[5];
} composed = { "name", 1, "last" };

/* Three alike, so that one of them has a neighbour on either side. */
static picket_u64 first_of_three[3] = { 1 };
static picket_u64 second_of_three[3] = { 2 };
static picket_u64 third_of_three[3] = { 3 };

static void check_right(char *start, picket_uptr bytes, const char *name)
{
	sh_hide(start);
	sh_note(name);
	sh_silent(sh_read(start));
	sh_silent(sh_read(start + bytes - 1));
	sh_expect(OUT_OF_BOUNDS, GLOBAL, READ, 1, sh_read(start + bytes));
	sh_expect(OUT_OF_BOUNDS, GLOBAL, READ, 1, sh_read(start + bytes + 3));
	sh_check(sh_names(sh_last()->memory.variable, name));
	sh_check(sh_last()->memory.variable_address == (picket_uptr)start);
	sh_check(sh_last()->memory.variable_bytes == bytes);
}

static void global_right(void)
{
	check_right(sh_external, sizeof(sh_external), "sh_external");
}

static void global_static(void)
{
	check_right(of_file, sizeof(of_file), "of_file");
}

static void global_constant(void)
{
	check_right((char *)constant, sizeof(constant), "constant");
}

static void global_zero(void)
{
	check_right(zero, sizeof(zero), "zero");
}

static void global_in_function(void)
{
	static char inner[11] = "inner";

	check_right(inner, sizeof(inner), "inner");
}

static void global_struct(void)
{
	char *inner = composed.name + sizeof(composed.name);
	char *end = (char *)(&composed + 1);

	sh_hide(inner);
	sh_hide(end);
	/* Nothing is between the fields but padding, which is the struct's. */
	sh_silent(sh_read(inner));
	sh_expect(OUT_OF_BOUNDS, GLOBAL, WRITE, 1, sh_write(end, 1));
	sh_check(sh_names(sh_last()->memory.variable, "composed"));
}

static void global_string(void)
{
	const char *text = "a literal";

	sh_hide(text);
	sh_silent(sh_read(text + 9));
	sh_expect(OUT_OF_BOUNDS, GLOBAL, READ, 1, sh_read(text + 10));
}

static void global_left_of_neighbour(void)
{
	picket_u64 *three[] = { first_of_three, second_of_three, third_of_three };
	picket_u64 *last = three[0];

	for (int i = 1; i < 3; i++)
		last = three[i] > last ? three[i] : last;
	sh_hide(last);
	sh_expect(OUT_OF_BOUNDS, GLOBAL, READ, 8, sh_read(last - 1));
}

static void global_element(void)
{
	picket_u64 *array = second_of_three;
	picket_uptr index = 3;

	sh_hide(array);
	sh_hide(index);
	sh_silent(array[index - 1] = 4);
	sh_expect(OUT_OF_BOUNDS, GLOBAL, WRITE, 8, sh_write(&array[index], 4));
}

static void global_memset(void)
{
	sh_silent(memset(sh_opaque(&zero[0]), 0, sh_opaque(sizeof(zero))));
	sh_expect(OUT_OF_BOUNDS, GLOBAL, WRITE, sizeof(zero) + 1,
		  memset(sh_opaque(&zero[0]), 0, sh_opaque(sizeof(zero) + 1)));
}

const struct sh_case sh_global_cases[] = {
	SH_CASE(global_right, 0),
	SH_CASE(global_static, 0),
	SH_CASE(global_constant, 0),
	SH_CASE(global_zero, 0),
	SH_CASE(global_in_function, 0),
	SH_CASE(global_struct, 0),
	SH_CASE(global_string, 0),
	SH_CASE(global_left_of_neighbour, 0),
	SH_CASE(global_element, 0),
	SH_CASE(global_memset, 0),
	SH_CASES_END,
};
