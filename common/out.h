/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Standard output of a filter. Bytes gather in a buffer; a whole record is put at a time. A program without running
 * requests flushes (blocking); one with requests pumps: only what can be written without blocking goes out (design
 * section 2: no program blocks in write while it has requests running). The descriptor stays in blocking mode, since
 * other processes may share it.
 */
#ifndef OUT_H
#define OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "error.h"

struct out {
	int fd;
	struct buf buf;
	size_t sent;      /* bytes of buf that are written */
	bool reader_left; /* EPIPE was met: the reader has gone, which is no fault of ours */
};

void out_init(struct out *out, int fd);
void out_release(struct out *out);
void out_put(struct out *out, const void *bytes, size_t len);
/* A record and its newline. */
void out_put_line(struct out *out, const char *text, size_t len);
size_t out_pending(const struct out *out);
/* Writes what can go without blocking. 0, or -1 with err (EXIT_IO); -1 with reader_left set on EPIPE. */
int out_pump(struct out *out, struct error *err);
/* Writes everything; a caught signal does not stop it. Errors as out_pump. */
int out_flush(struct out *out, struct error *err);
/* Flushes and closes the descriptor, both checked (a full disk may show only here). */
int out_close(struct out *out, struct error *err);

#endif
