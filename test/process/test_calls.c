/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * With the library linked in: memory of a freed object, and memory that reaches over either end of
 * a live one, given to each call of calls.def. The record names the call and the argument, and the
 * call does what it would have done. Then what is no bug, and what makes it hard.
 */
#undef _FILE_OFFSET_BITS
#include "calls.h"
#include "port/process/runtime.h"
#include "test/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum kind { FREED, RIGHT, LEFT, KINDS };

static const char *const kind_names[] = { "freed", "past the end", "before the start" };

static struct picket_record last;
static int count; /* atomic */
static const char data[CONTENT_MAX] = "0123456789abcdef0123456789ABCDEF";

static void take(const struct picket_record *record)
{
	__atomic_fetch_add(&count, 1, __ATOMIC_RELAXED);
	last = *record;
}

static char *object_make(size_t bytes, enum picket_side side)
{
	struct picket_request request = {
		.size_bytes = bytes,
		.align_bytes = 1,
		.family = PICKET_FAMILY_MALLOC,
		.side = side,
	};

	return picket_guard_alloc(picket_runtime.guard, NULL, &request);
}

/* Hidden memory can have content only if it is lent. */
static void content_put(char *memory, const void *content, size_t bytes)
{
	struct picket_guard *guard = picket_runtime.guard;
	picket_u64 lent = picket_guard_lend(guard, (uptr)memory, (uptr)memory + bytes);

	memcpy(memory, content, bytes);
	picket_guard_take_back(guard, (uptr)memory, lent);
}

/* Return: memory with that content, which must not be used. @object: whose it is. */
static char *memory_make(enum kind kind, const void *content, size_t bytes, char **object)
{
	*object = object_make(kind == FREED ? bytes : SIZE,
			      kind == LEFT ? PICKET_SIDE_LEFT : PICKET_SIDE_RIGHT);
	if (kind == FREED) {
		memcpy(*object, content, bytes);
		free(*object);
		return *object;
	}
	content_put(kind == LEFT ? *object - 1 : *object + SIZE - 1, content, bytes);
	return kind == LEFT ? *object - 1 : *object + SIZE - 1;
}

static void memory_drop(enum kind kind, char *object)
{
	if (kind != FREED)
		free(object);
}

/* One record, of that call. */
static bool found(enum kind kind, const char *name, picket_u32 argument, enum picket_access access)
{
	enum picket_bug bug = kind == FREED ? PICKET_BUG_USE_AFTER_FREE : PICKET_BUG_OUT_OF_BOUNDS;
	enum picket_position position = kind == FREED ? PICKET_POSITION_INSIDE :
					kind == LEFT  ? PICKET_POSITION_LEFT :
							PICKET_POSITION_RIGHT;

	if (count == 1 && last.found == PICKET_FOUND_CALL && !strcmp(last.call.name, name) &&
	    last.call.argument == argument && last.access == access && last.bug == bug &&
	    last.position == position && last.distance_bytes <= 1 && last.access_stack.count > 1)
		return true;
	printf("# %d records; found %u, %s(), argument %u, access %u, bug %u, position %u, %u\n",
	       count, last.found, last.call.name, last.call.argument, last.access, last.bug,
	       last.position, (unsigned int)last.distance_bytes);
	return false;
}

/* ---- each call ---- */

static void test_call(const struct call_case *call)
{
	if (call->possible && !call->possible()) {
		tap_skip(call->function, "it cannot be had here");
		return;
	}
	for (enum kind kind = FREED; kind < KINDS; kind++) {
		char content[CONTENT_MAX] = { 0 }, *object, *memory;
		long result;

		call->prepare(content);
		memory = memory_make(kind, content, call->bytes, &object);
		count = 0;
		errno = 0;
		result = call->act(memory);
		tap_ok(found(kind, call->name, call->argument, call->access) && result == 1,
		       "%s, argument %u: %s: result %ld", call->function, call->argument,
		       kind_names[kind], result);
		memory_drop(kind, object);
	}
}

/* ---- as programs call them that were built before glibc 2.33 ---- */

#ifdef __GLIBC__

#ifdef __x86_64__
#define STAT_VERSION 1
#else
#define STAT_VERSION 0
#endif

int __lxstat64(int version, const char *path, struct stat64 *status);
int __fxstat(int version, int fd, struct stat *status);
int __fxstatat64(int version, int directory, const char *path, struct stat64 *status, int flags);

static void test_old_names(void)
{
	char *object, *path = memory_make(FREED, "/proc", 6, &object);
	char *status = memory_make(FREED, data, sizeof(struct stat), &object);
	struct stat64 room;

	count = 0;
	tap_ok(!__lxstat64(STAT_VERSION, path, &room) && S_ISDIR(room.st_mode) &&
		       found(FREED, "lstat", 1, PICKET_ACCESS_READ),
	       "__lxstat64");
	path = memory_make(FREED, "/proc", 6, &object);
	count = 0;
	tap_ok(!__fxstatat64(STAT_VERSION, -1, path, &room, 0) &&
		       found(FREED, "fstatat", 2, PICKET_ACCESS_READ),
	       "__fxstatat64");
	count = 0;
	tap_ok(!__fxstat(STAT_VERSION, 0, (struct stat *)(void *)status) &&
		       found(FREED, "fstat", 2, PICKET_ACCESS_WRITE),
	       "__fxstat");
}

#else

static void test_old_names(void)
{
}

#endif

/* ---- transfers over each kind of descriptor ---- */

static bool transfer_works(const struct transfer *transfer, const int *ends, char *memory)
{
	char there[BYTES] = { 0 };
	long result;

	if (transfer->access == PICKET_ACCESS_WRITE) {
		if (write(ends[1], data, BYTES) != BYTES)
			return false;
		if (lseek(ends[0], 0, SEEK_CUR) >= 0)
			lseek(ends[0], -BYTES, SEEK_CUR);
		result = transfer->act(ends[0], memory, BYTES);
		return result == BYTES && !memcmp(memory, data, BYTES);
	}
	result = transfer->act(ends[1], memory, BYTES);
	if (lseek(ends[0], 0, SEEK_CUR) >= 0)
		lseek(ends[0], -BYTES, SEEK_CUR);
	return result == BYTES && read(ends[0], there, BYTES) == BYTES &&
	       !memcmp(there, data, BYTES);
}

static void test_transfer(const struct channel *channel, const struct transfer *transfer)
{
	for (enum kind kind = FREED; kind < KINDS; kind++) {
		char *object, *memory;
		bool works;
		int ends[2];

		if (channel->make(ends)) {
			tap_ok(true, "%s # SKIP cannot be had", channel->name);
			return;
		}
		memory = memory_make(kind, data, BYTES, &object);
		count = 0;
		works = transfer_works(transfer, ends, memory);
		tap_ok(found(kind, transfer->name, 2, transfer->access) && works, "%s, %s: %s",
		       channel->name, transfer->function, kind_names[kind]);
		memory_drop(kind, object);
		close(ends[0]);
		close(ends[1]);
	}
}

static void test_transfers(void)
{
	for (size_t i = 0; channels[i].name; i++)
		for (size_t k = 0; transfers[k].name; k++)
			if ((channels[i].is_socket || !transfers[k].of_sockets) &&
			    (channels[i].is_file || !transfers[k].of_files))
				test_transfer(&channels[i], &transfers[k]);
}

/* ---- several pieces of memory ---- */

static void test_pieces(void)
{
	char *first = object_make(8, PICKET_SIDE_RIGHT),
	     *second = object_make(8, PICKET_SIDE_RIGHT);
	char *third = object_make(8, PICKET_SIDE_RIGHT);
	struct iovec vector[] = { { first, 8 }, { second, 9 }, { third, 8 } };
	int ends[2];

	if (pipe(ends))
		return;
	count = 0;
	tap_ok(write(ends[1], data, 25) == 25 && readv(ends[0], vector, 3) == 25 &&
		       !memcmp(first, data, 8) && !memcmp(second, data + 8, 9) &&
		       !memcmp(third, data + 17, 8) && count == 1 &&
		       last.fault_address == (uptr)second + 8 && last.access_size_bytes == 1,
	       "a vector whose second buffer is too short");
	vector[2].iov_len = 100;
	count = 0;
	tap_ok(write(ends[1], data, 20) == 20 && readv(ends[0], vector, 3) == 20 && !count,
	       "and a third that is, but is not reached");
	close(ends[0]);
	close(ends[1]);
	free(first);
	free(second);
	free(third);
}

/* Both are wrong: the kernel looks at the path first, and both are reported. */
static void test_path_and_buffer(void)
{
	char *object, *path = memory_make(FREED, "/proc/self/exe", 15, &object);
	char *buffer = object_make(1, PICKET_SIDE_RIGHT);

	count = 0;
	tap_ok(readlink(path, buffer, 2) == 2 && count == 2 && last.access == PICKET_ACCESS_WRITE,
	       "two wrong arguments are two reports");
	free(buffer);
}

static void test_messages(void)
{
	char *bad = object_make(4, PICKET_SIDE_RIGHT), good[8];
	struct iovec pieces[] = { { good, 8 }, { bad, 8 } };
	struct mmsghdr messages[] = { { .msg_hdr = { .msg_iov = &pieces[0], .msg_iovlen = 1 } },
				      { .msg_hdr = { .msg_iov = &pieces[1], .msg_iovlen = 1 } } };
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends))
		return;
	count = 0;
	tap_ok(write(ends[1], data, 8) == 8 && write(ends[1], data + 8, 4) == 4 &&
		       recvmmsg(ends[0], messages, 2, 0, NULL) == 2 && !count &&
		       messages[1].msg_len == 4,
	       "a second message that is short enough");
	count = 0;
	tap_ok(write(ends[1], data, 8) == 8 && write(ends[1], data + 8, 8) == 8 &&
		       recvmmsg(ends[0], messages, 2, 0, NULL) == 2 && count == 1 &&
		       !strcmp(last.call.name, "recvmmsg") && !memcmp(bad, data + 8, 8),
	       "and one that is not");
	close(ends[0]);
	close(ends[1]);
	free(bad);
}

/* ---- what is no bug ---- */

static bool is_hidden(const char *address)
{
	return !picket_guard_page_visible(picket_runtime.guard, (uptr)address);
}

static void test_long_lengths(void)
{
	char *object = object_make(SIZE, PICKET_SIDE_RIGHT);
	struct sockaddr_un name;
	socklen_t length = sizeof(name);
	int ends[2];

	count = 0;
	if (pipe(ends) || write(ends[1], data, BYTES) != BYTES)
		return;
	tap_ok(read(ends[0], object, 65536) == BYTES && !count, "a length that is not used up");
	tap_ok(is_hidden(object + SIZE), "and the guard is hidden again");
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	tap_ok(read(ends[0], object, 65536) == -1 && errno == EAGAIN && !count, "nor an error");
	tap_ok(read(-1, object, 65536) == -1 && errno == EBADF && !count, "nor a bad descriptor");
	tap_ok(read(ends[0], object, SIZE_MAX) == -1 && errno == EFAULT && !count,
	       "nor a length that no memory has");
	close(ends[0]);
	close(ends[1]);
	tap_ok(getcwd(object, 4096) == object && !count, "getcwd");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return;
	tap_ok(!getsockname(ends[0], (struct sockaddr *)(void *)(object + SIZE - 2), &length) &&
		       length == 2 && !count && is_hidden(object + SIZE),
	       "a name that is shorter than its room");
	close(ends[0]);
	close(ends[1]);
	free(object);
}

static void test_untouched(void)
{
	char *object, *memory = memory_make(FREED, data, BYTES, &object);
	int null = open("/dev/null", O_RDWR), ends[2];

	count = 0;
	tap_ok(write(null, memory, BYTES) == BYTES && !count && is_hidden(memory),
	       "/dev/null looks at nothing");
	tap_ok(read(null, memory, BYTES) == 0 && !count, "and gives nothing");
	tap_ok(write(null, memory, 0) == 0 && !count, "a length of 0");
	close(null);
	tap_ok(!accept(-1, NULL, NULL) || (errno == EBADF && !count), "accept without a name");
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends))
		return;
	tap_ok(send(ends[0], data, BYTES, 0) == BYTES &&
		       recv(ends[1], memory, 0, MSG_TRUNC | MSG_PEEK) == BYTES && !count,
	       "MSG_TRUNC into no room");
	tap_ok(fstat(-1, (struct stat *)(void *)memory) == -1 && errno == EBADF && !count,
	       "fstat of a bad descriptor");
	tap_ok(waitpid(-1, (int *)(void *)memory, WNOHANG) == -1 && errno == ECHILD && !count,
	       "waitpid without children");
	close(ends[0]);
	close(ends[1]);
}

/* Wrong in the host's own way: the kernel says so, as ever. */
static void test_foreign_pointers(void)
{
	void *bad = (void *)16;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) || write(ends[0], data, BYTES) != BYTES)
		return;
	count = 0;
	tap_ok(readv(ends[1], bad, 1) == -1 && errno == EFAULT, "readv of a bad vector");
#ifdef __GLIBC__ /* others copy between these and structures of the kernel */
	tap_ok(recvmsg(ends[1], bad, 0) == -1 && errno == EFAULT, "recvmsg of a bad message");
	tap_ok(recvmmsg(ends[1], bad, 1, 0, NULL) == -1 && errno == EFAULT, "recvmmsg");
#endif
	tap_ok(readv(-1, bad, 1) == -1 && errno == (calls_are_native() ? EBADF : EFAULT),
	       "the descriptor is looked at first");
	tap_ok(read(ends[1], bad, BYTES) == -1 && errno == EFAULT, "read to a bad pointer");
	tap_ok(open(bad, O_RDONLY) == -1 && errno == EFAULT, "open of a bad path");
	tap_ok(getsockname(ends[0], (struct sockaddr *)ends, bad) == -1 && errno == EFAULT,
	       "getsockname with a bad length");
	tap_ok(!count, "nothing is reported");
	close(ends[0]);
	close(ends[1]);
}

/* ---- what makes it hard ---- */

static int channel_ends[2];
static char *shared;
static int reader; /* atomic; its thread id, once it runs */

static void *read_shared(void *unused)
{
	long result;

	(void)unused;
	__atomic_store_n(&reader, (int)syscall(SYS_gettid), __ATOMIC_RELEASE);
	result = read(channel_ends[0], shared, BYTES);
	return (void *)(result < 0 ? -(long)errno : result);
}

static bool is_asleep(void)
{
	char path[64], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat",
		 __atomic_load_n(&reader, __ATOMIC_ACQUIRE));
	file = fopen(path, "r");
	if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	if (file)
		fclose(file);
	return state == 'S';
}

/* It has nothing else to sleep for, at least not for long. */
static void until_waiting(void)
{
	for (int times = 0; times < 5; times = is_asleep() ? times + 1 : 0)
		usleep(2000);
}

static long freed_meanwhile(void)
{
	pthread_t thread;
	void *result;

	shared = object_make(BYTES, PICKET_SIDE_RIGHT);
	count = 0;
	reader = 0;
	pthread_create(&thread, NULL, read_shared, NULL);
	until_waiting();
	free(shared);
	if (write(channel_ends[1], data, BYTES) != BYTES)
		return 0;
	pthread_join(thread, &result);
	return (long)result;
}

static void test_freed_meanwhile(void)
{
	long result;

	if (pipe(channel_ends))
		return;
	result = freed_meanwhile();
	tap_ok(result == BYTES && count == 1 && last.bug == PICKET_BUG_USE_AFTER_FREE &&
		       !memcmp(shared, data, BYTES),
	       "freed while the call waits, from a pipe: %ld", result);
	close(channel_ends[0]);
	close(channel_ends[1]);
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, channel_ends))
		return;
	result = freed_meanwhile();
	tap_ok(result == -EFAULT && count == 1,
	       "a datagram, which is lost: no waiting for more: %ld", result);
	close(channel_ends[0]);
	close(channel_ends[1]);
}

static void cancel(char *memory)
{
	pthread_t thread;
	void *result = NULL;

	shared = memory;
	reader = 0;
	pthread_create(&thread, NULL, read_shared, NULL);
	until_waiting();
	pthread_cancel(thread);
	pthread_join(thread, &result);
	tap_ok(result == PTHREAD_CANCELED, "a thread that waits is cancelled");
}

static void test_cancel(void)
{
	char *object, *memory = memory_make(RIGHT, data, BYTES, &object), plain[BYTES];

	count = 0;
	if (pipe(channel_ends))
		return;
	cancel(plain);
	cancel(memory);
	tap_ok(!count, "nothing was touched");
	close(channel_ends[0]);
	close(channel_ends[1]);
	free(object);
}

static volatile sig_atomic_t signals;

/* The third one gives the call what it waits for, if it still does. */
static void on_signal(int number)
{
	(void)number;
	if (++signals == 3 && write(channel_ends[1], data, BYTES) != BYTES)
		signals = 100;
}

static long interrupted(char *memory, int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };
	struct itimerval soon = { { 0, 30000 }, { 0, 30000 } }, never = { { 0, 0 }, { 0, 0 } };
	long result;
	int error;

	signals = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	result = read(channel_ends[0], memory, BYTES);
	error = errno;
	setitimer(ITIMER_REAL, &never, NULL);
	return result < 0 ? -error : result;
}

static void test_signals(void)
{
	char *object, *memory = memory_make(RIGHT, data, BYTES, &object);

	if (pipe(channel_ends))
		return;
	count = 0;
	tap_ok(interrupted(memory, 0) == -EINTR && !count, "a signal interrupts");
	tap_ok(interrupted(memory, SA_RESTART) == BYTES && count == 1, "or not, with SA_RESTART");
	close(channel_ends[0]);
	close(channel_ends[1]);
	free(object);
}

static void test_vfork(void)
{
	char *object, *memory = memory_make(FREED, "/nowhere", 9, &object);
	char *program = memory_make(FREED, "/bin/true", 10, &object);
	char *const arguments[] = { "true", NULL };
	int status = -1;
	pid_t child;

	if (!calls_are_native()) {
		tap_skip("the child of vfork", "in an emulator that is another process");
		return;
	}
	count = 0;
	child = vfork();
	if (!child) {
		chdir(memory);
		execve(program, arguments, environ);
		syscall(SYS_exit_group, 9);
	}
	waitpid(child, &status, 0);
	tap_ok(!status && count == 2 && !strcmp(last.call.name, "execve"),
	       "the child of vfork: status %d, %d reports", status, count);
}

/* What is read from it is gone, so it can be asked once only. */
static void test_eventfd(void)
{
	char *object, *memory = memory_make(FREED, data, 8, &object);
	int fd = eventfd(5, 0);

	count = 0;
	tap_ok(read(fd, memory, 8) == 8 && memory[0] == 5 && count == 1, "an eventfd");
	count = 0;
	tap_ok(write(fd, memory, 8) == 8 && !count, "what was reported once is so no more");
	close(fd);
}

static void test_disabled(void)
{
	char *object, *memory = memory_make(FREED, data, BYTES, &object);
	int ends[2];

	if (pipe(ends))
		return;
	picket_guard_disable(picket_runtime.guard, "a test");
	count = 0;
	tap_ok(write(ends[1], memory, BYTES) == BYTES && !count, "Picket off: the call works");
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	if (!picket_runtime_ready()) {
		tap_ok(false, "the library is on");
		return tap_done();
	}
	picket_runtime.platform.deliver = take;
	call_cases_start();
	call_stores_start();
	for (const struct call_case *call = call_cases; call->name; call++)
		test_call(call);
	for (const struct call_case *call = call_stores; call->name; call++)
		test_call(call);
	test_old_names();
	test_transfers();
	test_pieces();
	test_path_and_buffer();
	test_messages();
	test_long_lengths();
	test_untouched();
	test_foreign_pointers();
	test_freed_meanwhile();
	test_cancel();
	test_signals();
	test_vfork();
	test_eventfd();
	tap_ok(!picket_guard_check_all(picket_runtime.guard), "all invariants hold");
	test_disabled();
	call_stores_end();
	return tap_done();
}
