/* SPDX-License-Identifier: Apache-2.0 */
#include "out.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exit-codes.h"

void out_init(struct out *out, int fd)
{
	*out = (struct out){.fd = fd};
	buf_init(&out->buf, BUF_UNBOUNDED);
}

void out_release(struct out *out)
{
	buf_release(&out->buf);
	out->sent = 0;
}

void out_put(struct out *out, const void *bytes, size_t len)
{
	buf_add(&out->buf, bytes, len);
}

void out_put_line(struct out *out, const char *text, size_t len)
{
	out_put(out, text, len);
	out_put(out, "\n", 1);
}

size_t out_pending(const struct out *out)
{
	return out->buf.len - out->sent;
}

/* One write of at most max bytes. 0, or -1 with err. */
static int write_some(struct out *out, size_t max, struct error *err)
{
	size_t len = out_pending(out) < max ? out_pending(out) : max;
	ssize_t sent = write(out->fd, out->buf.data + out->sent, len);
	if (sent < 0 && errno != EINTR && errno != EAGAIN) {
		out->reader_left = errno == EPIPE;
		return error_set_errno(err, EXIT_IO, "cannot write the output");
	}
	if (sent > 0)
		out->sent += (size_t)sent;
	if (out_pending(out) == 0) {
		buf_clear(&out->buf);
		out->sent = 0;
	}
	return 0;
}

static bool never_blocks(int fd)
{
	struct stat status;
	return fstat(fd, &status) == 0 && (S_ISREG(status.st_mode) || S_ISBLK(status.st_mode));
}

int out_pump(struct out *out, struct error *err)
{
	if (never_blocks(out->fd))
		return out_flush(out, err);
	/* A pipe that poll calls writable takes PIPE_BUF bytes without blocking (POSIX write, "atomic"). */
	while (out_pending(out) > 0) {
		struct pollfd poll_fd = {.fd = out->fd, .events = POLLOUT};
		if (poll(&poll_fd, 1, 0) <= 0)
			return 0;
		if (write_some(out, PIPE_BUF, err))
			return -1;
	}
	return 0;
}

int out_flush(struct out *out, struct error *err)
{
	while (out_pending(out) > 0) {
		if (write_some(out, out_pending(out), err))
			return -1;
	}
	return 0;
}

int out_close(struct out *out, struct error *err)
{
	if (out_flush(out, err))
		return -1;
	int fd = out->fd;
	out->fd = -1;
	if (close(fd) != 0 && errno != EINTR)
		return error_set_errno(err, EXIT_IO, "cannot write the output");
	return 0;
}
