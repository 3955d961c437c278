/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle-reader.h"

#include <string.h>

#include "bundle-object.h"
#include "exit-codes.h"

enum state {
	AT_BEGIN,
	AT_FIRST_KEY, /* a key or the end of the bundle */
	AT_KEY,
	AT_COLON,
	AT_VALUE,
	AT_FIRST_ELEMENT, /* an element or the end of the array */
	AT_ELEMENT,
	AFTER_ELEMENT,
	AFTER_MEMBER,
	AT_END
};

enum step { STEP_ON, STEP_MORE, STEP_FAILED };

void bundle_reader_init(struct bundle_reader *reader,
			int (*element)(void *data, struct json_slice value, uint64_t number, uint64_t offset,
				       struct error *err),
			void *data)
{
	*reader = (struct bundle_reader){.element = element, .data = data, .state = AT_BEGIN};
	buf_init(&reader->head, BUNDLE_HEAD_MAX);
	buf_init(&reader->key, BUNDLE_HEAD_MAX);
	buf_init(&reader->pending, BUF_UNBOUNDED);
}

void bundle_reader_release(struct bundle_reader *reader)
{
	buf_release(&reader->head);
	buf_release(&reader->key);
	buf_release(&reader->pending);
}

static enum step fail(const struct bundle_reader *reader, struct error *err, const char *what)
{
	error_set(err, EXIT_BAD_INPUT, "offset %llu: %s", (unsigned long long)(reader->offset + reader->at), what);
	return STEP_FAILED;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Moves over white space; false when there is nothing behind it yet. */
static bool skip_space(struct bundle_reader *reader)
{
	while (reader->at < reader->pending.len && is_space(reader->pending.data[reader->at]))
		reader->at++;
	return reader->at < reader->pending.len;
}

static bool ends_scalar(char c)
{
	return is_space(c) || c == ',' || c == ']' || c == '}';
}

/* Looks at one more byte of a string or container; true when the value ends with it. */
static bool scan_byte(struct bundle_reader *reader, char c)
{
	if (reader->in_string) {
		if (reader->escaped)
			reader->escaped = false;
		else if (c == '\\')
			reader->escaped = true;
		else if (c == '"')
			reader->in_string = false;
		return !reader->in_string && reader->depth == 0;
	}
	if (c == '"')
		reader->in_string = true;
	else if (c == '{' || c == '[')
		reader->depth++;
	else if ((c == '}' || c == ']') && --reader->depth == 0)
		return true;
	return false;
}

/*
 * Finds the end of the value at `at`, remembering how far it has looked: a large object is looked at once, however many
 * pieces it comes in. What lies between is checked strictly when it is whole.
 */
static bool find_end(struct bundle_reader *reader)
{
	const char *value = reader->pending.data + reader->at;
	size_t len = reader->pending.len - reader->at;
	bool is_scalar = value[0] != '"' && value[0] != '{' && value[0] != '[';
	while (reader->scanned < len) {
		char c = value[reader->scanned];
		if (is_scalar) {
			if (ends_scalar(c))
				return true;
			reader->scanned++;
		} else {
			reader->scanned++;
			if (scan_byte(reader, c))
				return true;
		}
	}
	return false;
}

/* The value at `at`, whole and checked, and `at` behind it. */
static enum step take_value(struct bundle_reader *reader, size_t max, struct json_slice *value, struct error *err)
{
	bool whole = find_end(reader);
	if (reader->scanned > max)
		return fail(reader, err, "a value is larger than any platform takes");
	if (!whole)
		return STEP_MORE;
	if (json_check(reader->pending.data + reader->at, reader->scanned, value, err) != 0) {
		error_prefix(err, "value at offset %llu", (unsigned long long)(reader->offset + reader->at));
		return STEP_FAILED;
	}
	reader->at += reader->scanned;
	reader->scanned = 0;
	return STEP_ON;
}

static enum step step_begin(struct bundle_reader *reader, struct error *err)
{
	if (reader->pending.data[reader->at] != '{')
		return fail(reader, err, "the input is no STIX bundle: it does not begin with \"{\"");
	reader->at++;
	reader->state = AT_FIRST_KEY;
	return STEP_ON;
}

static enum step step_key(struct bundle_reader *reader, struct error *err)
{
	struct json_slice key;
	char c = reader->pending.data[reader->at];
	if (c == '}' && reader->state == AT_FIRST_KEY) {
		reader->at++;
		reader->state = AT_END;
		return STEP_ON;
	}
	if (c != '"')
		return fail(reader, err, "a member's name is missing");
	enum step step = take_value(reader, BUNDLE_HEAD_MAX, &key, err);
	if (step != STEP_ON)
		return step;
	buf_clear(&reader->key);
	buf_add(&reader->key, key.text, key.len);
	reader->state = AT_COLON;
	return STEP_ON;
}

static enum step step_colon(struct bundle_reader *reader, struct error *err)
{
	if (reader->pending.data[reader->at] != ':')
		return fail(reader, err, "a colon is missing");
	reader->at++;
	reader->state = AT_VALUE;
	return STEP_ON;
}

static bool key_is(const struct bundle_reader *reader, const char *name)
{
	return json_string_is((struct json_slice){reader->key.data, reader->key.len}, name);
}

static enum step check_head_member(struct bundle_reader *reader, struct json_slice value, struct error *err)
{
	bool is_string = json_type_of(value) == JSON_STRING;
	if (key_is(reader, "type")) {
		if (is_string && (json_string_is(value, "search") || json_string_is(value, "file")))
			return fail(reader, err,
				    "the input is a stream of records, no bundle; is stix-build missing before "
				    "octi-push?");
		if (!is_string || !json_string_is(value, "bundle"))
			return fail(reader, err, "the input is no STIX bundle: its type is another");
		reader->has_type = true;
	} else if (key_is(reader, "id")) {
		if (!is_string || value.len < 10 || memcmp(value.text, "\"bundle--", 9) != 0 ||
		    !bundle_is_id(value.text + 1, value.len - 2))
			return fail(reader, err, "the bundle's id is none");
	}
	return STEP_ON;
}

static enum step step_value(struct bundle_reader *reader, struct error *err)
{
	if (key_is(reader, "objects")) {
		if (reader->has_objects)
			return fail(reader, err, "the bundle has two members \"objects\"");
		if (reader->pending.data[reader->at] != '[')
			return fail(reader, err, "the bundle's \"objects\" is no array");
		reader->has_objects = true;
		reader->at++;
		reader->state = AT_FIRST_ELEMENT;
		return STEP_ON;
	}
	struct json_slice value;
	enum step step = take_value(reader, BUNDLE_HEAD_MAX, &value, err);
	if (step == STEP_ON)
		step = check_head_member(reader, value, err);
	if (step != STEP_ON)
		return step;
	if ((reader->head.len && buf_add_char(&reader->head, ',') != 0) ||
	    buf_add(&reader->head, reader->key.data, reader->key.len) != 0 || buf_add_char(&reader->head, ':') != 0 ||
	    buf_add(&reader->head, value.text, value.len) != 0)
		return fail(reader, err, "the bundle's members beside \"objects\" are too large");
	reader->state = AFTER_MEMBER;
	return STEP_ON;
}

static enum step step_element(struct bundle_reader *reader, struct error *err)
{
	if (reader->pending.data[reader->at] == ']' && reader->state == AT_FIRST_ELEMENT) {
		reader->at++;
		reader->state = AFTER_MEMBER;
		return STEP_ON;
	}
	reader->state = AT_ELEMENT;
	struct json_slice value;
	uint64_t offset = reader->offset + reader->at;
	enum step step = take_value(reader, BUNDLE_OBJECT_MAX, &value, err);
	if (step == STEP_FAILED)
		error_prefix(err, "object %llu", (unsigned long long)reader->count + 1);
	if (step != STEP_ON)
		return step;
	reader->state = AFTER_ELEMENT;
	return reader->element(reader->data, value, ++reader->count, offset, err) == 0 ? STEP_ON : STEP_FAILED;
}

static enum step step_separator(struct bundle_reader *reader, struct error *err)
{
	bool in_array = reader->state == AFTER_ELEMENT;
	char c = reader->pending.data[reader->at];
	if (c == ',')
		reader->state = in_array ? AT_ELEMENT : AT_KEY;
	else if (c == (in_array ? ']' : '}'))
		reader->state = in_array ? AFTER_MEMBER : AT_END;
	else
		return fail(reader, err, in_array ? "a comma is missing between objects" : "a comma is missing");
	reader->at++;
	return STEP_ON;
}

static enum step step_end(struct bundle_reader *reader, struct error *err)
{
	if (reader->pending.data[reader->at] == '{')
		return fail(reader, err, "a second bundle follows the first: push one at a time");
	return fail(reader, err, "something follows the end of the bundle");
}

static enum step advance(struct bundle_reader *reader, struct error *err)
{
	switch ((enum state)reader->state) {
	case AT_BEGIN:
		return step_begin(reader, err);
	case AT_FIRST_KEY:
	case AT_KEY:
		return step_key(reader, err);
	case AT_COLON:
		return step_colon(reader, err);
	case AT_VALUE:
		return step_value(reader, err);
	case AT_FIRST_ELEMENT:
	case AT_ELEMENT:
		return step_element(reader, err);
	case AFTER_ELEMENT:
	case AFTER_MEMBER:
		return step_separator(reader, err);
	case AT_END:
		break;
	}
	return step_end(reader, err);
}

int bundle_reader_feed(struct bundle_reader *reader, const char *bytes, size_t len, struct error *err)
{
	buf_add(&reader->pending, bytes, len);
	enum step result = STEP_ON;
	/* Inside a value white space is the value's own. */
	while (result == STEP_ON && (reader->scanned || skip_space(reader)))
		result = advance(reader, err);
	buf_drop_front(&reader->pending, reader->at);
	reader->offset += reader->at;
	reader->at = 0;
	return result == STEP_FAILED ? -1 : 0;
}

int bundle_reader_finish(struct bundle_reader *reader, struct error *err)
{
	if (reader->state == AT_BEGIN)
		return error_set(err, EXIT_BAD_INPUT,
				 "the input is empty: there is no bundle, not even one without objects");
	if (reader->state != AT_END)
		return error_set(err, EXIT_BAD_INPUT, "the bundle is cut: it ends in the middle, after %llu objects",
				 (unsigned long long)reader->count);
	if (!reader->has_type)
		return error_set(err, EXIT_BAD_INPUT, "the input is no STIX bundle: it has no type");
	return 0;
}
