/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What core/shadow/platform.h asks of a port about its shadow. */
#ifndef PICKET_PORT_SHADOW_H
#define PICKET_PORT_SHADOW_H

/* The name that compilers give it, so drivers use it too. Fixed while there is a driver. */
extern unsigned long __asan_shadow_memory_dynamic_address;

/* The first address of the kernel's half. */
extern unsigned long picket_shadow_lowest;

#define PICKET_SHADOW_OFFSET __asan_shadow_memory_dynamic_address

/* Kbuild compiles the runtime without instrumentation and tracing. */
#define PICKET_NO_CHECK

static inline bool picket_has_shadow(picket_uptr address)
{
	return address >= picket_shadow_lowest;
}

/** picket_shadow_refresh() - no stale translation of shadow is left. Preemption is off. */
void picket_shadow_refresh(void);

static inline void picket_shadow_pin(void)
{
	preempt_disable();
	picket_shadow_refresh();
}

static inline void picket_shadow_unpin(void)
{
	preempt_enable();
}

#endif
