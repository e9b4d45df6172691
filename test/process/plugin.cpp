/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Loaded late and privately by test_plugin: it alone brings the C++ runtime. */
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <vector>

extern "C" int plugin_work()
{
	std::vector<std::unique_ptr<std::string>> strings;
	size_t sum = 0;

	for (int i = 0; i < 1000; i++)
		strings.push_back(std::make_unique<std::string>(i % 100, 'x'));
	for (const auto &string : strings)
		sum += string->size();
	return static_cast<int>(sum);
}

/* Nobody has so much: the real operator must throw, through the frames of ours. */
extern "C" bool plugin_throws()
{
	volatile size_t much = SIZE_MAX / 4;

	try {
		::operator delete(::operator new(much));
	} catch (const std::bad_alloc &) {
		return ::operator new(much, std::nothrow) == nullptr;
	}
	return false;
}

extern "C" void *plugin_freed()
{
	char *volatile object = new char[48];

	delete[] object;
	return object;
}
