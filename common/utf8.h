/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 (RFC 3629): decoding, encoding, and making any bytes valid. */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

#define UTF8_REPLACEMENT 0xFFFDu

/*
 * Decodes the character at text (len > 0 bytes left) into *point. Returns the bytes it takes (1..4), or 0 when they are
 * no well-formed character (overlong, surrogate, above U+10FFFF, cut short).
 */
size_t utf8_decode(const char *text, size_t len, uint32_t *point);
/* Appends the character; a surrogate or a value above U+10FFFF is written as U+FFFD. */
int utf8_append(struct buf *out, uint32_t point);
bool utf8_valid(const char *text, size_t len);
/* Appends text with each ill-formed byte replaced by U+FFFD. */
int utf8_append_clean(struct buf *out, const char *text, size_t len);
/* The longest prefix of at most max_len bytes that does not cut a character; text is valid UTF-8. */
size_t utf8_prefix(const char *text, size_t len, size_t max_len);

#endif
