/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Every allocation function, from threads that hand each other objects, die and are born, and from
 * forked children; each object carries a pattern. Over the strict allocator the balance is looked
 * at too.
 */
#include "test/tap.h"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <malloc.h>
#include <new>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4
#define SHELVES 64
#define KINDS 9

struct object {
	unsigned char *bytes;
	size_t size;
	unsigned int kind;
};

static std::atomic<object *> shelves[SHELVES];
static std::atomic<int> bad;
static int operations = 20000;

static uint32_t draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(*seed >> 33);
}

static void *make(unsigned int kind, size_t size)
{
	void *address = nullptr;

	switch (kind) {
	case 0: return malloc(size);
	case 1: return calloc(size, 1);
	case 2: return realloc(malloc(3), size);
	case 3: return memalign(64, size);
	case 4: return posix_memalign(&address, 32, size) ? nullptr : address;
	case 5: return aligned_alloc(128, size);
	case 6: return operator new(size);
	case 7: return operator new[](size);
	default: return operator new(size, std::align_val_t(64));
	}
}

static void release(unsigned int kind, void *address)
{
	switch (kind) {
	case 6: return operator delete(address);
	case 7: return operator delete[](address);
	case 8: return operator delete(address, std::align_val_t(64));
	default: return free(address);
	}
}

static unsigned char pattern(const object *object)
{
	return (unsigned char)(object->size * 31 + object->kind);
}

static void verify(const object *object)
{
	for (size_t i = 0; i < object->size; i++) {
		if (object->bytes[i] != pattern(object)) {
			bad++;
			return;
		}
	}
}

static void fill(object *object)
{
	memset(object->bytes, pattern(object), object->size);
}

static object *object_new(uint64_t *seed)
{
	size_t size = 1 + draw(seed) % (draw(seed) % 64 ? 500 : 60000);
	unsigned int kind = draw(seed) % KINDS;
	object *object = static_cast<struct object *>(malloc(sizeof(*object)));

	*object = { static_cast<unsigned char *>(make(kind, size)), size, kind };
	fill(object);
	return object;
}

static void object_delete(object *object)
{
	if (!object)
		return;
	verify(object);
	release(object->kind, object->bytes);
	free(object);
}

static void resize(object *object, size_t size)
{
	size_t common = object->size < size ? object->size : size;
	auto *moved = static_cast<unsigned char *>(realloc(object->bytes, size));

	for (size_t i = 0; i < common; i++) {
		if (moved[i] != pattern(object)) {
			bad++;
			break;
		}
	}
	object->bytes = moved;
	object->size = size;
	fill(object);
}

static void step(uint64_t *seed)
{
	object *object = shelves[draw(seed) % SHELVES].exchange(nullptr);

	if (!object)
		object = object_new(seed);
	else if (object->kind < 6 && draw(seed) % 2)
		resize(object, 1 + draw(seed) % 3000);
	object_delete(shelves[draw(seed) % SHELVES].exchange(object));
}

static void *work(void *argument)
{
	uint64_t seed = reinterpret_cast<uintptr_t>(argument);

	for (int i = 0; i < operations; i++)
		step(&seed);
	return nullptr;
}

static void run_threads(uintptr_t seed)
{
	pthread_t threads[THREADS];

	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], nullptr, work, reinterpret_cast<void *>(seed + i));
	for (auto &thread : threads)
		pthread_join(thread, nullptr);
}

static void clear()
{
	for (auto &shelf : shelves)
		object_delete(shelf.exchange(nullptr));
}

static bool child_fares_well(uintptr_t seed)
{
	pid_t child = fork();
	int status = -1;

	if (!child) {
		run_threads(seed);
		_exit(bad != 0);
	}
	waitpid(child, &status, 0);
	return status == 0;
}

static void *be_born(void *unused)
{
	(void)unused;
	free(malloc(10));
	return nullptr;
}

static void test_many_threads(int count)
{
	int failed = 0;

	for (int i = 0; i < count; i++) {
		pthread_t thread;

		if (pthread_create(&thread, nullptr, be_born, nullptr))
			failed++;
		else
			pthread_join(thread, nullptr);
	}
	tap_ok(!failed, "%d threads came and went", count);
}

int main(int argc, char **argv)
{
	long (*live)() = reinterpret_cast<long (*)()>(dlsym(RTLD_DEFAULT, "strict_live"));
	int rounds = argc > 1 ? atoi(argv[1]) : 1;
	long before;

	test_many_threads(2000);
	run_threads(1);
	clear();
	before = live ? live() : 0;
	for (int i = 0; i < rounds; i++) {
		run_threads(static_cast<uintptr_t>(i) * 100 + 7);
		if (!child_fares_well(static_cast<uintptr_t>(i) * 100 + 57))
			bad++;
	}
	clear();
	tap_ok(bad == 0, "every object kept its bytes, in children too");
	if (live)
		tap_ok(live() - before <= 8 && before - live() <= 8,
		       "what was allocated below was freed: %ld objects, then %ld", before, live());
	return tap_done();
}
