/* SPDX-License-Identifier: Apache-2.0 */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "exit-codes.h"
#include "xalloc.h"

#define PIECE ((size_t)64 << 10)

void spool_init(struct spool *spool)
{
	*spool = (struct spool){.fd = -1};
	buf_init(&spool->write_buf, BUF_UNBOUNDED);
}

void spool_release(struct spool *spool)
{
	if (spool->fd >= 0)
		close(spool->fd);
	buf_release(&spool->write_buf);
	spool_init(spool);
}

static int open_unlinked(struct error *err)
{
	const char *directory = getenv("TMPDIR");
	if (!directory || !*directory)
		directory = "/tmp";
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	/* Not every file system has O_TMPFILE. */
	char *path = xasprintf("%s/vt-country-report-XXXXXX", directory);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	else
		error_set_errno(err, EXIT_IO, "cannot make a temporary file in \"%s\"", directory);
	free(path);
	return fd;
}

static int flush(struct spool *spool, struct error *err)
{
	if (spool->write_buf.len == 0)
		return 0;
	if (spool->fd < 0 && (spool->fd = open_unlinked(err)) < 0)
		return -1;
	off_t offset = (off_t)(spool->len - spool->write_buf.len);
	for (size_t done = 0; done < spool->write_buf.len;) {
		ssize_t sent = pwrite(spool->fd, spool->write_buf.data + done, spool->write_buf.len - done, offset);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return error_set_errno(err, EXIT_IO, "cannot write a temporary file");
		done += (size_t)sent;
		offset += sent;
	}
	buf_clear(&spool->write_buf);
	return 0;
}

int spool_append(struct spool *spool, const void *bytes, size_t len, struct error *err)
{
	buf_add(&spool->write_buf, bytes, len);
	spool->len += len;
	return spool->write_buf.len >= PIECE ? flush(spool, err) : 0;
}

int spool_read(struct spool *spool, uint64_t offset, size_t len, struct buf *out, struct error *err)
{
	if (flush(spool, err))
		return -1;
	char *room = buf_reserve(out, len);
	if (!room)
		return error_set(err, EXIT_SOFTWARE, "a buffer is too small for a temporary file's piece");
	for (size_t done = 0; done < len;) {
		ssize_t got = pread(spool->fd, room + done, len - done, (off_t)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, EXIT_IO, "cannot read a temporary file");
		if (got == 0)
			return error_set(err, EXIT_IO, "a temporary file is shorter than it was written");
		done += (size_t)got;
	}
	out->len += len;
	out->data[out->len] = '\0';
	return 0;
}

int spool_rewind(struct spool *spool, struct error *err)
{
	if (flush(spool, err))
		return -1;
	if (spool->fd >= 0 && lseek(spool->fd, 0, SEEK_SET) != 0)
		return error_set_errno(err, EXIT_IO, "cannot read a temporary file");
	return 0;
}

int spool_copy(struct spool *spool, struct out *out, struct error *err)
{
	for (uint64_t at = 0; at < spool->len;) {
		size_t len = spool->len - at < PIECE ? (size_t)(spool->len - at) : PIECE;
		if (spool_read(spool, at, len, &out->buf, err) || out_flush(out, err))
			return -1;
		at += len;
	}
	return 0;
}
