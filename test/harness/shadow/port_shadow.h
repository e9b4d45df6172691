/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Where shadow lies in a process: where nothing else is, and its offset is cheap in code. */
#ifndef PICKET_PORT_SHADOW_H
#define PICKET_PORT_SHADOW_H

#ifdef __x86_64__
#define PICKET_SHADOW_OFFSET 0x7fff8000ul
#else
#define PICKET_SHADOW_OFFSET 0x1000000000ul
#endif

#define PICKET_NO_CHECK

#ifndef SH_OFFSET_ONLY /* the build asks for the offset alone */
static inline bool picket_has_shadow(uptr address)
{
	return address < 1ul << 47;
}
static inline void picket_shadow_pin(void)
{
}

static inline void picket_shadow_unpin(void)
{
}
#endif

#endif
