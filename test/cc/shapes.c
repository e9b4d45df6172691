/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shapes.h"

static char table[10] = "0123456789";

int read_1(const char *place)
{
	return *place;
}

int read_2(const short *place)
{
	return *place;
}

int read_4(const int *place)
{
	return *place;
}

long read_8(const long *place)
{
	return *place;
}

void write_1(char *place, int value)
{
	*place = (char)value;
}

void write_8(long *place, long value)
{
	*place = value;
}

void copy_wide(struct wide *to, const struct wide *from)
{
	*to = *from;
}

int read_fixed_1(void)
{
	return *(volatile char *)FIXED_ADDRESS;
}

int read_fixed_2(void)
{
	return *(volatile short *)FIXED_ADDRESS;
}

int read_fixed_4(void)
{
	return *(volatile int *)FIXED_ADDRESS;
}

long read_fixed_8(void)
{
	return *(volatile long *)FIXED_ADDRESS;
}

__int128 read_fixed_16(void)
{
	return *(volatile __int128 *)FIXED_ADDRESS;
}

void write_fixed_8(long value)
{
	*(volatile long *)FIXED_ADDRESS = value;
}

/* No inlining, so that the index stays unknown. */
__attribute__((noinline)) static int byte_at(const volatile char *bytes, int index)
{
	return bytes[index];
}

int read_global(int index)
{
	return byte_at(table, index);
}

int read_stack(int index)
{
	volatile char bytes[10] = { 0 };

	return byte_at(bytes, index);
}

int read_variable_stack(int size_bytes, int index)
{
	volatile char bytes[size_bytes];

	bytes[0] = 0;
	return byte_at(bytes, index);
}

int read_after_scope(int value)
{
	const volatile char *stale;

	{
		volatile char inner = (char)value;

		stale = &inner;
	}
	return byte_at(stale, 0);
}

/* Checks stand between a comparison and the branches. */
int branch_on_both(const int *left, const int *right)
{
	int sum = 0;

	for (int i = 0; i < 8; i++) {
		if (left[i] < right[i])
			sum += left[i];
		else if (left[i] > right[i])
			sum -= right[i];
	}
	return sum;
}

void drop(const void *place)
{
	kfree(place);
}
