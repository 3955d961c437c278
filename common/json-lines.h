/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Lines from a file descriptor: one record a line, at most LINES_MAX bytes (design section 2). The reader only
 * splits; what a line holds is checked by who uses it. Taking and reading are apart, so that a program can wait for its
 * input together with its sockets. CRLF is taken as LF; empty lines are skipped but counted.
 */
#ifndef JSON_LINES_H
#define JSON_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "error.h"
#include "json-scan.h"

#define LINES_MAX (64u << 20)

enum lines_status {
	LINES_LINE,     /* a line was given */
	LINES_TOO_LONG, /* a line over LINES_MAX was left out; its number was given */
	LINES_MORE,     /* no whole line is buffered: call lines_read */
	LINES_END       /* all was given */
};

struct lines {
	int fd;
	struct buf buf;
	size_t start;   /* where the next line begins in buf */
	size_t scanned; /* up to where no newline was found */
	size_t number;  /* of the last line given, from 1 */
	bool skipping;  /* inside a line that is too long */
	bool at_eof;
	bool cut; /* the input ended without a newline */
};

void lines_init(struct lines *lines, int fd);
void lines_release(struct lines *lines);
/* Gives the next buffered line, without its newline; borrowed until the next lines_take or lines_read. */
enum lines_status lines_take(struct lines *lines, struct json_slice *line);
/* One read(2), which blocks unless poll(2) said otherwise. 0, or -1 with err (EXIT_IO). EINTR counts as nothing read.
 */
int lines_read(struct lines *lines, struct error *err);
/* Takes, reading as needed; -1 with err on a read error, else a status other than LINES_MORE. Ends early (LINES_END) on
 * a signal. */
int lines_next(struct lines *lines, struct json_slice *line, struct error *err);

#endif
