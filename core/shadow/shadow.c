/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Starting and stopping, and the counters. */
#include "../site.h"
#include "object.h"
#include "state.h"

#define INVALID (-22)
#define NO_MEMORY (-12)

struct picket_shadow_state picket_shadow_state;

static int stacks_start(struct picket_shadow_state *state, uptr bytes)
{
	if (!bytes)
		return 0;
	if (bytes < picket_stacks_bytes_min())
		return INVALID;
	state->stacks_memory = picket_plat_metadata(state->platform, bytes);
	if (!state->stacks_memory)
		return NO_MEMORY;
	state->stacks_bytes = bytes;
	state->stacks = picket_stacks_create(state->stacks_memory, bytes);
	return 0;
}

int picket_shadow_start(struct picket_platform *platform, const struct picket_shadow_config *config)
{
	struct picket_shadow_state *state = &picket_shadow_state;
	int error;

	memset(state, 0, sizeof(*state));
	state->platform = platform;
	state->multi_shot = config->multi_shot;
	error = stacks_start(state, config->stacks_bytes);
	if (error) {
		state->platform = NULL;
		return error;
	}
	state->secret = picket_mix(picket_plat_time_ns(platform) ^ picket_mix((uptr)platform) ^
				   picket_plat_wall_offset_ns(platform));
	picket_shadow_multi_shot(config->multi_shot);
	picket_shadow_objects_start();
	picket_shadow_set_quarantine(config->quarantine_bytes);
	picket_shadow_globals_start();
	picket_store_release(&state->enabled, 1u);
	return 0;
}

void picket_shadow_stop(void)
{
	struct picket_shadow_state *state = &picket_shadow_state;

	picket_store(&state->enabled, 0u);
	if (!state->platform)
		return;
	picket_shadow_set_quarantine(0);
	picket_shadow_drain(NULL, NULL);
	state->stacks = NULL;
	if (state->stacks_memory)
		picket_plat_metadata_free(state->platform, state->stacks_memory,
					  state->stacks_bytes);
	state->platform = NULL;
}

void picket_shadow_disable(const char *why)
{
	if (picket_exchange(&picket_shadow_state.enabled, 0u))
		picket_plat_disabled(picket_shadow_state.platform, why);
}

void picket_shadow_stats(struct picket_shadow_stats *stats)
{
	const struct picket_shadow_state *state = &picket_shadow_state;

	memset(stats, 0, sizeof(*stats));
	stats->reports = picket_load(&state->reports);
	stats->reports_suppressed = picket_load(&state->reports_suppressed);
	stats->objects_live = picket_load(&state->objects_live);
	stats->objects_retained = picket_load(&state->objects_retained);
	stats->bytes_retained = picket_load(&state->bytes_retained);
	stats->not_backed = picket_load(&state->not_backed);
	if (state->stacks)
		picket_stacks_stats(state->stacks, &stats->stacks);
}

struct picket_stacks *picket_shadow_stacks(void)
{
	return picket_shadow_state.stacks;
}
