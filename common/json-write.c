/* SPDX-License-Identifier: Apache-2.0 */
#include "json-write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

void json_writer_init(struct json_writer *writer, struct buf *out)
{
	*writer = (struct json_writer){.out = out};
}

static void put(struct json_writer *writer, const char *bytes, size_t len)
{
	if (buf_add(writer->out, bytes, len))
		writer->failed = true;
}

static uint64_t level_bit(const struct json_writer *writer)
{
	return (uint64_t)1 << (writer->depth % 64);
}

/* The comma in front of an item, unless it is the first of its container or the value of a key. */
static void begin_item(struct json_writer *writer)
{
	uint64_t *items = &writer->has_items[writer->depth / 64 % 2];
	if (writer->after_key) {
		writer->after_key = false;
		return;
	}
	if (writer->depth > 0 && *items & level_bit(writer))
		put(writer, ",", 1);
	*items |= level_bit(writer);
}

static void begin_container(struct json_writer *writer, char bracket)
{
	begin_item(writer);
	put(writer, &bracket, 1);
	writer->depth++;
	writer->has_items[writer->depth / 64 % 2] &= ~level_bit(writer);
}

static void end_container(struct json_writer *writer, char bracket)
{
	writer->depth--;
	put(writer, &bracket, 1);
}

void json_begin_object(struct json_writer *writer)
{
	begin_container(writer, '{');
}

void json_end_object(struct json_writer *writer)
{
	end_container(writer, '}');
}

void json_begin_array(struct json_writer *writer)
{
	begin_container(writer, '[');
}

void json_end_array(struct json_writer *writer)
{
	end_container(writer, ']');
}

/* The two-character escapes, and \u00xx for the other controls. */
static void put_control(struct json_writer *writer, unsigned char c)
{
	static const char short_forms[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	char text[8] = {'\\'};
	for (size_t i = 0; i + 1 < sizeof(short_forms); i += 2) {
		if ((unsigned char)short_forms[i] == c) {
			text[1] = short_forms[i + 1];
			put(writer, text, 2);
			return;
		}
	}
	snprintf(text, sizeof(text), "\\u%04x", c);
	put(writer, text, 6);
}

static void put_quoted(struct json_writer *writer, const char *text, size_t len)
{
	put(writer, "\"", 1);
	size_t good = 0;
	for (size_t at = 0; at < len;) {
		unsigned char c = (unsigned char)text[at];
		uint32_t point;
		size_t size = c < 0x80 ? 1 : utf8_decode(text + at, len - at, &point);
		if (size && c != '"' && c != '\\' && c >= 0x20) {
			at += size;
			continue;
		}
		put(writer, text + good, at - good);
		if (size)
			put_control(writer, c);
		else if (utf8_append(writer->out, UTF8_REPLACEMENT))
			writer->failed = true;
		good = ++at;
	}
	put(writer, text + good, len - good);
	put(writer, "\"", 1);
}

void json_key(struct json_writer *writer, const char *key)
{
	begin_item(writer);
	put_quoted(writer, key, strlen(key));
	put(writer, ":", 1);
	writer->after_key = true;
}

void json_put_string(struct json_writer *writer, const char *text)
{
	if (text)
		json_put_string_len(writer, text, strlen(text));
	else
		json_put_null(writer);
}

void json_put_string_len(struct json_writer *writer, const char *text, size_t len)
{
	begin_item(writer);
	put_quoted(writer, text, len);
}

void json_put_int(struct json_writer *writer, int64_t number)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%" PRId64, number);
	json_put_raw(writer, text, (size_t)len);
}

void json_put_bool(struct json_writer *writer, bool value)
{
	json_put_raw(writer, value ? "true" : "false", value ? 4 : 5);
}

void json_put_null(struct json_writer *writer)
{
	json_put_raw(writer, "null", 4);
}

void json_put_raw(struct json_writer *writer, const char *text, size_t len)
{
	begin_item(writer);
	put(writer, text, len);
}

void json_member_string(struct json_writer *writer, const char *key, const char *text)
{
	json_key(writer, key);
	json_put_string(writer, text);
}

void json_member_int(struct json_writer *writer, const char *key, int64_t number)
{
	json_key(writer, key);
	json_put_int(writer, number);
}

void json_member_bool(struct json_writer *writer, const char *key, bool value)
{
	json_key(writer, key);
	json_put_bool(writer, value);
}
