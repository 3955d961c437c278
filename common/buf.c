/* SPDX-License-Identifier: Apache-2.0 */
#include "buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xalloc.h"

/* Shared by all empty buffers, so that data is a string from the start; never written to. */
static char empty[1];

void buf_init(struct buf *buf, size_t max)
{
	*buf = (struct buf){.data = empty, .max = max < BUF_UNBOUNDED ? max : BUF_UNBOUNDED};
}

void buf_release(struct buf *buf)
{
	if (buf->cap)
		free(buf->data);
	buf_init(buf, buf->max);
}

void buf_truncate(struct buf *buf, size_t len)
{
	buf->len = len;
	if (buf->cap)
		buf->data[len] = '\0';
}

void buf_clear(struct buf *buf)
{
	buf_truncate(buf, 0);
}

char *buf_reserve(struct buf *buf, size_t len)
{
	if (len > buf->max - buf->len)
		return NULL;
	size_t need = buf->len + len + 1;
	if (need > buf->cap) {
		size_t cap = buf->cap ? buf->cap : 64;
		while (cap < need)
			cap *= 2;
		buf->data = buf->cap ? xrealloc(buf->data, cap) : xmalloc(cap);
		buf->cap = cap;
		buf->data[buf->len] = '\0';
	}
	return buf->data + buf->len;
}

int buf_add(struct buf *buf, const void *bytes, size_t len)
{
	char *room = buf_reserve(buf, len);
	if (!room)
		return -1;
	memcpy(room, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
	return 0;
}

int buf_add_str(struct buf *buf, const char *text)
{
	return buf_add(buf, text, strlen(text));
}

int buf_add_char(struct buf *buf, char c)
{
	return buf_add(buf, &c, 1);
}

int buf_vprintf(struct buf *buf, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	char *room = len < 0 ? NULL : buf_reserve(buf, (size_t)len);
	if (room) {
		vsnprintf(room, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
	return room ? 0 : -1;
}

int buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int result = buf_vprintf(buf, format, args);
	va_end(args);
	return result;
}

void buf_drop_front(struct buf *buf, size_t len)
{
	if (len == 0)
		return;
	buf->len -= len;
	memmove(buf->data, buf->data + len, buf->len + 1);
}

char *buf_take(struct buf *buf)
{
	char *text = buf->cap ? buf->data : xstrdup("");
	buf_init(buf, buf->max);
	return text;
}
