/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Long random sequences against the oracle: model [--seed=N] [--steps=N]
 *
 * Every round has its own geometry and settings, all from the seed, so that a failure can be
 * repeated from what it prints.
 */
#include "../tap.h"
#include "oracle.h"
#include <stdlib.h>
#include <time.h>

#define ROUND_STEPS 3000

static u64 random_state;
static u32 failing_percent; /* of the steps of this round */

static u64 draw(u64 below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % below;
}

static bool chance(u32 percent)
{
	return draw(100) < percent;
}

static void random_config(struct picket_guard_config *config)
{
	static const u32 pages[] = { 1, 2, 3, 5 };

	memset(config, 0, sizeof(*config));
	config->caps.page_bytes = 256u << draw(3);
	config->caps.slot_pages_max = 5;
	config->class_count = 1 + (u32)draw(4);
	for (u32 i = 0; i < config->class_count; i++)
		config->classes[i] = (struct picket_class_config){ pages[i], (u32)draw(6) };
	config->classes[0].slots += 2;
	config->guard_pages = 1 + (u32)draw(3);
	config->align_default = 16;
	config->align_right = chance(30) ? 1u << draw(4) : 0;
	config->retain_pages = (u32)draw(8);
	config->policy = PICKET_POLICY_COUNT;
	config->policy_param = 1;
	config->covered_percent = chance(30) ? 50 : 100;
	config->seed = draw(1000) + 1;
	memcpy(config->allocator, "model", 6);
}

static u32 random_family(void)
{
	return chance(80) ? (u32)PICKET_FAMILY_MALLOC : (u32)draw(PICKET_FAMILY_COUNT);
}

static void step_alloc(struct oracle *oracle)
{
	uptr page_bytes = oracle->config.caps.page_bytes;
	struct picket_request request = {
		.size_bytes = chance(70) ? draw(page_bytes + 2) : draw(6 * page_bytes),
		.align_bytes = chance(20) ? 1u << draw(10) : 0,
		.family = (enum picket_family)random_family(),
		.side = (enum picket_side)draw(3),
		.zero = chance(20),
	};

	oracle->sim.site = draw(20) + 1;
	oracle_alloc(oracle, &request);
}

/* An address somebody may have in hand: of an object, alive or dead, or near its ends. */
static uptr random_address(struct oracle *oracle)
{
	const struct oracle_slot *slot = &oracle->slots[draw(oracle->slot_count)];
	const struct oracle_object *object = chance(80) ? &slot->object : &slot->before;
	uptr pool_bytes = oracle->page_count * (uptr)oracle->config.caps.page_bytes;
	uptr address = oracle->start + draw(pool_bytes);

	/* The middle of a guard is equally far from both sides. */
	if (chance(5))
		return address - address % oracle->config.caps.page_bytes +
		       oracle->config.caps.page_bytes / 2;
	if (object->address && chance(95)) {
		address = object->address;
		if (chance(60))
			address += draw(object->size_bytes + 1);
		if (chance(25))
			address = object->address + object->size_bytes + draw(24);
		if (chance(20))
			address = object->address - 1 - draw(24);
	}
	return address < oracle->start || address >= oracle->start + pool_bytes ? oracle->start :
										  address;
}

static void step_free(struct oracle *oracle)
{
	const struct oracle_slot *slot = &oracle->slots[draw(oracle->slot_count)];
	uptr address =
		slot->object.live && chance(85) ? slot->object.address : random_address(oracle);
	struct picket_free_request request = {
		.family = (enum picket_family)random_family(),
		.size_bytes = chance(10) ? draw(300) : 0,
		.align_bytes = chance(5) ? 1u << draw(6) : 0,
		.found = chance(80) ? PICKET_FOUND_FREE : PICKET_FOUND_REALLOC,
	};

	oracle->sim.site = draw(20) + 1;
	oracle_free(oracle, address, &request);
}

static void step_access(struct oracle *oracle)
{
	uptr address = random_address(oracle);
	u32 size_bytes = 1u << draw(4);

	oracle->sim.site = draw(20) + 1;
	if (chance(60))
		oracle_read(oracle, address, size_bytes);
	else
		oracle_write(oracle, address, size_bytes, chance(50) ? draw(~0ull) : 0xaaaaaaaa);
}

static void step(struct oracle *oracle)
{
	u64 which = draw(100);

	sim_fail(&oracle->sim, chance(failing_percent) ? 1u << (SIM_HIDE + draw(4)) : 0,
		 1 + draw(4), chance(30));
	oracle->sim.time_ns += draw(10000000);
	if (which < 30)
		step_alloc(oracle);
	else if (which < 55)
		step_free(oracle);
	else if (which < 97)
		step_access(oracle);
	else if (which < 99)
		oracle_sweep(oracle);
	else
		oracle_fork(oracle);
}

/* Return: steps done. */
static u64 run_round(u64 seed, u64 steps)
{
	static struct oracle oracle;
	struct picket_guard_config config;
	u64 i = 0;

	random_state = seed * 0x9e3779b97f4a7c15ull | 1;
	random_config(&config);
	failing_percent = chance(50) ? 0 : 4;
	if (!oracle_start(&oracle, &config, seed)) {
		tap_ok(false, "seed %llu: no detector", seed);
		return steps;
	}
	for (; i < steps && !oracle.wrong[0] && !oracle.over; i++)
		step(&oracle);
	oracle_stop(&oracle);
	if (oracle.wrong[0])
		tap_ok(false, "seed %llu: %s", seed, oracle.wrong);
	return i + 1;
}

static u64 number_after(const char *argument, const char *name, u64 otherwise)
{
	size_t length = strlen(name);

	return strncmp(argument, name, length) ? otherwise : strtoull(argument + length, NULL, 0);
}

int main(int argc, char **argv)
{
	u64 seed = (u64)time(NULL) % 1000000;
	u64 steps = 1000000;

	for (int i = 1; i < argc; i++) {
		seed = number_after(argv[i], "--seed=", seed);
		steps = number_after(argv[i], "--steps=", steps);
	}
	printf("# --seed=%llu --steps=%llu\n", seed, steps);
	for (u64 done = 0; done < steps && tap_failures < 5; seed++)
		done += run_round(seed, ROUND_STEPS);
	tap_ok(!tap_failures, "random operations agree with the oracle");
	return tap_done();
}
