/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Streams of allocations whose samples are counted as they come. Writing one of these lines to the
 * parameter `run` makes a stream of so many milliseconds. Reading it tells what was in it, as
 * assignments for a shell.
 *
 *	victims MS SEED		one allocation in VICTIM_ONE_IN, drawn for each, is a victim, which
 *				is read after it was freed
 *	chain MS LENGTH		LENGTH allocations at once by one function, then a pause; samples
 *				are counted by position in the chain
 *	sizes MS		one allocation of each of a few sizes, by turns; samples are
 *				counted by the bytes that they leave at their page's end
 *	keep COUNT		so many allocations that are kept until `drop`
 *	drop
 *
 * All but those of `sizes` are from a cache of our own, "picket-honest".
 */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

#define OBJECT_BYTES 72
#define VICTIM_ONE_IN 4
#define CHAIN_MAX 16
#define KEEP_MAX 4096
#define PAUSE_US 200

static struct kmem_cache *cache;
static void *kept[KEEP_MAX];
static unsigned int kept_count;

static unsigned long pool_start, pool_bytes;

static struct counts {
	u64 allocations;
	u64 guarded;
	u64 victims;
	u64 guarded_victims;
	u64 at[CHAIN_MAX]; /* guarded, by position or gap */
	s64 time_us;
	u64 lost; /* samples that the detector says it lost meanwhile */
} counts;

static unsigned long value_of(const char *symbol)
{
	const unsigned long *address = __symbol_get(symbol);
	unsigned long value = address ? *address : 0;

	if (address)
		__symbol_put(symbol);
	return value;
}

static void find_pool(void)
{
	pool_start = value_of("picket_pool_start");
	pool_bytes = value_of("picket_pool_bytes");
}

static u64 samples_lost(void)
{
	const u64 *lost = __symbol_get("picket_samples_lost");
	u64 sum = lost ? READ_ONCE(lost[0]) + READ_ONCE(lost[1]) : 0;

	if (lost)
		__symbol_put("picket_samples_lost");
	return sum;
}

static bool is_guarded(const void *object)
{
	return pool_start && (unsigned long)object - pool_start < pool_bytes;
}

static void count_sample(const void *object, size_t position)
{
	if (!is_guarded(object))
		return;
	counts.guarded++;
	counts.at[min_t(size_t, position, CHAIN_MAX - 1)]++;
}

/* xorshift64*: the streams must not depend on what else draws random numbers. */
static u32 draw(u64 *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dull >> 32;
}

static noinline void honest_other(void)
{
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);

	counts.guarded += is_guarded(object);
	kmem_cache_free(cache, object);
}

/* Of an object that is not guarded this reads a byte that is still the cache's. */
static noinline void honest_victim(void)
{
	u8 *object = kmem_cache_alloc(cache, GFP_KERNEL);

	counts.victims++;
	counts.guarded += is_guarded(object);
	counts.guarded_victims += is_guarded(object);
	kmem_cache_free(cache, object);
	(void)READ_ONCE(object[0]);
}

/* So long that most ticks fall into one, and that the guest idles, which is quick to emulate. */
static void pause(void)
{
	usleep_range(PAUSE_US, PAUSE_US);
}

static void victims(unsigned int ms, u64 seed)
{
	ktime_t start = ktime_get();
	u64 state = seed | 1;

	while (ktime_ms_delta(ktime_get(), start) < ms) {
		unsigned int i;

		for (i = 0; i < 64; i++) {
			if (draw(&state) % VICTIM_ONE_IN)
				honest_other();
			else
				honest_victim();
		}
		counts.allocations += i;
		pause();
	}
	counts.time_us = ktime_us_delta(ktime_get(), start);
}

static noinline void honest_chain(unsigned int length)
{
	void *objects[CHAIN_MAX];
	unsigned int i;

	for (i = 0; i < length; i++)
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
	for (i = 0; i < length; i++) {
		count_sample(objects[i], i);
		kmem_cache_free(cache, objects[i]);
	}
	counts.allocations += length;
}

static void chains(void (*chain)(unsigned int length), unsigned int ms, unsigned int length)
{
	ktime_t start = ktime_get();

	while (ktime_ms_delta(ktime_get(), start) < ms) {
		chain(length);
		pause();
	}
	counts.time_us = ktime_us_delta(ktime_get(), start);
}

static size_t gap_of(const void *object, size_t size)
{
	return PAGE_SIZE - offset_in_page(object) - size;
}

static void sizes(unsigned int ms)
{
	static const size_t all[] = { 8, 24, 64, 100, 128, 200, 1000, 3000, 4096 };
	ktime_t start = ktime_get();
	size_t i;

	while (ktime_ms_delta(ktime_get(), start) < ms) {
		for (i = 0; i < ARRAY_SIZE(all); i++) {
			void *object = kmalloc(all[i], GFP_KERNEL);

			count_sample(object, gap_of(object, all[i]));
			kfree(object);
		}
		counts.allocations += i;
		pause();
	}
	counts.time_us = ktime_us_delta(ktime_get(), start);
}

static void drop(void)
{
	while (kept_count)
		kmem_cache_free(cache, kept[--kept_count]);
}

static noinline void honest_keep(unsigned int count)
{
	for (; counts.allocations < count && kept_count < KEEP_MAX; counts.allocations++) {
		kept[kept_count] = kmem_cache_alloc(cache, GFP_KERNEL);
		counts.guarded += is_guarded(kept[kept_count]);
		kept_count++;
	}
}

static int make(const char *what, unsigned int amount, u64 detail)
{
	if (!strcmp(what, "victims"))
		victims(amount, detail);
	else if (!strcmp(what, "chain") && detail >= 1 && detail <= CHAIN_MAX)
		chains(honest_chain, amount, detail);
	else if (!strcmp(what, "sizes"))
		sizes(amount);
	else if (!strcmp(what, "keep"))
		honest_keep(amount);
	else
		return -EINVAL;
	return 0;
}

static int run(const char *value, const struct kernel_param *param)
{
	char what[16];
	unsigned int amount;
	u64 detail = 0;
	u64 lost;
	int error;

	if (sysfs_streq(value, "drop")) {
		drop();
		return 0;
	}
	if (sscanf(value, "%15s %u %llu", what, &amount, &detail) < 2)
		return -EINVAL;
	find_pool();
	memset(&counts, 0, sizeof(counts));
	lost = samples_lost();
	error = make(what, amount, detail);
	counts.lost = samples_lost() - lost;
	return error;
}

static int show(char *buffer, const struct kernel_param *param)
{
	int used = scnprintf(buffer, PAGE_SIZE,
			     "allocations=%llu guarded=%llu victims=%llu guarded_victims=%llu "
			     "lost=%llu time_us=%lld at='",
			     counts.allocations, counts.guarded, counts.victims,
			     counts.guarded_victims, counts.lost, counts.time_us);
	int i;

	for (i = 0; i < CHAIN_MAX; i++)
		used += scnprintf(buffer + used, PAGE_SIZE - used, " %llu", counts.at[i]);
	return used + scnprintf(buffer + used, PAGE_SIZE - used, "'\n");
}

static const struct kernel_param_ops run_ops = { .set = run, .get = show };
module_param_cb(run, &run_ops, NULL, 0600);
MODULE_PARM_DESC(run, "a stream to make");

/* A constructor keeps it from being merged with another cache. */
static void construct(void *object)
{
}

static int __init honest_init(void)
{
	cache = kmem_cache_create("picket-honest", OBJECT_BYTES, 8, 0, construct);
	return cache ? 0 : -ENOMEM;
}

static void __exit honest_exit(void)
{
	drop();
	kmem_cache_destroy(cache);
}

module_init(honest_init);
module_exit(honest_exit);
MODULE_DESCRIPTION("Streams of allocations whose samples are counted, for tests of Picket");
MODULE_LICENSE("Dual MIT/GPL");
