/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Every shape of access, as functions of a module that picket-cc compiles. */
#ifndef PICKET_TEST_CC_SHAPES_H
#define PICKET_TEST_CC_SHAPES_H

struct wide {
	char bytes[24];
};

/* A page that run.c maps there; the address is a constant to the compiler. */
#define FIXED_ADDRESS 0x10000000ul

int read_1(const char *place);
int read_2(const short *place);
int read_4(const int *place);
long read_8(const long *place);
void write_1(char *place, int value);
void write_8(long *place, long value);
void copy_wide(struct wide *to, const struct wide *from);
int read_fixed_1(void);
int read_fixed_2(void);
int read_fixed_4(void);
long read_fixed_8(void);
__int128 read_fixed_16(void);
void write_fixed_8(long value);
int read_global(int index);
int read_stack(int index);
int read_variable_stack(int size_bytes, int index);
int read_after_scope(int value);
int branch_on_both(const int *left, const int *right);

/* Not instrumented: the runtime's. */
void kfree(const void *place);
void drop(const void *place);

#endif
