/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into checked text: everything here may rely on the grammar. */
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "json-scan.h"
#include "json-space.h"
#include "utf8.h"

enum json_type json_type_of(struct json_slice value)
{
	if (value.len == 0)
		return JSON_NONE;
	switch (value.text[0]) {
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case '"':
		return JSON_STRING;
	case 't':
		return JSON_TRUE;
	case 'f':
		return JSON_FALSE;
	case 'n':
		return JSON_NULL;
	default:
		return JSON_NUMBER;
	}
}

/* From the opening quote to behind the closing one. */
static const char *skip_string(const char *at, const char *end)
{
	for (at++;; at++) {
		const char *quote = memchr(at, '"', (size_t)(end - at));
		const char *slash = quote;
		while (slash > at && slash[-1] == '\\')
			slash--;
		if ((quote - slash) % 2 == 0)
			return quote + 1;
		at = quote;
	}
}

static const char *skip_container(const char *at, const char *end)
{
	unsigned depth = 0;
	for (;;) {
		switch (*at) {
		case '"':
			at = skip_string(at, end);
			continue;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			if (--depth == 0)
				return at + 1;
			break;
		case '\n':
			at = json_skip_space(at, end);
			continue;
		default:
			break;
		}
		at++;
	}
}

static const char *skip_value(const char *at, const char *end)
{
	if (*at == '"')
		return skip_string(at, end);
	if (*at == '{' || *at == '[')
		return skip_container(at, end);
	while (at < end && *at != ',' && *at != '}' && *at != ']' && !json_is_space(*at))
		at++;
	return at;
}

void json_iter_init(struct json_iter *iter, struct json_slice container)
{
	enum json_type type = json_type_of(container);
	*iter = (struct json_iter){.is_object = type == JSON_OBJECT};
	if (type != JSON_OBJECT && type != JSON_ARRAY)
		return;
	iter->end = container.text + container.len;
	iter->at = json_skip_space(container.text + 1, iter->end);
}

bool json_iter_next(struct json_iter *iter, struct json_slice *key, struct json_slice *value)
{
	const char *at = iter->at;
	if (!at || *at == '}' || *at == ']')
		return false;
	if (iter->is_object) {
		const char *after = skip_string(at, iter->end);
		if (key)
			*key = (struct json_slice){at, (size_t)(after - at)};
		at = json_skip_space(after, iter->end) + 1; /* the colon */
		at = json_skip_space(at, iter->end);
	}
	const char *after = skip_value(at, iter->end);
	if (value)
		*value = (struct json_slice){at, (size_t)(after - at)};
	at = json_skip_space(after, iter->end);
	iter->at = *at == ',' ? json_skip_space(at + 1, iter->end) : at;
	return true;
}

static unsigned hex4(const char *digits)
{
	unsigned value = 0;
	for (int i = 0; i < 4; i++) {
		unsigned char c = (unsigned char)digits[i];
		value = value << 4 | (c <= '9' ? c - 0x30u : (c | 0x20u) - 0x57u);
	}
	return value;
}

/* Decodes the escape at *at (a backslash) and moves behind it. Lone surrogates become U+FFFD. */
static uint32_t decode_escape(const char **at, const char *end)
{
	const char *text = *at + 1;
	*at = text + 1;
	switch (*text) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'u':
		break;
	default:
		return (unsigned char)*text;
	}
	unsigned point = hex4(text + 1);
	*at = text + 5;
	if (point >= 0xD800 && point < 0xDC00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
		unsigned low = hex4(*at + 2);
		if (low >= 0xDC00 && low < 0xE000) {
			*at += 6;
			return 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
		}
	}
	return point >= 0xD800 && point < 0xE000 ? UTF8_REPLACEMENT : point;
}

static int append_decoded(struct json_slice value, struct buf *out, uint32_t for_nul)
{
	if (json_type_of(value) != JSON_STRING)
		return -1;
	const char *at = value.text + 1;
	const char *end = value.text + value.len - 1;
	while (at < end) {
		const char *slash = memchr(at, '\\', (size_t)(end - at));
		const char *stop = slash ? slash : end;
		if (buf_add(out, at, (size_t)(stop - at)))
			return -1;
		at = stop;
		if (!slash)
			break;
		uint32_t point = decode_escape(&at, end);
		if (utf8_append(out, point ? point : for_nul))
			return -1;
	}
	return 0;
}

int json_string_append(struct json_slice value, struct buf *out)
{
	return append_decoded(value, out, UTF8_REPLACEMENT);
}

int json_string_append_exact(struct json_slice value, struct buf *out)
{
	return append_decoded(value, out, 0);
}

char *json_string_dup(struct json_slice value)
{
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	if (json_string_append(value, &text))
		return NULL;
	return buf_take(&text);
}

bool json_string_is(struct json_slice string, const char *text)
{
	if (json_type_of(string) != JSON_STRING)
		return false;
	size_t len = strlen(text);
	if (!memchr(string.text, '\\', string.len))
		return string.len == len + 2 && memcmp(string.text + 1, text, len) == 0;
	struct buf decoded;
	buf_init(&decoded, len);
	bool same =
	    json_string_append(string, &decoded) == 0 && decoded.len == len && memcmp(decoded.data, text, len) == 0;
	buf_release(&decoded);
	return same;
}

bool json_member(struct json_slice object, const char *key, struct json_slice *value)
{
	json_members(object, &key, value, 1);
	return value->len > 0;
}

bool json_path(struct json_slice object, struct json_slice *value, ...)
{
	va_list keys;
	va_start(keys, value);
	*value = object;
	const char *key;
	while (value->len && (key = va_arg(keys, const char *)))
		json_member(*value, key, value);
	va_end(keys);
	return value->len > 0;
}

/* As json_string_is, for one key and many names: what decides is looked at once. */
static bool is_key(struct json_slice key, bool has_escape, const char *name)
{
	if (has_escape)
		return json_string_is(key, name);
	size_t len = key.len - 2;
	return name[0] == key.text[1] && strncmp(name, key.text + 1, len) == 0 && !name[len];
}

void json_take_member(struct json_slice key, struct json_slice value, const char *const *keys,
		      struct json_slice *values, size_t count)
{
	bool has_escape = memchr(key.text, '\\', key.len) != NULL;
	for (size_t i = 0; i < count; i++) {
		if (is_key(key, has_escape, keys[i]))
			values[i] = value;
	}
}

void json_members(struct json_slice object, const char *const *keys, struct json_slice *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		values[i] = (struct json_slice){NULL, 0};
	if (json_type_of(object) != JSON_OBJECT)
		return;
	struct json_iter iter;
	struct json_slice key, value;
	json_iter_init(&iter, object);
	while (json_iter_next(&iter, &key, &value))
		json_take_member(key, value, keys, values, count);
}

size_t json_count(struct json_slice container)
{
	struct json_iter iter;
	size_t count = 0;
	json_iter_init(&iter, container);
	while (json_iter_next(&iter, NULL, NULL))
		count++;
	return count;
}

/* Whether \uXX.. stands at at, its first two digits in [first, second]. */
static bool is_unit(const char *at, const char *end, const char *first, const char *second)
{
	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return false;
	return strncasecmp(at + 2, first, 2) >= 0 && strncasecmp(at + 2, second, 2) <= 0;
}

void json_replace_escapes(char *text, size_t len, bool nul_too)
{
	char *end = text + len;
	for (char *at = text; at < end && (at = memchr(at, '\\', (size_t)(end - at)));) {
		if (at[1] != 'u') {
			/* A backslash takes the next byte with it. */
			at += 2;
			continue;
		}
		bool is_high = is_unit(at, end, "d8", "db");
		if (is_high && is_unit(at + 6, end, "dc", "df")) {
			at += 12;
			continue;
		}
		if (is_high || is_unit(at, end, "dc", "df") || (nul_too && memcmp(at + 2, "0000", 4) == 0))
			memcpy(at + 2, "fffd", 4);
		at += 6;
	}
}

int json_compact(struct json_slice value, struct buf *out)
{
	/* A string may hold white space; everything else may not. */
	const char *at = value.text;
	const char *end = at + value.len;
	char *room = buf_reserve(out, value.len);
	if (!room)
		return -1;
	char *to = room;
	while (at < end) {
		if (*at == '"') {
			const char *after = skip_string(at, end);
			memcpy(to, at, (size_t)(after - at));
			to += after - at;
			at = after;
		} else if (json_is_space(*at)) {
			at = json_skip_space(at, end);
		} else {
			*to++ = *at++;
		}
	}
	*to = '\0';
	json_replace_escapes(room, (size_t)(to - room), false);
	out->len += (size_t)(to - room);
	return 0;
}
