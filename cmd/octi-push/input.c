/* SPDX-License-Identifier: Apache-2.0 */
#include "input.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "exit-codes.h"
#include "log.h"
#include "stop.h"
#include "xalloc.h"

#define PIECE ((size_t)64 << 10)
/* A program that has its output ready needs no longer to hand over the next piece. */
#define AT_HAND_MS 2000

static int stopped(struct error *err)
{
	return error_set(err, EXIT_SIGNAL_BASE + stop_signal(), "ended by a signal; nothing was pushed");
}

struct input {
	int fd;
	struct session *session; /* or NULL */
	bool at_hand;
};

static int patience_ms(const struct input *input)
{
	if (input->at_hand)
		return AT_HAND_MS;
	return input->session ? session_keep_alive_in(input->session) : -1;
}

/* Waits until there is something to read. */
static int wait_readable(const struct input *input, struct error *err)
{
	for (;;) {
		struct pollfd fds[2] = {{.fd = input->fd, .events = POLLIN}, {.fd = stop_fd(), .events = POLLIN}};
		int ready = poll(fds, 2, patience_ms(input));
		if (stop_signal())
			return stopped(err);
		if (ready < 0 && errno != EINTR)
			return error_set_errno(err, EXIT_IO, "cannot wait for standard input");
		if (ready > 0 && fds[0].revents)
			return 0;
		if (input->at_hand)
			return error_set(err, EXIT_UNAVAILABLE, "the bundle is not there yet");
		if (input->session && session_keep_alive(input->session, err) != 0)
			return -1;
	}
}

static int read_pieces(const struct input *input, char *piece, struct bundle_spool *bundle, struct error *err)
{
	for (;;) {
		if (wait_readable(input, err) != 0)
			return -1;
		ssize_t got = read(input->fd, piece, PIECE);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, EXIT_IO, "cannot read standard input");
		if (got == 0)
			return bundle_spool_finish(bundle, err);
		if (bundle_spool_feed(bundle, piece, (size_t)got, err) != 0)
			return -1;
	}
}

static int read_input(const struct input *input, struct bundle_spool *bundle, struct error *err)
{
	char *piece = xmalloc(PIECE);
	int result = read_pieces(input, piece, bundle, err);
	free(piece);
	return result;
}

int input_read(int fd, struct bundle_spool *bundle, struct session *session, struct error *err)
{
	if (isatty(fd))
		log_info("reading a bundle from the terminal");
	return read_input(&(struct input){.fd = fd, .session = session}, bundle, err);
}

int input_read_at_hand(int fd, struct bundle_spool *bundle, struct error *err)
{
	return read_input(&(struct input){.fd = fd, .at_hand = true}, bundle, err);
}
