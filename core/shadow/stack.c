/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stacks: what compilers call to poison and open parts of them, and from a bad address back to the
 * variables of its frame.
 *
 * An instrumented frame begins with 32 bytes of left redzone, in which three words stand: a magic
 * number, the frame's description, and the function's address. The description reads "number of
 * variables" and for each "offset size length-of-name name", with spaces between.
 */
#include "state.h"

#define FRAME_MAGIC 0x41b58ab3ul
#define FRAME_SEARCH_BYTES (1ul << 20) /* no frame is larger */
#define ALLOCA_REDZONE_BYTES 32ul
#define DESCRIPTION_BYTES_MAX 16384

struct frame {
	uptr magic;
	const char *description;
	uptr function;
};

struct cursor {
	const char *at;
	const char *end; /* it ends there at the latest */
};

PICKET_NO_CHECK void __asan_handle_no_return(void);
PICKET_NO_CHECK void __asan_alloca_poison(void *address, picket_sptr bytes);
PICKET_NO_CHECK void __asan_allocas_unpoison(void *top, picket_sptr bottom);
PICKET_NO_CHECK void __asan_poison_stack_memory(void *address, picket_sptr bytes);
PICKET_NO_CHECK void __asan_unpoison_stack_memory(void *address, picket_sptr bytes);

void picket_shadow_stack_clean(uptr low, uptr high)
{
	picket_shadow_open(low, high - low);
}

/*
 * A function that does not return leaves frames behind that nobody cleans: all from here up. What
 * is still in use of them is open too, from then on.
 */
void __asan_handle_no_return(void)
{
	uptr here = (uptr)__builtin_frame_address(0) & ~(uptr)(PICKET_GRANULE_BYTES - 1);
	uptr low, high;

	if (picket_shadow_state.platform &&
	    picket_plat_this_stack(picket_shadow_state.platform, &low, &high) && here >= low &&
	    here < high)
		picket_shadow_stack_clean(here, high);
}

static uptr round_to(uptr bytes, uptr unit)
{
	return (bytes + unit - 1) & ~(unit - 1);
}

void __asan_alloca_poison(void *address, picket_sptr bytes)
{
	uptr start = (uptr)address;
	uptr size_bytes = (uptr)bytes;
	uptr right = start + round_to(size_bytes, PICKET_GRANULE_BYTES);
	uptr end = start + round_to(size_bytes, ALLOCA_REDZONE_BYTES) + ALLOCA_REDZONE_BYTES;

	picket_shadow_unpoison(start, size_bytes);
	picket_shadow_poison(start - ALLOCA_REDZONE_BYTES, ALLOCA_REDZONE_BYTES,
			     PICKET_SHADE_ALLOCA_LEFT);
	picket_shadow_poison(right, end - right, PICKET_SHADE_ALLOCA_RIGHT);
}

void __asan_allocas_unpoison(void *top, picket_sptr bottom)
{
	if (top && (uptr)top < (uptr)bottom)
		picket_shadow_open((uptr)top, (uptr)bottom - (uptr)top);
}

void __asan_poison_stack_memory(void *address, picket_sptr bytes)
{
	picket_shadow_poison((uptr)address, (uptr)bytes, PICKET_SHADE_AFTER_SCOPE);
}

void __asan_unpoison_stack_memory(void *address, picket_sptr bytes)
{
	picket_shadow_unpoison((uptr)address, (uptr)bytes);
}

/* These name shadow itself: it is the shadow of so many granules. */
PICKET_NO_CHECK static void set_shadow(u8 *shadow, uptr granules, enum picket_shade shade)
{
	uptr address = ((uptr)shadow - PICKET_SHADOW_OFFSET) << PICKET_SHADOW_SCALE;
	uptr bytes = granules << PICKET_SHADOW_SCALE;

	if (shade == PICKET_SHADE_OPEN)
		picket_shadow_open(address, bytes);
	else
		picket_shadow_poison(address, bytes, shade);
}

#define DEFINE_SET_SHADOW(name, shade)                                                             \
	PICKET_NO_CHECK void name(u8 *shadow, uptr granules);                                      \
	PICKET_NO_CHECK void name(u8 *shadow, uptr granules)                                       \
	{                                                                                          \
		set_shadow(shadow, granules, shade);                                               \
	}

DEFINE_SET_SHADOW(__asan_set_shadow_00, PICKET_SHADE_OPEN)
DEFINE_SET_SHADOW(__asan_set_shadow_f1, PICKET_SHADE_STACK_LEFT)
DEFINE_SET_SHADOW(__asan_set_shadow_f2, PICKET_SHADE_STACK_MID)
DEFINE_SET_SHADOW(__asan_set_shadow_f3, PICKET_SHADE_STACK_RIGHT)
DEFINE_SET_SHADOW(__asan_set_shadow_f5, PICKET_SHADE_AFTER_RETURN)
DEFINE_SET_SHADOW(__asan_set_shadow_f8, PICKET_SHADE_AFTER_SCOPE)

/* The left redzone that is nearest to the left of an address; NULL: there is none. */
PICKET_NO_CHECK static const struct frame *find_frame(uptr address, uptr low)
{
	uptr granule = address & ~(uptr)(PICKET_GRANULE_BYTES - 1);

	low = round_to(low, PICKET_GRANULE_BYTES);
	if (granule - low > FRAME_SEARCH_BYTES)
		low = granule - FRAME_SEARCH_BYTES;
	while (granule > low && *picket_shadow_of(granule) != PICKET_SHADE_STACK_LEFT)
		granule -= PICKET_GRANULE_BYTES;
	while (granule > low &&
	       *picket_shadow_of(granule - PICKET_GRANULE_BYTES) == PICKET_SHADE_STACK_LEFT)
		granule -= PICKET_GRANULE_BYTES;
	if (*picket_shadow_of(granule) != PICKET_SHADE_STACK_LEFT)
		return NULL;
	return (const struct frame *)granule;
}

/* Nothing but the magic number tells that there is a frame, so the rest is doubted as well. */
PICKET_NO_CHECK static bool is_frame(const struct frame *frame, uptr address)
{
	uptr end = (uptr)(frame + 1);

	return end > (uptr)frame && (end <= address || (uptr)frame <= address) &&
	       frame->magic == FRAME_MAGIC && picket_has_shadow((uptr)frame->description) &&
	       picket_has_shadow(frame->function);
}

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

/* A number, and the space behind it. */
static bool take_number(struct cursor *cursor, u32 *number)
{
	u64 value = 0;

	if (cursor->at == cursor->end || !is_digit(*cursor->at))
		return false;
	while (cursor->at < cursor->end && is_digit(*cursor->at) && value <= 0xffffffff)
		value = value * 10 + (u32)(*cursor->at++ - '0');
	if (value > 0xffffffff || cursor->at == cursor->end)
		return false;
	if (*cursor->at == ' ')
		cursor->at++;
	else if (*cursor->at)
		return false;
	*number = (u32)value;
	return true;
}

/* A name of so many characters; GCC puts ":line" behind it, which is not wanted here. */
static bool take_name(struct cursor *cursor, u32 length, char *name)
{
	bool in_name = true;
	u32 used = 0;

	for (; length; length--, cursor->at++) {
		if (cursor->at == cursor->end || !*cursor->at)
			return false;
		if (*cursor->at == ':')
			in_name = false;
		if (in_name && used < PICKET_VARIABLE_NAME_BYTES - 1)
			name[used++] = *cursor->at;
	}
	name[used] = 0;
	if (cursor->at < cursor->end && *cursor->at == ' ')
		cursor->at++;
	return true;
}

static bool take_object(struct cursor *cursor, struct picket_frame_object *object)
{
	u32 length;

	return take_number(cursor, &object->offset_bytes) &&
	       take_number(cursor, &object->size_bytes) && take_number(cursor, &length) &&
	       take_name(cursor, length, object->name);
}

/* How far an offset is from a variable; 0: within. */
static u64 distance(const struct picket_frame_object *object, u64 offset)
{
	u64 end = (u64)object->offset_bytes + object->size_bytes;

	if (offset < object->offset_bytes)
		return object->offset_bytes - offset;
	return offset < end ? 0 : offset - end + 1;
}

static void note_nearest(const struct picket_frame_object *object, uptr frame,
			 struct picket_memory *memory)
{
	memory->variable_address = frame + object->offset_bytes;
	memory->variable_bytes = object->size_bytes;
	memcpy(memory->variable, object->name, sizeof(memory->variable));
}

static void parse_description(const char *description, uptr frame, struct picket_memory *memory)
{
	struct cursor cursor = { description, description + DESCRIPTION_BYTES_MAX };
	struct picket_frame_object object;
	u64 nearest = ~0ull;
	u32 count;

	if (!take_number(&cursor, &count))
		return;
	while (memory->frame_objects < count && take_object(&cursor, &object)) {
		if (memory->frame_objects < PICKET_FRAME_OBJECTS)
			memory->objects[memory->frame_objects] = object;
		memory->frame_objects++;
		if (distance(&object, memory->frame_offset_bytes) < nearest) {
			nearest = distance(&object, memory->frame_offset_bytes);
			note_nearest(&object, frame, memory);
		}
	}
}

void picket_shadow_describe_frame(uptr address, struct picket_memory *memory)
{
	const struct frame *frame;
	uptr low, high;

	if (!picket_plat_this_stack(picket_shadow_state.platform, &low, &high) ||
	    !picket_has_shadow(low) || address < low || address >= high)
		return;
	frame = find_frame(address, low);
	if (!frame || !is_frame(frame, address))
		return;
	memory->frame_pc = frame->function;
	memory->frame_offset_bytes = address - (uptr)frame;
	parse_description(frame->description, (uptr)frame, memory);
}
