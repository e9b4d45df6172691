/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Globals: constructors made by compilers register arrays of descriptors, one array for each source
 * file. The arrays stay where they are and are only listed here, so they must be forgotten before
 * the code that they belong to goes away.
 *
 * Constructors may run before the detector has a port: such arrays are poisoned when it starts.
 */
#include "state.h"

#define ARRAYS_MAX 4096
#define LOCK_TRIES 1024

/* As compilers lay it out. */
struct global {
	uptr address;
	uptr bytes;
	uptr bytes_with_redzone;
	const char *name;
	const char *module;
	uptr has_dynamic_init;
	const void *location;
	uptr odr_indicator;
};

struct array {
	const struct global *globals; /* NULL: a free entry */
	uptr count;
};

static struct array arrays[ARRAYS_MAX];
static u32 arrays_used; /* entries behind were never in use */
static struct picket_lock lock;

PICKET_NO_CHECK void __asan_register_globals(void *globals, picket_sptr count);
PICKET_NO_CHECK void __asan_unregister_globals(void *globals, picket_sptr count);

/* Nobody holds the lock for long. Before the start there is none, nor anybody else. */
static bool lock_take(void)
{
	if (!picket_shadow_state.platform)
		return false;
	for (u32 tries = LOCK_TRIES; tries; tries--)
		if (picket_lock_try(&lock))
			return true;
	return false;
}

/* Where there is no entry left, the globals stay without a name. */
static void arrays_add(const struct global *globals, uptr count)
{
	bool is_locked = lock_take();
	u32 index;

	if (!is_locked && picket_shadow_state.platform)
		return;
	for (index = 0; index < arrays_used && arrays[index].globals; index++)
		;
	if (index < ARRAYS_MAX) {
		arrays[index].globals = globals;
		arrays[index].count = count;
		if (index == arrays_used)
			arrays_used++;
	}
	if (is_locked)
		picket_lock_release(&lock);
}

/* Forget the arrays that start in the range. It must be done, if need be without the lock. */
static void arrays_remove(uptr start, uptr bytes)
{
	bool is_locked = lock_take();

	for (u32 index = 0; index < arrays_used; index++)
		if ((uptr)arrays[index].globals - start < bytes)
			arrays[index].globals = NULL;
	if (is_locked)
		picket_lock_release(&lock);
}

/* Only what is laid out as it must be is poisoned. */
static bool is_sound(const struct global *global)
{
	return !(global->address % PICKET_GRANULE_BYTES) &&
	       !(global->bytes_with_redzone % PICKET_GRANULE_BYTES) &&
	       global->bytes <= global->bytes_with_redzone;
}

PICKET_NO_CHECK static void poison_array(const struct global *globals, uptr count)
{
	for (uptr index = 0; index < count; index++) {
		const struct global *global = &globals[index];
		uptr inside = (global->bytes + PICKET_GRANULE_BYTES - 1) &
			      ~(uptr)(PICKET_GRANULE_BYTES - 1);

		if (!is_sound(global))
			continue;
		if (picket_shadow_unpoison(global->address, global->bytes))
			continue;
		picket_shadow_poison(global->address + inside, global->bytes_with_redzone - inside,
				     PICKET_SHADE_GLOBAL);
	}
}

void __asan_register_globals(void *globals, picket_sptr count)
{
	arrays_add(globals, (uptr)count);
	if (picket_shadow_state.platform)
		poison_array(globals, (uptr)count);
}

void __asan_unregister_globals(void *globals, picket_sptr count)
{
	const struct global *first = globals;

	arrays_remove((uptr)globals, 1);
	for (uptr index = 0; index < (uptr)count; index++)
		if (is_sound(&first[index]))
			picket_shadow_open(first[index].address, first[index].bytes_with_redzone);
}

void picket_shadow_globals_forget(uptr start, uptr bytes)
{
	arrays_remove(start, bytes);
}

void picket_shadow_globals_start(void)
{
	picket_lock_init(&lock);
	for (u32 index = 0; index < arrays_used; index++)
		if (arrays[index].globals)
			poison_array(arrays[index].globals, arrays[index].count);
}

static void note(const struct global *global, struct picket_memory *memory)
{
	u32 used = 0;

	memory->variable_address = global->address;
	memory->variable_bytes = global->bytes;
	while (global->name && used < sizeof(memory->variable) - 1 && global->name[used]) {
		memory->variable[used] = global->name[used];
		used++;
	}
}

/* Return: true if it is in the array. */
static bool describe_in(const struct array *array, uptr address, struct picket_memory *memory)
{
	for (uptr index = 0; index < array->count; index++) {
		const struct global *global = &array->globals[index];

		if (address - global->address < global->bytes_with_redzone) {
			note(global, memory);
			return true;
		}
	}
	return false;
}

/* Under the lock, so that nobody forgets meanwhile what is read here. */
void picket_shadow_describe_global(uptr address, struct picket_memory *memory)
{
	u32 index;

	if (!picket_lock_try(&lock))
		return;
	for (index = 0; index < arrays_used; index++)
		if (arrays[index].globals && describe_in(&arrays[index], address, memory))
			break;
	picket_lock_release(&lock);
}
