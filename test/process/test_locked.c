/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Under Picket with rate=1 and a json file: bad accesses at the worst moments, with locks held that
 * a report must not want. Each is reported, and soon.
 */
#include "test/tap.h"

#include <dlfcn.h>
#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE 4096u /* both ends are at a guard */
#define BUGS 40
#define LIMIT_SECONDS 20
#define PAINT 0x5a
#define FRAME_BYTES 5120 /* of a signal; what a kernel needs that does not say */

static char *objects[BUGS]; /* guarded, alive, each good for one report */
static volatile int next_bug;
static volatile bool stop;

static void make_objects(void)
{
	for (int i = 0; i < BUGS;) {
		char *object = malloc(SIZE);

		/* Not what found no slot. */
		if (malloc_usable_size(object) == SIZE)
			objects[i++] = object;
	}
	next_bug = 0;
}

static void free_objects(void)
{
	for (int i = 0; i < BUGS; i++)
		free(objects[i]);
}

static __attribute__((noinline)) void bug(void)
{
	int i = __atomic_fetch_add(&next_bug, 1, __ATOMIC_RELAXED);

	if (i < BUGS)
		(void)((volatile char *)objects[i])[SIZE];
}

/* So far; over.sh gives the file. */
static int reports(void)
{
	char *file = strdup(strstr(getenv("PICKET_OPTIONS"), "json=") + 5);
	int count = 0, c;
	FILE *in;

	*strchrnul(file, ':') = '\0';
	in = fopen(file, "r");
	while (in && (c = getc(in)) != EOF)
		count += c == '\n';
	if (in)
		fclose(in);
	free(file);
	return count;
}

/* ---- by a signal in the middle of anything ---- */

static void on_alarm(int number)
{
	(void)number;
	bug();
}

static void ticks(int interval_us)
{
	struct itimerval timer = { { 0, interval_us }, { 0, interval_us } };
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void no_ticks(void)
{
	struct itimerval none = { 0 };

	setitimer(ITIMER_REAL, &none, NULL);
	signal(SIGALRM, SIG_DFL);
}

/* Half of it is in Picket, and the other half in the next allocator. */
static void allocate_once(void)
{
	void *volatile small = malloc(100);
	void *volatile large = malloc(70000);

	free(small);
	free(large);
}

static void load_once(void)
{
	void *library = dlopen("libresolv.so.2", RTLD_NOW);

	if (library)
		dlclose(library);
}

static void print_once(void)
{
	FILE *out = fopen("/dev/null", "w");

	for (int i = 0; out && i < 100; i++)
		fprintf(out, "%d %s %f\n", i, "text", i / 3.0);
	if (out)
		fclose(out);
}

static void in_signals(void (*act)(void))
{
	ticks(1000);
	while (next_bug < BUGS)
		act();
	no_ticks();
}

static void in_allocators(void)
{
	in_signals(allocate_once);
}

static void in_loader(void)
{
	in_signals(load_once);
}

static void in_stdio(void)
{
	in_signals(print_once);
}

/* ---- by a thread, while others hold locks ---- */

static void *churn(void *act)
{
	while (!stop)
		((void (*)(void))act)();
	return NULL;
}

static void among(void (*act)(void), void (*bugs)(void))
{
	pthread_t threads[3];

	stop = false;
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, churn, (void *)act);
	bugs();
	stop = true;
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
}

static void all_bugs(void)
{
	while (next_bug < BUGS)
		bug();
}

static void among_allocators(void)
{
	among(allocate_once, all_bugs);
}

static void among_loaders(void)
{
	among(load_once, all_bugs);
}

static int in_callback(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)info;
	(void)size;
	(void)unused;
	all_bugs();
	return 1;
}

/* The loader's lock is held over all of it. */
static void in_iteration(void)
{
	dl_iterate_phdr(in_callback, NULL);
}

static pthread_barrier_t held, done;

static int hold_loader(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)info;
	(void)size;
	(void)unused;
	pthread_barrier_wait(&held);
	pthread_barrier_wait(&done);
	return 1;
}

static void *hold(void *unused)
{
	flockfile(stderr);
	dl_iterate_phdr(hold_loader, NULL);
	funlockfile(stderr);
	return unused;
}

/* The loader's and standard error's, by another thread. */
static void while_held(void)
{
	pthread_t thread;

	pthread_barrier_init(&held, NULL, 2);
	pthread_barrier_init(&done, NULL, 2);
	pthread_create(&thread, NULL, hold, NULL);
	pthread_barrier_wait(&held);
	all_bugs();
	pthread_barrier_wait(&done);
	pthread_join(thread, NULL);
}

static void *at_once(void *unused)
{
	for (int i = 0; i < BUGS / 2; i++) {
		pthread_barrier_wait(&held);
		bug();
	}
	return unused;
}

static void two_at_once(void)
{
	pthread_t threads[2];

	pthread_barrier_init(&held, NULL, 2);
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, at_once, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
}

/* ---- in children ---- */

static pid_t by_raw_clone(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static void in_children(pid_t (*make)(void))
{
	for (int i = 0; i < BUGS; i++) {
		int status = -1;
		pid_t child = make();

		if (!child) {
			bug();
			_exit(0);
		}
		waitpid(child, &status, 0);
		next_bug++;
	}
}

static void forks(void)
{
	in_children(fork);
}

static void raw_clones(void)
{
	in_children(by_raw_clone);
}

static void after_fork(void)
{
	among(allocate_once, forks);
}

static void after_raw_clone(void)
{
	among(allocate_once, raw_clones);
}

static void after_vfork(void)
{
	for (int i = 0; i < BUGS; i++) {
		pid_t child = vfork();

		if (!child) {
			bug();
			_exit(0);
		}
		waitpid(child, NULL, 0);
	}
}

/* ---- with little stack ---- */

static char *painted; /* an alternate stack, and room below it */
static void *frame;   /* of the kernel, as a handler that does nothing sees it */

static void on_usr1(int number, siginfo_t *info, void *context)
{
	(void)number;
	frame = (char *)context < (char *)info ? context : info;
}

/* How many bytes below the kernel's frame a report has written to. */
static long bytes_used(void)
{
	struct sigaction action = { .sa_sigaction = on_usr1, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t stack = { .ss_size = 65536 }, none = { .ss_flags = SS_DISABLE };
	char *at;

	painted = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	stack.ss_sp = painted;
	sigaltstack(&stack, NULL);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	memset(painted, PAINT, 65536);
	all_bugs();
	for (at = painted; *at == PAINT; at++)
		;
	sigaltstack(&none, NULL);
	munmap(painted, 65536);
	return (char *)frame - at;
}

static void on_little_stack(void)
{
	long used = bytes_used();

	tap_ok(used > 0 && used < 2048, "a report takes %ld bytes of the program's stack", used);
}

static __attribute__((noinline)) void go_down(const char *end)
{
	volatile char room[256];

	room[0] = 0;
	if ((char *)&room[0] > end)
		go_down(end);
	else
		all_bugs();
	(void)room[0];
}

static void *at_the_end(void *unused)
{
	unsigned long frame_bytes = getauxval(AT_MINSIGSTKSZ);
	pthread_attr_t attributes;
	void *start;
	size_t size;

	pthread_getattr_np(pthread_self(), &attributes);
	pthread_attr_getstack(&attributes, &start, &size);
	pthread_attr_destroy(&attributes);
	go_down((char *)start + (frame_bytes ? frame_bytes : FRAME_BYTES) + 2048 + 512);
	return unused;
}

/* The signal's frame still fits, and 2 KiB. */
static void at_end_of_stack(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, at_the_end, NULL);
	pthread_join(thread, NULL);
}

static const struct {
	const char *name;
	void (*act)(void);
} cases[] = {
	{ "in a handler that has interrupted malloc and free", in_allocators },
	{ "in a handler that has interrupted dlopen and dlclose", in_loader },
	{ "in a handler that has interrupted stdio", in_stdio },
	{ "while other threads are in malloc and free", among_allocators },
	{ "while other threads are in dlopen and dlclose", among_loaders },
	{ "in a callback of dl_iterate_phdr", in_iteration },
	{ "while another thread holds the loader's lock and standard error's", while_held },
	{ "two threads at once", two_at_once },
	{ "in a child, at once after fork", after_fork },
	{ "in a child, at once after a raw clone", after_raw_clone },
	{ "in a child of vfork", after_vfork },
	{ "on a small alternate stack", on_little_stack },
	{ "at the end of a stack", at_end_of_stack },
};

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int before = reports(), found;

		make_objects();
		alarm(LIMIT_SECONDS);
		cases[i].act();
		alarm(0);
		found = reports() - before;
		tap_ok(found == BUGS, "%s: %d of %d reported", cases[i].name, found, BUGS);
		free_objects();
	}
	return tap_done();
}
