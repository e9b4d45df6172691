/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The same for the shadow detector. */
#ifndef PICKET_PORT_SHADOW_H
#define PICKET_PORT_SHADOW_H

#define PICKET_SHADOW_OFFSET ((uptr)0xdffffc0000000000)
#define PICKET_NO_CHECK __attribute__((no_instrument_function))

static inline bool picket_has_shadow(uptr address)
{
	return address >> 63;
}

static inline void picket_shadow_pin(void)
{
}

static inline void picket_shadow_unpin(void)
{
}

#endif
