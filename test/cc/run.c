/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Runs the functions of shapes.c, as picket-cc compiled them, with shadow at an address that only
 * this process knows, and expects a report where the shadow says so and none elsewhere. TAP.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shapes.h"

#define SHADOW_BYTES (1ul << 44) /* of all user space */
#define SKIPPED 77		 /* no room for the shadow */
#define POISON ((char)0xfc)

unsigned long __asan_shadow_memory_dynamic_address;
static unsigned int reports, cases, failures, frees;

static char *shadow_of(uintptr_t address)
{
	return (char *)(__asan_shadow_memory_dynamic_address + (address >> 3));
}

static int is_bad(uintptr_t address, size_t size)
{
	for (uintptr_t byte = address; byte < address + size; byte++) {
		char shadow = *shadow_of(byte);

		if (shadow && (char)(byte & 7) >= shadow)
			return 1;
	}
	return 0;
}

static void poison(uintptr_t address, size_t size, int value)
{
	memset(shadow_of(address), value, (size + 7) / 8);
	if (!value && size % 8)
		*shadow_of(address + size) = (char)(size % 8);
}

/* What the compiler calls, with the types it has for them. */
#define ENTRIES(size)                                                                              \
	void __asan_load##size##_noabort(void *place)                                              \
	{                                                                                          \
		reports += is_bad((uintptr_t)place, size);                                         \
	}                                                                                          \
	void __asan_store##size##_noabort(void *place)                                             \
	{                                                                                          \
		reports += is_bad((uintptr_t)place, size);                                         \
	}                                                                                          \
	void __asan_report_load##size##_noabort(void *place)                                       \
	{                                                                                          \
		(void)place;                                                                       \
		reports++;                                                                         \
	}                                                                                          \
	void __asan_report_store##size##_noabort(void *place)                                      \
	{                                                                                          \
		(void)place;                                                                       \
		reports++;                                                                         \
	}
ENTRIES(1)
ENTRIES(2)
ENTRIES(4)
ENTRIES(8)
ENTRIES(16)

void __asan_loadN_noabort(void *place, long size)
{
	reports += is_bad((uintptr_t)place, (size_t)size);
}

void __asan_storeN_noabort(void *place, long size)
{
	reports += is_bad((uintptr_t)place, (size_t)size);
}

void __asan_report_load_n_noabort(void *place, long size)
{
	(void)place;
	(void)size;
	reports++;
}

void __asan_report_store_n_noabort(void *place, long size)
{
	(void)place;
	(void)size;
	reports++;
}

void __asan_handle_no_return(void)
{
}

void __asan_alloca_poison(uintptr_t place, uintptr_t size)
{
	poison(place - 32, 32, 0xca);
	poison(place, size, 0);
	poison((place + size + 31) / 32 * 32, 32, 0xcb);
}

void __asan_allocas_unpoison(uintptr_t top, uintptr_t bottom)
{
	if (top && top < bottom)
		poison(top, bottom - top, 0);
}

void __asan_poison_stack_memory(void *place, long size)
{
	poison((uintptr_t)place, (size_t)size, 0xf8);
}

void __asan_unpoison_stack_memory(void *place, long size)
{
	poison((uintptr_t)place, (size_t)size, 0);
}

struct global {
	uintptr_t start, size, size_with_redzone, more[5];
};

void __asan_register_globals(void *array, long count)
{
	for (struct global *global = array; count--; global++) {
		poison(global->start, global->size_with_redzone, 0xf9);
		poison(global->start, global->size, 0);
	}
}

void __asan_unregister_globals(void *array, long count)
{
	(void)array;
	(void)count;
}

/* drop() calls kfree(), which must have become this. */
void picket_kasan_kfree(const void *place);
void picket_kasan_kfree(const void *place)
{
	(void)place;
	frees++;
}

static void expect(unsigned int wanted, const char *what)
{
	int good = !reports == !wanted;

	printf("%sok %u - %s %s\n", good ? "" : "not ", ++cases, what,
	       wanted ? "is reported" : "is not reported");
	failures += !good;
	reports = 0;
}

static void check_heap(void)
{
	static _Alignas(64) char arena[256];
	uintptr_t place = (uintptr_t)arena + 64;
	struct wide wide = { { 0 } };

	poison((uintptr_t)arena, sizeof(arena), POISON);
	poison(place, 40, 0);
	read_8((long *)(place + 32));
	write_8((long *)place, 1);
	copy_wide((struct wide *)place, &wide);
	expect(0, "heap, inside");
	read_1((char *)place + 40);
	expect(1, "heap, read of 1");
	read_2((short *)(place + 40));
	expect(1, "heap, read of 2");
	read_4((int *)(place - 4));
	expect(1, "heap, read of 4");
	read_8((long *)(place + 40));
	expect(1, "heap, read of 8");
	write_1((char *)place - 1, 1);
	expect(1, "heap, write of 1");
	write_8((long *)(place + 40), 1);
	expect(1, "heap, write of 8");
	copy_wide((struct wide *)(place + 24), &wide);
	expect(1, "heap, write of a structure");
	poison((uintptr_t)arena, sizeof(arena), 0);
}

static void read_fixed(void)
{
	read_fixed_1();
	read_fixed_2();
	read_fixed_4();
	read_fixed_8();
	read_fixed_16();
	write_fixed_8(1);
}

static void check_fixed(void)
{
	static int (*const reads[])(void) = { read_fixed_1, read_fixed_2, read_fixed_4 };

	mmap((void *)FIXED_ADDRESS, 4096, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	read_fixed();
	expect(0, "a constant address");
	poison(FIXED_ADDRESS, 16, (unsigned char)POISON);
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		reads[i]();
		expect(1, "a poisoned constant address, read");
	}
	read_fixed_8();
	expect(1, "a poisoned constant address, read of 8");
	read_fixed_16();
	expect(1, "a poisoned constant address, read of 16");
	write_fixed_8(1);
	expect(1, "a poisoned constant address, write of 8");
}

static void check_variables(void)
{
	read_global(9);
	read_stack(9);
	read_variable_stack(10, 9);
	expect(0, "variables, inside");
	read_global(10);
	expect(1, "a global, right");
	read_stack(10);
	expect(1, "the stack, right");
	read_stack(-1);
	expect(1, "the stack, left");
	read_variable_stack(10, 10);
	expect(1, "a variable array, right");
	read_variable_stack(10, -1);
	expect(1, "a variable array, left");
	read_after_scope(1);
	expect(1, "a variable after its scope");
}

static void check_others(void)
{
	static const int left[8] = { 1, 5, 3, 4, 9, 6, 7, 0 },
			 right[8] = { 2, 4, 3, 8, 1, 6, 9, 7 };
	int sum = branch_on_both(left, right);

	reports += sum != 1 - 4 + 4 - 1 + 7 + 0;
	expect(0, "a wrong branch");
	drop(NULL);
	reports += frees == 1;
	expect(1, "a call of what is wrapped");
}

/* Before the constructors of shapes.c, which register its globals. */
__attribute__((constructor(101))) static void map_shadow(void)
{
	void *shadow = mmap(NULL, SHADOW_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (shadow == MAP_FAILED)
		_exit(SKIPPED);
	__asan_shadow_memory_dynamic_address = (uintptr_t)shadow;
}

int main(void)
{
	check_heap();
	check_fixed();
	check_variables();
	check_others();
	printf("1..%u\n", cases);
	return failures != 0;
}
