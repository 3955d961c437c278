/* SPDX-License-Identifier: Apache-2.0 */
#include "utf8.h"

size_t utf8_decode(const char *text, size_t len, uint32_t *point)
{
	const unsigned char *byte = (const unsigned char *)text;
	/* Lowest code point of each length: anything below is an overlong form. */
	static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t size;
	uint32_t value;
	if (byte[0] < 0x80) {
		*point = byte[0];
		return 1;
	} else if ((byte[0] & 0xE0) == 0xC0) {
		size = 2;
		value = byte[0] & 0x1Fu;
	} else if ((byte[0] & 0xF0) == 0xE0) {
		size = 3;
		value = byte[0] & 0x0Fu;
	} else if ((byte[0] & 0xF8) == 0xF0) {
		size = 4;
		value = byte[0] & 0x07u;
	} else {
		return 0;
	}
	if (size > len)
		return 0;
	for (size_t i = 1; i < size; i++) {
		if ((byte[i] & 0xC0) != 0x80)
			return 0;
		value = value << 6 | (byte[i] & 0x3Fu);
	}
	if (value < lowest[size] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
		return 0;
	*point = value;
	return size;
}

int utf8_append(struct buf *out, uint32_t point)
{
	if (point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
		point = UTF8_REPLACEMENT;
	char bytes[4];
	size_t len;
	if (point < 0x80) {
		bytes[0] = (char)point;
		len = 1;
	} else if (point < 0x800) {
		bytes[0] = (char)(0xC0 | point >> 6);
		bytes[1] = (char)(0x80 | (point & 0x3F));
		len = 2;
	} else if (point < 0x10000) {
		bytes[0] = (char)(0xE0 | point >> 12);
		bytes[1] = (char)(0x80 | (point >> 6 & 0x3F));
		bytes[2] = (char)(0x80 | (point & 0x3F));
		len = 3;
	} else {
		bytes[0] = (char)(0xF0 | point >> 18);
		bytes[1] = (char)(0x80 | (point >> 12 & 0x3F));
		bytes[2] = (char)(0x80 | (point >> 6 & 0x3F));
		bytes[3] = (char)(0x80 | (point & 0x3F));
		len = 4;
	}
	return buf_add(out, bytes, len);
}

bool utf8_valid(const char *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		uint32_t point;
		size_t size = utf8_decode(text + at, len - at, &point);
		if (size == 0)
			return false;
		at += size;
	}
	return true;
}

int utf8_append_clean(struct buf *out, const char *text, size_t len)
{
	size_t good = 0;
	for (size_t at = 0; at < len;) {
		uint32_t point;
		size_t size = utf8_decode(text + at, len - at, &point);
		if (size) {
			at += size;
			continue;
		}
		if (buf_add(out, text + good, at - good) || utf8_append(out, UTF8_REPLACEMENT))
			return -1;
		good = ++at;
	}
	return buf_add(out, text + good, len - good);
}

size_t utf8_prefix(const char *text, size_t len, size_t max_len)
{
	size_t end = len < max_len ? len : max_len;
	size_t start = end;
	/* Back to the begin of the last character, which may be cut by end. */
	while (start > 0 && end - start < 4 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
		start--;
	if (start == 0)
		return end;
	start--;
	uint32_t point;
	return utf8_decode(text + start, end - start, &point) == end - start ? end : start;
}
