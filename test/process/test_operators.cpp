/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Under Picket with rate=1: every form of operator new and delete, failing ones with the host's
 * new-handler and bad_alloc. No report may come of any of it.
 */
extern "C" {
#include <malloc.h>
}
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

#include "test/tap.h"

static volatile size_t huge = SIZE_MAX / 4;
static int handler_calls;

static bool guarded(void *object, size_t size)
{
	return object && malloc_usable_size(object) == size;
}

static void test_forms()
{
	const std::align_val_t align{ 64 };
	void *object = ::operator new(29);

	tap_ok(guarded(object, 29), "new");
	::operator delete(object, size_t(29));
	object = ::operator new[](30, std::nothrow);
	tap_ok(guarded(object, 30), "new[] nothrow");
	::operator delete[](object, std::nothrow);
	object = ::operator new(128, align);
	tap_ok(guarded(object, 128) && uintptr_t(object) % 64 == 0, "new aligned");
	::operator delete(object, 128, align);
	object = ::operator new[](128, align, std::nothrow);
	tap_ok(guarded(object, 128) && uintptr_t(object) % 64 == 0, "new[] aligned nothrow");
	::operator delete[](object, align, std::nothrow);
	object = ::operator new(0);
	tap_ok(object != nullptr, "new of nothing");
	::operator delete(object);
	delete static_cast<int *>(nullptr);
}

static bool throws()
{
	try {
		::operator delete(::operator new(huge));
	} catch (const std::bad_alloc &) {
		return true;
	}
	return false;
}

static void handler()
{
	handler_calls++;
	if (handler_calls % 3 == 0)
		throw std::bad_alloc();
}

static void test_failure()
{
	tap_ok(throws(), "new that fails throws bad_alloc");
	tap_ok(!::operator new(huge, std::nothrow), "or returns NULL");
	tap_ok(!::operator new[](huge, std::align_val_t(64), std::nothrow), "aligned as well");
	std::set_new_handler(handler);
	tap_ok(throws() && handler_calls == 3, "after it asked the handler %d times",
	       handler_calls);
	std::set_new_handler(nullptr);
	void *object = ::operator new(40);
	tap_ok(guarded(object, 40), "and the next new is guarded");
	::operator delete(object);
}

static void test_containers()
{
	std::vector<std::vector<int>> rows;

	for (int i = 0; i < 100; i++)
		rows.emplace_back(size_t(i), i);
	tap_ok(rows[99][98] == 99, "containers");
}

int main()
{
	test_forms();
	test_failure();
	test_containers();
	return tap_done();
}
