// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A C++ program that allocates in every way the language has, in threads too.
#include <algorithm>
#include <cstdio>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <new>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace {

struct alignas(64) Wide {
	unsigned char bytes[192];
};

struct Base {
	virtual ~Base() = default;
	virtual unsigned size() const = 0;
};

struct Derived : Base {
	std::string text = std::string(40, 'x');
	unsigned size() const override { return static_cast<unsigned>(text.size()); }
};

unsigned work(unsigned seed)
{
	std::map<std::string, std::vector<unsigned>> tree;
	std::unordered_map<unsigned, std::shared_ptr<Base>> hash;
	std::list<std::deque<unsigned>> list;
	unsigned sum = 0;

	for (unsigned i = 0; i < 600; i++) {
		tree["key " + std::to_string(i * seed % 61)].push_back(i);
		hash[i % 37] = std::make_shared<Derived>();
		list.emplace_back(i % 9, i);
	}
	for (auto &[key, values] : tree)
		sum += static_cast<unsigned>(key.size() * values.size());
	for (auto &[key, value] : hash)
		sum += key + value->size();
	list.sort();
	return sum + static_cast<unsigned>(list.back().size());
}

unsigned every_operator()
{
	std::unique_ptr<Wide> wide(new Wide());
	std::unique_ptr<Wide[]> wides(new Wide[3]());
	std::unique_ptr<Base> base(new Derived());
	std::unique_ptr<std::string[]> strings(new std::string[5]);
	int *one = new (std::nothrow) int(1), *many = new (std::nothrow) int[9]();
	unsigned sum = static_cast<unsigned>(*one + many[3]) + base->size() + wides[2].bytes[191];

	delete one;
	delete[] many;
	return sum + (reinterpret_cast<std::uintptr_t>(wide.get()) % alignof(Wide) ? 1000 : 0);
}

} // namespace

int main()
{
	std::vector<unsigned> results(4);
	std::vector<std::thread> threads;
	std::ostringstream out;
	std::regex words("([a-z]+)(\\d+)");
	std::smatch match;
	std::string text = "abc123";

	for (unsigned i = 0; i < results.size(); i++)
		threads.emplace_back([&results, i] { results[i] = work(i + 3); });
	for (auto &thread : threads)
		thread.join();
	for (unsigned result : results)
		out << result << ' ';
	if (std::regex_match(text, match, words))
		out << match[2] << ' ';
	try {
		throw std::runtime_error("thrown " + text);
	} catch (const std::exception &error) {
		out << error.what() << ' ';
	}
	std::function<unsigned()> operators = every_operator;
	out << operators();
	std::puts(out.str().c_str());
	return 0;
}
