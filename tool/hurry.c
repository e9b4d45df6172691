/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <signal.h>
#include <stddef.h>

#include "hurry.h"

static bool hurried;

static void hurry(int signal_number)
{
	(void)signal_number;
	__atomic_store_n(&hurried, true, __ATOMIC_RELAXED);
}

void picket_hurry_on_signal(const struct picket_signals *before)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction once = { .sa_handler = hurry, .sa_flags = SA_RESETHAND }, action;
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		sigaction(numbers[i], NULL, &action);
		if (action.sa_handler == SIG_IGN || sigismember(&before->mask, numbers[i]))
			continue;
		sigaction(numbers[i], &once, NULL);
		sigaddset(&set, numbers[i]);
	}
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

bool picket_hurried(void)
{
	return __atomic_load_n(&hurried, __ATOMIC_RELAXED);
}
