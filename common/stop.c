/* SPDX-License-Identifier: Apache-2.0 */
#include "stop.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "exit-codes.h"

static volatile sig_atomic_t caught;
static int wake_fd = -1;

static void note_signal(int number)
{
	caught = number;
	/* Never read, so that it stays readable for every poll to come. */
	static const unsigned char one[8] = {1};
	ssize_t ignored = write(wake_fd, one, sizeof(one));
	(void)ignored;
}

void stop_init(void)
{
	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct sigaction action = {.sa_handler = note_signal};
	sigaction(SIGTERM, &action, NULL);
	/* nohup and background jobs of a shell ignore SIGINT on purpose. */
	struct sigaction old;
	if (sigaction(SIGINT, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int stop_signal(void)
{
	return caught;
}

int stop_fd(void)
{
	return wake_fd;
}

void stop_sleep(long ms)
{
	struct pollfd poll_fd = {.fd = wake_fd, .events = POLLIN};
	poll(&poll_fd, 1, ms > 0 ? (int)ms : 0);
}

void stop_by_sigpipe(void)
{
	signal(SIGPIPE, SIG_DFL);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(SIGPIPE);
	_exit(EXIT_SIGNAL_BASE + SIGPIPE);
}
