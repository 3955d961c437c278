/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes compact JSON into a struct buf, commas and nesting kept by the writer. Strings come out as valid UTF-8:
 * ill-formed bytes become U+FFFD; only '"', '\' and C0 controls are escaped. A full buffer is remembered in failed.
 */
#ifndef JSON_WRITE_H
#define JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "json-scan.h"

struct json_writer {
	struct buf *out;
	unsigned depth;
	uint64_t has_items[2]; /* a bit for each level: something stands before, a comma is due */
	bool after_key;
	bool failed;
};

void json_writer_init(struct json_writer *writer, struct buf *out);
void json_begin_object(struct json_writer *writer);
void json_end_object(struct json_writer *writer);
void json_begin_array(struct json_writer *writer);
void json_end_array(struct json_writer *writer);
void json_key(struct json_writer *writer, const char *key);
/* NULL writes null. */
void json_put_string(struct json_writer *writer, const char *text);
void json_put_string_len(struct json_writer *writer, const char *text, size_t len);
void json_put_int(struct json_writer *writer, int64_t number);
void json_put_bool(struct json_writer *writer, bool value);
void json_put_null(struct json_writer *writer);
/* Text that is JSON already, put as it is. */
void json_put_raw(struct json_writer *writer, const char *text, size_t len);
/* Key and value in one call. */
void json_member_string(struct json_writer *writer, const char *key, const char *text);
void json_member_int(struct json_writer *writer, const char *key, int64_t number);
void json_member_bool(struct json_writer *writer, const char *key, bool value);

#endif
