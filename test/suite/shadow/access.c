/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Loads and stores of every width, alignment and kind. */
#include "tables.h"

typedef picket_u16 __attribute__((may_alias, aligned(1))) near_u16;

struct words_2 {
	picket_u64 words[2];
};

struct words_3 {
	picket_u64 words[3];
};

struct words_5 {
	picket_u64 words[5];
};

struct odd {
	char bytes[13];
};

struct __attribute__((packed)) packed {
	char first;
	picket_u64 second;
	picket_u16 third;
};

struct fields {
	unsigned int some : 5;
	unsigned int more : 11;
	unsigned int rest : 16;
	unsigned int : 0; /* or what follows may be read and written with these */
	unsigned int last : 9;
};

static void read_of(char *address, picket_uptr width)
{
	switch (width) {
	case 1:
		sh_read((picket_u8 *)address);
		break;
	case 2:
		sh_read((picket_u16 *)address);
		break;
	case 4:
		sh_read((picket_u32 *)address);
		break;
	default:
		sh_read((picket_u64 *)address);
	}
}

static void write_of(char *address, picket_uptr width)
{
	switch (width) {
	case 1:
		sh_write((picket_u8 *)address, 0);
		break;
	case 2:
		sh_write((picket_u16 *)address, 0);
		break;
	case 4:
		sh_write((picket_u32 *)address, 0);
		break;
	default:
		sh_write((picket_u64 *)address, 0);
	}
}

/* The widths that compilers check by themselves, in step, from an object's start past its end. */
static void check_each(picket_uptr step_of_width, picket_uptr from, picket_uptr to)
{
	for (picket_uptr bytes = from; bytes <= to; bytes++) {
		char *object = sh_kmalloc(bytes);

		sh_hide(object);
		for (picket_uptr width = 1; width <= 8; width *= 2) {
			picket_uptr step = step_of_width ? width : 1;

			for (picket_uptr at = 0; at < bytes + 16; at += step) {
				if (at + width <= bytes) {
					sh_silent(read_of(object + at, width));
					sh_silent(write_of(object + at, width));
					continue;
				}
				sh_expect(OUT_OF_BOUNDS, HEAP, READ, width,
					  read_of(object + at, width));
				sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, width,
					  write_of(object + at, width));
			}
		}
		sh_kfree(object);
	}
}

static void aligned_widths(void)
{
	check_each(1, 1, 9);
}

static void aligned_widths_long(void)
{
	check_each(1, 10, 72);
}

static void any_widths_long(void)
{
	check_each(0, 1, 40);
}

static void misaligned_u16(void)
{
	char *object = sh_kmalloc(24);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, READ, 2, read_of(object + 23, 2));
	sh_kfree(object);
}

static void misaligned_u32(void)
{
	char *object = sh_kmalloc(24);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 4, write_of(object + 21, 4));
	sh_kfree(object);
}

static void misaligned_u64(void)
{
	char *object = sh_kmalloc(24);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, WRITE, 8, write_of(object + 17, 8));
	sh_kfree(object);
}

static void misaligned_u64_partial(void)
{
	char *object = sh_kmalloc(20);

	sh_hide(object);
	sh_expect(OUT_OF_BOUNDS, HEAP, READ, 8, read_of(object + 13, 8));
	sh_kfree(object);
}

/* Both bytes in the last granule, of which not all is the object's. */
static void misaligned_u16_in_granule(void)
{
	char *object = sh_kmalloc(21);

	sh_hide(object);
	sh_silent(sh_read((near_u16 *)(object + 19)));
	sh_expect(OUT_OF_BOUNDS, HEAP, READ, 2, sh_read((near_u16 *)(object + 20)));
	sh_kfree(object);
}

#define COPY_CASES(type, name)                                                                     \
	static void name##_read(void)                                                              \
	{                                                                                          \
		struct type *to = sh_kzalloc(sizeof(*to));                                         \
		struct type *from = sh_kzalloc(sizeof(*from) - 3);                                 \
                                                                                                   \
		sh_hide(to);                                                                       \
		sh_hide(from);                                                                     \
		sh_expect_copy(OUT_OF_BOUNDS, READ, *to, *from);                                   \
		sh_kfree(to);                                                                      \
		sh_kfree(from);                                                                    \
	}                                                                                          \
                                                                                                   \
	static void name##_write(void)                                                             \
	{                                                                                          \
		struct type *to = sh_kzalloc(sizeof(*to) - 3);                                     \
		struct type *from = sh_kzalloc(sizeof(*from));                                     \
                                                                                                   \
		sh_hide(to);                                                                       \
		sh_hide(from);                                                                     \
		sh_expect_copy(OUT_OF_BOUNDS, WRITE, *to, *from);                                  \
		sh_kfree(to);                                                                      \
		sh_kfree(from);                                                                    \
	}                                                                                          \
                                                                                                   \
	static void name##_exact(void)                                                             \
	{                                                                                          \
		struct type *to = sh_kzalloc(sizeof(*to));                                         \
		struct type *from = sh_kzalloc(sizeof(*from));                                     \
                                                                                                   \
		sh_hide(to);                                                                       \
		sh_hide(from);                                                                     \
		sh_silent(*to = *from);                                                            \
		sh_kfree(to);                                                                      \
		sh_kfree(from);                                                                    \
	}

COPY_CASES(odd, struct_copy_13)
COPY_CASES(words_2, struct_copy_16)
COPY_CASES(words_3, struct_copy_24)
COPY_CASES(words_5, struct_copy_40)

static void read_modify_write(void)
{
	picket_u32 *counter = sh_kzalloc(8);

	sh_hide(counter);
	sh_silent(counter[1]++);
	sh_expect_some(OUT_OF_BOUNDS, HEAP, counter[2]++);
	sh_expect_some(OUT_OF_BOUNDS, HEAP, counter[2] |= 4);
	sh_check(counter[1] == 1);
	sh_kfree(counter);
}

static void bitfields(void)
{
	struct fields *whole = sh_kzalloc(sizeof(*whole));
	struct fields *cut = sh_kzalloc(sizeof(*cut) - 4);

	sh_hide(whole);
	sh_hide(cut);
	sh_silent(whole->some = 3, whole->more = 9, whole->rest = 77, whole->last = 2);
	sh_silent(cut->some = 3, cut->more = 9, cut->rest = 77);
	sh_expect_some(OUT_OF_BOUNDS, HEAP, cut->last = 2);
	sh_kfree(whole);
	sh_kfree(cut);
}

static void packed_struct(void)
{
	struct packed *whole = sh_kzalloc(sizeof(*whole));
	struct packed *cut = sh_kzalloc(sizeof(*cut) - 3);

	sh_hide(whole);
	sh_hide(cut);
	sh_silent(whole->second = 1, whole->third = 2);
	/* Both ends are checked, and each may be reported. */
	sh_expect_some(OUT_OF_BOUNDS, HEAP, cut->second = 1);
	sh_expect_some(OUT_OF_BOUNDS, HEAP, cut->third = 1);
	sh_kfree(whole);
	sh_kfree(cut);
}

static void pointer_chase(void)
{
	struct node {
		struct node *next;
		picket_u64 value;
	} *first = sh_kzalloc(sizeof(*first)), *second = sh_kzalloc(sizeof(*second));

	first->next = second;
	sh_hide(first);
	sh_silent(sh_read(&first->next->value));
	sh_kfree(second);
	sh_expect(USE_AFTER_FREE, HEAP, READ, 8, sh_read(&first->next->value));
	sh_kfree(first);
}

/* All that may be touched of an object, in all ways. */
static void touch_all(char *object, picket_uptr bytes)
{
	for (picket_uptr width = 1; width <= 8; width *= 2) {
		for (picket_uptr at = 0; at + width <= bytes; at++) {
			write_of(object + at, width);
			read_of(object + at, width);
		}
	}
}

static void valid_accesses(void)
{
	for (picket_uptr bytes = 1; bytes <= 300; bytes++) {
		char *object = sh_kmalloc(bytes);

		sh_hide(object);
		sh_silent(touch_all(object, bytes));
		sh_kfree(object);
	}
}

static void foreign_memory(void)
{
	char *memory = sh_foreign(4096);

	sh_hide(memory);
	sh_silent(touch_all(memory, 4096));
	sh_silent(memset(memory, 1, sh_opaque(4096ul)));
}

const struct sh_case sh_access_cases[] = {
	SH_CASE(aligned_widths, 0),
	SH_CASE(aligned_widths_long, SH_IS_LONG),
	SH_CASE(any_widths_long, SH_IS_LONG),
	SH_CASE(misaligned_u16, 0),
	SH_CASE(misaligned_u32, 0),
	SH_CASE(misaligned_u64, 0),
	SH_CASE(misaligned_u64_partial, 0),
	SH_CASE(misaligned_u16_in_granule, 0),
	SH_CASE(struct_copy_13_read, 0),
	SH_CASE(struct_copy_13_write, 0),
	SH_CASE(struct_copy_13_exact, 0),
	SH_CASE(struct_copy_16_read, 0),
	SH_CASE(struct_copy_16_write, 0),
	SH_CASE(struct_copy_16_exact, 0),
	SH_CASE(struct_copy_24_read, 0),
	SH_CASE(struct_copy_24_write, 0),
	SH_CASE(struct_copy_24_exact, 0),
	SH_CASE(struct_copy_40_read, 0),
	SH_CASE(struct_copy_40_write, 0),
	SH_CASE(struct_copy_40_exact, 0),
	SH_CASE(read_modify_write, 0),
	SH_CASE(bitfields, 0),
	SH_CASE(packed_struct, 0),
	SH_CASE(pointer_chase, 0),
	SH_CASE(valid_accesses, 0),
	SH_CASE(foreign_memory, 0),
	SH_CASES_END,
};
