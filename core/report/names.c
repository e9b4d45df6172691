/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The values of the record's enums as words; the parser of JSON reads these same tables. */
#include "report.h"

#define LOOK_UP(table, value) ((value) < sizeof(table) / sizeof((table)[0]) ? (table)[value] : NULL)

const char *picket_bug_name(u32 bug)
{
	static const char *const names[] = {
		[PICKET_BUG_NONE] = "NONE",
		[PICKET_BUG_OUT_OF_BOUNDS] = "OUT_OF_BOUNDS",
		[PICKET_BUG_USE_AFTER_FREE] = "USE_AFTER_FREE",
		[PICKET_BUG_CORRUPTION] = "CORRUPTION",
		[PICKET_BUG_INVALID_ACCESS] = "INVALID_ACCESS",
		[PICKET_BUG_INVALID_FREE] = "INVALID_FREE",
		[PICKET_BUG_DOUBLE_FREE] = "DOUBLE_FREE",
		[PICKET_BUG_MISMATCH] = "MISMATCH",
		[PICKET_BUG_USE_AFTER_SCOPE] = "USE_AFTER_SCOPE",
	};

	return LOOK_UP(names, bug);
}

const char *picket_detector_name(u32 detector)
{
	static const char *const names[] = {
		[PICKET_DETECTOR_GUARD] = "guard",
		[PICKET_DETECTOR_SHADOW] = "shadow",
	};

	return LOOK_UP(names, detector);
}

const char *picket_region_name(u32 region)
{
	static const char *const names[] = {
		[PICKET_REGION_UNKNOWN] = "unknown", [PICKET_REGION_HEAP] = "heap",
		[PICKET_REGION_PAGES] = "pages",     [PICKET_REGION_STACK] = "stack",
		[PICKET_REGION_ALLOCA] = "alloca",   [PICKET_REGION_GLOBAL] = "global",
		[PICKET_REGION_VMALLOC] = "vmalloc", [PICKET_REGION_NULL] = "null",
		[PICKET_REGION_USER] = "user",	     [PICKET_REGION_WILD] = "wild",
	};

	return LOOK_UP(names, region);
}

const char *picket_access_name(u32 access)
{
	static const char *const names[] = {
		[PICKET_ACCESS_UNKNOWN] = "UNKNOWN",
		[PICKET_ACCESS_READ] = "READ",
		[PICKET_ACCESS_WRITE] = "WRITE",
	};

	return LOOK_UP(names, access);
}

const char *picket_found_name(u32 found)
{
	static const char *const names[] = {
		[PICKET_FOUND_FAULT] = "fault",	    [PICKET_FOUND_FREE] = "free",
		[PICKET_FOUND_REALLOC] = "realloc", [PICKET_FOUND_SWEEP] = "sweep",
		[PICKET_FOUND_EXIT] = "exit",	    [PICKET_FOUND_PANIC] = "panic",
		[PICKET_FOUND_CHECK] = "check",	    [PICKET_FOUND_CALL] = "call",
	};

	return LOOK_UP(names, found);
}

const char *picket_position_name(u32 position)
{
	static const char *const names[] = {
		[PICKET_POSITION_NONE] = "none",
		[PICKET_POSITION_LEFT] = "left",
		[PICKET_POSITION_INSIDE] = "inside",
		[PICKET_POSITION_RIGHT] = "right",
	};

	return LOOK_UP(names, position);
}

const char *picket_side_name(u32 side)
{
	static const char *const names[] = {
		[PICKET_SIDE_AUTO] = "auto",
		[PICKET_SIDE_LEFT] = "left",
		[PICKET_SIDE_RIGHT] = "right",
	};

	return LOOK_UP(names, side);
}

const char *picket_family_name(u32 family)
{
	static const char *const names[] = {
		[PICKET_FAMILY_ANY] = "any",
		[PICKET_FAMILY_MALLOC] = "malloc",
		[PICKET_FAMILY_NEW] = "new",
		[PICKET_FAMILY_NEW_ARRAY] = "new[]",
		[PICKET_FAMILY_NEW_ALIGNED] = "aligned new",
		[PICKET_FAMILY_NEW_ARRAY_ALIGNED] = "aligned new[]",
	};

	return LOOK_UP(names, family);
}

const char *picket_policy_name(u32 policy)
{
	static const char *const names[] = {
		[PICKET_POLICY_OFF] = "off",
		[PICKET_POLICY_INTERVAL] = "interval",
		[PICKET_POLICY_COUNT] = "count",
		[PICKET_POLICY_INTERVAL_US] = "interval_us",
	};

	return LOOK_UP(names, policy);
}

const char *picket_object_state_name(u32 state)
{
	static const char *const names[] = {
		[PICKET_OBJECT_NONE] = "none",
		[PICKET_OBJECT_LIVE] = "live",
		[PICKET_OBJECT_FREED] = "freed",
	};

	return LOOK_UP(names, state);
}

const char *picket_confidence_name(u32 confidence)
{
	static const char *const names[] = {
		[PICKET_CONFIDENCE_LOW] = "low",
		[PICKET_CONFIDENCE_HIGH] = "high",
	};

	return LOOK_UP(names, confidence);
}
