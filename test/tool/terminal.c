/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A program under `picket run` on a terminal: Ctrl-C, Ctrl-Z and back, and signals that are sent
 * to picket. This test is a terminal with a small shell that has one job, and, with an argument,
 * the program in that job.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tap.h"

#define PATIENCE_MS 10000
#define QUIET_MS 300 /* what should not come would have come by then */

static char self[4096];

/* The shell's side of one job, and what the test sees of it. */
struct session {
	int master;   /* the terminal's other end */
	int statuses; /* of the job, from waitpid(), as the shell gets them */
	int orders;   /* to the shell: 'f' continues the job in the foreground */
	pid_t shell;
	pid_t job;
	char seen[65536]; /* all output so far */
	size_t seen_bytes;
};

/* --- the program --- */

static void say_signal(int number)
{
	char text[] = "<signal 00>\n";

	text[8] = (char)('0' + number / 10);
	text[9] = (char)('0' + number % 10);
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		_exit(99);
}

/* Says each signal that it gets; stops when it reads "stop", ends with the status it reads. */
static int be_program(const char *ignore_stop)
{
	static const int numbers[] = { SIGHUP,	SIGINT,	 SIGQUIT, SIGUSR1, SIGUSR2,
				       SIGALRM, SIGTERM, SIGCONT, SIGWINCH };
	struct sigaction action = { .sa_handler = say_signal, .sa_flags = SA_RESTART };
	char line[64];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaction(numbers[i], &action, NULL);
	if (*ignore_stop)
		signal(SIGTSTP, SIG_IGN);
	printf("<ready %d>\n", isatty(0) && isatty(1) && tcgetpgrp(0) == getpgrp());
	fflush(stdout);
	for (;;) {
		if (!fgets(line, sizeof(line), stdin))
			clearerr(stdin);
		else if (!strcmp(line, "stop\n"))
			raise(SIGSTOP);
		else
			return atoi(line);
	}
}

/* --- the shell --- */

static pid_t start_job(char **arguments)
{
	pid_t job = fork();

	if (job == 0) {
		setpgid(0, 0);
		tcsetpgrp(0, getpid());
		signal(SIGTTOU, SIG_DFL);
		execv(arguments[0], arguments);
		_exit(98);
	}
	setpgid(job, job);
	return job;
}

static _Noreturn void be_shell(char **arguments, int statuses, int orders)
{
	int status;
	char order;
	pid_t job;

	signal(SIGTTOU, SIG_IGN); /* the shell takes the terminal back from the background */
	job = start_job(arguments);
	if (write(statuses, &job, sizeof(job)) < 0)
		_exit(1);
	for (;;) {
		waitpid(job, &status, WUNTRACED);
		tcsetpgrp(0, getpgrp());
		if (write(statuses, &status, sizeof(status)) < 0 || !WIFSTOPPED(status))
			_exit(0);
		if (read(orders, &order, 1) != 1)
			_exit(0);
		tcsetpgrp(0, job);
		kill(order == 'f' ? -job : job, SIGCONT);
	}
}

/* --- the person at the terminal --- */

static void open_session(struct session *session, const char *argument)
{
	char *arguments[] = { getenv("PICKET"), "run", self, (char *)argument, NULL };
	int statuses[2], orders[2];

	memset(session, 0, sizeof(*session));
	if (pipe2(statuses, O_CLOEXEC) || pipe2(orders, O_CLOEXEC))
		abort();
	session->shell = forkpty(&session->master, NULL, NULL, NULL);
	if (session->shell == 0)
		be_shell(arguments, statuses[1], orders[0]);
	close(statuses[1]);
	close(orders[0]);
	session->statuses = statuses[0];
	session->orders = orders[1];
	if (read(session->statuses, &session->job, sizeof(session->job)) < 0)
		abort();
}

static void close_session(struct session *session)
{
	close(session->master);
	close(session->statuses);
	close(session->orders);
	waitpid(session->shell, NULL, 0);
}

static void collect(struct session *session, int timeout_ms)
{
	struct pollfd event = { .fd = session->master, .events = POLLIN };
	ssize_t count;

	if (poll(&event, 1, timeout_ms) <= 0)
		return;
	count = read(session->master, session->seen + session->seen_bytes,
		     sizeof(session->seen) - session->seen_bytes - 1);
	if (count > 0)
		session->seen_bytes += (size_t)count;
}

static int occurrences(const struct session *session, const char *text)
{
	const char *place = session->seen;
	int count = 0;

	while ((place = strstr(place, text)) != NULL) {
		place += strlen(text);
		count++;
	}
	return count;
}

/* Return: how often the text was seen, once it was, and nothing more came for a while. */
static int wait_for(struct session *session, const char *text)
{
	size_t before;

	for (int waited = 0; waited < PATIENCE_MS && !occurrences(session, text); waited += 100)
		collect(session, 100);
	do {
		before = session->seen_bytes;
		collect(session, QUIET_MS);
	} while (session->seen_bytes != before);
	return occurrences(session, text);
}

/* Return: status of the job, or -1 if the shell has none to tell. */
static int next_status(struct session *session)
{
	struct pollfd event = { .fd = session->statuses, .events = POLLIN };
	int status;

	if (poll(&event, 1, PATIENCE_MS) <= 0 ||
	    read(session->statuses, &status, sizeof(status)) != (ssize_t)sizeof(status))
		return -1;
	return status;
}

static bool is_quiet(struct session *session)
{
	struct pollfd event = { .fd = session->statuses, .events = POLLIN };

	return poll(&event, 1, QUIET_MS) == 0;
}

static void type(struct session *session, const char *text)
{
	if (write(session->master, text, strlen(text)) < 0)
		abort();
}

static void order(struct session *session, char what)
{
	if (write(session->orders, &what, 1) < 0)
		abort();
}

static void end_with(struct session *session, int wanted)
{
	char line[16];
	int status;

	snprintf(line, sizeof(line), "%d\n", wanted);
	type(session, line);
	status = next_status(session);
	tap_ok(WIFEXITED(status) && WEXITSTATUS(status) == wanted, "exit status %d comes through",
	       wanted);
	close_session(session);
}

static void test_interrupt(void)
{
	struct session session;

	open_session(&session, "program");
	tap_ok(wait_for(&session, "<ready 1>") == 1, "the program has the terminal");
	type(&session, "\003");
	tap_ok(wait_for(&session, "<signal 02>") == 1, "Ctrl-C reaches it once");
	type(&session, "\034");
	tap_ok(wait_for(&session, "<signal 03>") == 1, "Ctrl-\\ reaches it once");
	tap_ok(is_quiet(&session), "picket waits for it");
	end_with(&session, 5);
}

static void test_death(const char *key, int number)
{
	struct session session;
	int status;

	open_session(&session, "victim");
	wait_for(&session, "<ready>");
	type(&session, key);
	status = next_status(&session);
	tap_ok(WIFSIGNALED(status) && WTERMSIG(status) == number, "death by signal %d is repeated",
	       number);
	close_session(&session);
}

static void test_stop(char how)
{
	struct session session;
	int status;

	open_session(&session, "program");
	wait_for(&session, "<ready 1>");
	for (int round = 1; round <= 3; round++) {
		type(&session, "\032");
		status = next_status(&session);
		tap_ok(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTSTP,
		       "Ctrl-Z stops it, and the shell sees that");
		order(&session, how);
		collect(&session, PATIENCE_MS);
		tap_ok(wait_for(&session, "<signal 18>") == round,
		       how == 'f' ? "fg continues it, with one SIGCONT" :
				    "SIGCONT for picket alone continues it");
	}
	end_with(&session, 6);
}

/* As editors do that clean up first. */
static void test_stop_itself(void)
{
	struct session session;
	int status;

	open_session(&session, "program");
	wait_for(&session, "<ready 1>");
	type(&session, "stop\n");
	status = next_status(&session);
	tap_ok(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP,
	       "a program may stop itself, and the shell sees that");
	order(&session, 'f');
	tap_ok(wait_for(&session, "<signal 18>") == 1, "fg continues it");
	end_with(&session, 9);
}

static void test_stop_ignored(void)
{
	struct session session;

	open_session(&session, "stubborn");
	wait_for(&session, "<ready 1>");
	type(&session, "\032");
	tap_ok(is_quiet(&session), "a program that ignores Ctrl-Z goes on, and so does picket");
	end_with(&session, 7);
}

static void test_forwarding(void)
{
	static const int numbers[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGTERM
	};
	struct session session;
	char text[32];

	open_session(&session, "program");
	wait_for(&session, "<ready 1>");
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		kill(session.job, numbers[i]);
		snprintf(text, sizeof(text), "<signal %02d>", numbers[i]);
		tap_ok(wait_for(&session, text) == 1,
		       "signal %d for picket reaches the program once", numbers[i]);
	}
	end_with(&session, 8);
}

static void test_window(void)
{
	struct winsize size = { .ws_row = 33, .ws_col = 99 };
	struct session session;

	open_session(&session, "program");
	wait_for(&session, "<ready 1>");
	ioctl(session.master, TIOCSWINSZ, &size);
	tap_ok(wait_for(&session, "<signal 28>") == 1, "a new window size reaches it once");
	end_with(&session, 0);
}

static _Noreturn void be_victim(void)
{
	printf("<ready>\n");
	fflush(stdout);
	for (;;)
		pause();
}

/* Whoever runs the tests may ignore signals (nohup does); on a terminal none are ignored. */
static void signals_default(void)
{
	sigset_t none;

	for (int signal_number = 1; signal_number < 32; signal_number++)
		signal(signal_number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	alarm(120);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "victim"))
		be_victim();
	if (argc > 1)
		return be_program(strcmp(argv[1], "stubborn") ? "" : "ignore");
	if (!getenv("PICKET") || readlink("/proc/self/exe", self, sizeof(self) - 1) < 0) {
		printf("Bail out! PICKET is not set\n");
		return 1;
	}
	signals_default();
	test_interrupt();
	test_death("\003", SIGINT);
	test_death("\034", SIGQUIT);
	test_stop('f');
	test_stop('c');
	test_stop_itself();
	test_stop_ignored();
	test_forwarding();
	test_window();
	return tap_done();
}
