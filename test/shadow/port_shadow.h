/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What core/shadow/platform.h asks of a port's shadow: here it is one array, for one arena. */
#ifndef PICKET_PORT_SHADOW_H
#define PICKET_PORT_SHADOW_H

extern unsigned long port_shadow_offset;
extern unsigned long port_arena;

#define PORT_ARENA_BYTES (16ul << 20)
#define PICKET_SHADOW_OFFSET port_shadow_offset
#define PICKET_NO_CHECK

static inline bool picket_has_shadow(unsigned long address)
{
	return address - port_arena < PORT_ARENA_BYTES;
}

/** port_refresh() - whatever port_stale() hid is seen again. */
void port_refresh(void);

static inline void picket_shadow_pin(void)
{
	port_refresh();
}

static inline void picket_shadow_unpin(void)
{
}

#endif
