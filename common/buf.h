/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing run of bytes with a ceiling. data is always followed by a NUL that len does not count; data is never NULL
 * after buf_init. An append that would pass the ceiling changes nothing and returns -1.
 */
#ifndef BUF_H
#define BUF_H

#include <stdarg.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t len; /* bytes in use, without the NUL */
	size_t cap; /* bytes allocated; 0 while data is the shared empty string */
	size_t max; /* ceiling for len */
};

#define BUF_UNBOUNDED ((size_t)-1 / 2)

/* An empty buffer that may grow to max bytes. Allocates nothing yet. */
void buf_init(struct buf *buf, size_t max);
/* Frees the storage; the buffer is empty and usable again. */
void buf_release(struct buf *buf);
/* Forgets what stands behind the first len bytes. */
void buf_truncate(struct buf *buf, size_t len);
/* Forgets the content, keeps the storage. */
void buf_clear(struct buf *buf);
int buf_add(struct buf *buf, const void *bytes, size_t len);
int buf_add_str(struct buf *buf, const char *text);
int buf_add_char(struct buf *buf, char c);
int buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
int buf_vprintf(struct buf *buf, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
/* Room for len more bytes behind data + len, for a read(2) into it; the caller then adds to len. NULL over the ceiling.
 */
char *buf_reserve(struct buf *buf, size_t len);
/* Removes the first len bytes. */
void buf_drop_front(struct buf *buf, size_t len);
/* Hands the content over as a NUL-terminated heap string (caller frees) and leaves the buffer empty. */
char *buf_take(struct buf *buf);

#endif
