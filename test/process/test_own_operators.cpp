/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Under Picket with rate=1: a program that replaces some operators, with a header before each
 * object, keeps them, and is watched at its malloc. No report may come of any of it.
 */
extern "C" {
#include <malloc.h>
}
#include <cstdlib>
#include <new>

#include "test/tap.h"

static const size_t header_bytes = 16;
static int news, deletes;

void *operator new(size_t size)
{
	char *memory = static_cast<char *>(std::malloc(size + header_bytes));

	if (!memory)
		throw std::bad_alloc();
	news++;
	return memory + header_bytes;
}

void operator delete(void *object) noexcept
{
	if (!object)
		return;
	deletes++;
	std::free(static_cast<char *>(object) - header_bytes);
}

void operator delete(void *object, size_t) noexcept
{
	operator delete(object);
}

int main()
{
	int *array = new int[10];
	char *object = static_cast<char *>(::operator new(24));

	tap_ok(news == 2, "new[], which was not replaced, calls the program's new");
	tap_ok(malloc_usable_size(object - header_bytes) == 40, "its malloc is watched");
	delete[] array;
	::operator delete(object);
	tap_ok(deletes == 2, "delete[] calls the program's delete");
	array = new (std::nothrow) int[4];
	delete[] array;
	tap_ok(news == 3 && deletes == 3, "the nothrow forms too");
	return tap_done();
}
