/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Everything at once: eight threads that allocate, fork, run programs, load libraries, get signals
 * and end, while what Picket asks of the kernel is refused at random (see ../scarce.c), and now and
 * then a bug. Prints how many bugs of each kind were planted. torture SEED SECONDS LIBRARY
 */
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define THREADS 8
#define OBJECTS 24
#define STEPS 3000 /* of a thread, then it ends and another begins */
#define SIZE 33	   /* of no size class: only a guarded object is exactly so large */
#define BUGS_LAST 50

/* Shared with children: they have bugs too. */
static struct {
	unsigned int frees;    /* of an address inside an object */
	unsigned int changes;  /* of a byte beside an object */
	unsigned int mistakes; /* in the size given to free_sized() */
	unsigned int late;     /* uses of freed objects */
	unsigned int last;     /* the same when nothing is refused any more */
	unsigned int wrong;    /* what should not have happened */
} * planted;

static const char *library;
static volatile bool stop;
static volatile unsigned char sum;
static pthread_mutex_t one_bug = PTHREAD_MUTEX_INITIALIZER; /* so that no record is lost */

/* Picket has it, and the C library not yet. */
void free_sized(void *address, size_t size) __attribute__((weak));

static unsigned int draw(uint64_t *random)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned int)(*random >> 33);
}

static void count(unsigned int *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

static void check(bool good)
{
	if (!good)
		count(&planted->wrong);
}

static unsigned char *guarded_object(void)
{
	unsigned char *object = malloc(SIZE);

	if (malloc_usable_size(object) == SIZE)
		return object;
	free(object);
	return NULL;
}

static void use_late(unsigned char *object, unsigned int *counter)
{
	count(counter);
	free(object);
	__asm__ volatile("" : "+r"(object));
	sum = object[5];
}

static void plant(unsigned int kind)
{
	unsigned char *object = guarded_object();

	if (!object)
		return;
	switch (kind) {
	case 0:
		count(&planted->frees);
		free(object + 1);
		free(object);
		break;
	case 1:
		count(&planted->changes);
		object[SIZE] ^= 1;
		free(object);
		break;
	case 2:
		count(&planted->mistakes);
		free_sized(object, SIZE + 1);
		break;
	default:
		use_late(object, &planted->late);
	}
}

static void plant_alone(unsigned int kind)
{
	pthread_mutex_lock(&one_bug);
	plant(kind % 4);
	pthread_mutex_unlock(&one_bug);
}

/* An object whose every byte tells whether it is what it was. */
static void change_one(unsigned char **objects, size_t *sizes, uint64_t *random)
{
	unsigned int i = draw(random) % OBJECTS;
	size_t size = 1 + draw(random) % (draw(random) % 8 ? 200 : 20000);

	for (size_t at = 0; objects[i] && at < sizes[i]; at += 13)
		check(objects[i][at] == (unsigned char)(i + 1));
	if (objects[i] && draw(random) % 2) {
		objects[i] = realloc(objects[i], size);
		for (size_t at = 0; at < size && at < sizes[i]; at += 13)
			check(objects[i][at] == (unsigned char)(i + 1));
	} else {
		free(objects[i]);
		objects[i] = malloc(size);
	}
	sizes[i] = size;
	memset(objects[i], (int)i + 1, size);
}

static void make_child(uint64_t *random)
{
	unsigned int kind = draw(random) % 4;
	int status = -1;
	pid_t child = fork();

	if (!child) {
		for (int i = 0; i < 20; i++)
			free(malloc(1 + draw(random) % 5000));
		plant(kind);
		_exit(0);
	}
	check(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

static void run_program(void)
{
	char *const arguments[] = { "true", NULL };
	char *const no_environment[] = { NULL };
	int status = -1;
	pid_t child;

	if (posix_spawn(&child, "/bin/true", NULL, NULL, arguments, no_environment))
		check(false);
	else
		check(waitpid(child, &status, 0) == child && status == 0);
}

static void load_library(void)
{
	void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);

	check(handle);
	if (handle)
		dlclose(handle);
}

static unsigned char *pet; /* a guarded object that lives all the time */

static void on_signal(int number)
{
	(void)number;
	pet[0]++;
	sum = pet[SIZE - 1];
}

static void *work(void *seed)
{
	uint64_t random = (uint64_t)(uintptr_t)seed;
	unsigned char *objects[OBJECTS] = { NULL };
	size_t sizes[OBJECTS] = { 0 };

	for (int step = 0; step < STEPS && !stop; step++) {
		unsigned int deed = draw(&random) % 1000;

		if (deed < 4)
			make_child(&random);
		else if (deed < 6)
			run_program();
		else if (deed < 10)
			load_library();
		else if (deed < 14)
			plant_alone(draw(&random));
		else if (deed < 24)
			raise(SIGUSR1);
		else
			change_one(objects, sizes, &random);
	}
	for (int i = 0; i < OBJECTS; i++)
		free(objects[i]);
	return NULL;
}

static void torture(uint64_t seed, int seconds)
{
	pthread_t threads[THREADS];
	time_t end = time(NULL) + seconds;

	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)(seed + (uint64_t)i));
	for (uint64_t next = seed + THREADS; time(NULL) < end; next++) {
		unsigned int i = (unsigned int)(next % THREADS);

		for (int signals = 0; signals < 20; signals++) {
			pthread_kill(threads[(i + 1) % THREADS], SIGUSR1);
			usleep(500);
		}
		pthread_join(threads[i], NULL);
		pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)next);
	}
	stop = true;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

/* Is all in order still? */
static void plant_last(void)
{
	for (int tries = 0; tries < 100000 && planted->last < BUGS_LAST; tries++) {
		unsigned char *object = guarded_object();

		if (object)
			use_late(object, &planted->last);
	}
}

int main(int count_arguments, char **arguments)
{
	void (*scarce)(bool) = (void (*)(bool))dlsym(RTLD_DEFAULT, "scarce");

	if (count_arguments != 4 || !scarce || !free_sized)
		return 2;
	planted = mmap(NULL, sizeof(*planted), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	library = arguments[3];
	while (!pet)
		pet = guarded_object();
	signal(SIGUSR1, on_signal);
	scarce(true);
	torture(strtoull(arguments[1], NULL, 0), atoi(arguments[2]));
	scarce(false);
	plant_last();
	free(pet);
	printf("%u %u %u %u %u %u\n", planted->frees, planted->changes, planted->mistakes,
	       planted->late, planted->last, planted->wrong);
	return 0;
}
