/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

/* One line of valid UTF-8, whatever a service or a file put into the text. */
static void make_one_line(char *text)
{
	size_t len = strlen(text);
	char *out = text;
	for (size_t at = 0; at < len;) {
		uint32_t point;
		size_t size = utf8_decode(text + at, len - at, &point);
		if (size == 0) {
			*out++ = '?';
			at++;
			continue;
		}
		if (point < 0x20 || point == 0x7F) {
			*out++ = ' ';
		} else if (point >= 0x80 && point < 0xA0) {
			*out++ = '?';
		} else {
			memmove(out, text + at, size);
			out += size;
		}
		at += size;
	}
	*out = '\0';
}

/* vsnprintf cuts at a byte; take a cut character away again. */
static void drop_cut_character(char *text, size_t size)
{
	size_t len = strlen(text);
	if (len + 1 < size)
		return;
	text[utf8_prefix(text, len, len)] = '\0';
}

static void fill(struct error *err, int status, const char *format, va_list args)
{
	err->status = status;
	err->http_status = 0;
	err->code[0] = '\0';
	vsnprintf(err->text, sizeof(err->text), format, args);
	drop_cut_character(err->text, sizeof(err->text));
	make_one_line(err->text);
}

int error_set(struct error *err, int status, const char *format, ...)
{
	if (!err)
		return -1;
	va_list args;
	va_start(args, format);
	fill(err, status, format, args);
	va_end(args);
	return -1;
}

int error_set_errno(struct error *err, int status, const char *format, ...)
{
	int reason = errno;
	if (!err)
		return -1;
	va_list args;
	va_start(args, format);
	fill(err, status, format, args);
	va_end(args);
	size_t len = strlen(err->text);
	snprintf(err->text + len, sizeof(err->text) - len, ": %s", strerror(reason));
	return -1;
}

int error_prefix(struct error *err, const char *format, ...)
{
	if (!err)
		return -1;
	char old[sizeof(err->text)];
	memcpy(old, err->text, sizeof(old));
	va_list args;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	size_t len = strlen(err->text);
	snprintf(err->text + len, sizeof(err->text) - len, ": %s", old);
	drop_cut_character(err->text, sizeof(err->text));
	make_one_line(err->text);
	return -1;
}
