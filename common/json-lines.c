/* SPDX-License-Identifier: Apache-2.0 */
#include "json-lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "exit-codes.h"
#include "stop.h"

#define READ_SIZE ((size_t)256 << 10)

void lines_init(struct lines *lines, int fd)
{
	*lines = (struct lines){.fd = fd};
	/* One byte more than a line and its newline, so that "too long" can be seen; and a whole read behind it. */
	buf_init(&lines->buf, LINES_MAX + 2 + READ_SIZE);
}

void lines_release(struct lines *lines)
{
	buf_release(&lines->buf);
}

static void skip_rest_of_long_line(struct lines *lines)
{
	lines->skipping = true;
	buf_clear(&lines->buf);
	lines->start = lines->scanned = 0;
}

enum lines_status lines_take(struct lines *lines, struct json_slice *line)
{
	for (;;) {
		char *begin = lines->buf.data + lines->start;
		char *newline = memchr(lines->buf.data + lines->scanned, '\n', lines->buf.len - lines->scanned);
		size_t len = newline ? (size_t)(newline - begin) : lines->buf.len - lines->start;
		if (!newline && !lines->at_eof) {
			lines->scanned = lines->buf.len;
			if (len > LINES_MAX && !lines->skipping) {
				skip_rest_of_long_line(lines);
				lines->number++;
				return LINES_TOO_LONG;
			}
			if (lines->skipping)
				skip_rest_of_long_line(lines);
			return LINES_MORE;
		}
		if (!newline && len == 0)
			return LINES_END;
		lines->start += len + (newline != NULL);
		lines->scanned = lines->start;
		if (lines->skipping) {
			lines->skipping = false;
			continue;
		}
		lines->cut = !newline;
		lines->number++;
		if (len > LINES_MAX)
			return LINES_TOO_LONG;
		if (len && begin[len - 1] == '\r')
			len--;
		if (len == 0)
			continue;
		*line = (struct json_slice){begin, len};
		return LINES_LINE;
	}
}

int lines_read(struct lines *lines, struct error *err)
{
	if (lines->at_eof)
		return 0;
	buf_drop_front(&lines->buf, lines->start);
	lines->scanned -= lines->start;
	lines->start = 0;
	char *room = buf_reserve(&lines->buf, READ_SIZE);
	if (!room)
		return error_set(err, EXIT_SOFTWARE, "a line does not fit its buffer");
	ssize_t got = read(lines->fd, room, READ_SIZE);
	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : error_set_errno(err, EXIT_IO, "cannot read the input");
	if (got == 0)
		lines->at_eof = true;
	lines->buf.len += (size_t)got;
	lines->buf.data[lines->buf.len] = '\0';
	return 0;
}

int lines_next(struct lines *lines, struct json_slice *line, struct error *err)
{
	for (;;) {
		enum lines_status status = lines_take(lines, line);
		if (status != LINES_MORE)
			return (int)status;
		if (stop_signal())
			return LINES_END;
		if (lines_read(lines, err))
			return -1;
	}
}
