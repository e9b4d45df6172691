/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Eight functions that each have eight calls: real code at 64 real places. */
#include "sites.h"

struct call {
	u32 site;
	void (*function)(void *);
	void *argument;
};

/* Nothing may follow from a tail call: the frame has to stay. */
#define PLACE(n)                                                                                   \
	case n:                                                                                    \
		call->function(call->argument);                                                    \
		__asm__ volatile("" ::"i"(n) : "memory");                                          \
		break

#define GROUP(n)                                                                                   \
	static __attribute__((__noinline__, __noclone__)) void group_##n(const struct call *call)  \
	{                                                                                          \
		switch (call->site % 8) {                                                          \
			PLACE(0);                                                                  \
			PLACE(1);                                                                  \
			PLACE(2);                                                                  \
			PLACE(3);                                                                  \
			PLACE(4);                                                                  \
			PLACE(5);                                                                  \
			PLACE(6);                                                                  \
			PLACE(7);                                                                  \
		}                                                                                  \
		__asm__ volatile("" ::"i"(n) : "memory");                                          \
	}

GROUP(0)
GROUP(1)
GROUP(2)
GROUP(3)
GROUP(4)
GROUP(5)
GROUP(6)
GROUP(7)

void at_site(u32 site, void (*function)(void *), void *argument)
{
	static void (*const groups[])(const struct call *) = {
		group_0, group_1, group_2, group_3, group_4, group_5, group_6, group_7,
	};
	struct call call = { site, function, argument };

	groups[site / 8 % 8](&call);
}
