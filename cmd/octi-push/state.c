/* SPDX-License-Identifier: Apache-2.0 */
#include "state.h"

#include <stdlib.h>
#include <string.h>

#include "exit-codes.h"
#include "json-get.h"
#include "json-scan.h"
#include "json-write.h"
#include "timestamp.h"

static const char *const mark_names[] = {
    [STATE_WINDOW_END] = "window_end",
    [STATE_REVISITED] = "revisited",
    [STATE_JOINED_START] = "joined_start",
    [STATE_JOINED_END] = "joined_end",
};

/* The checked object of a state, or {NULL, 0} for "no state". */
static struct json_slice slice_of(const char *text)
{
	struct json_slice slice = {NULL, 0};
	if (!text || json_check(text, strlen(text), &slice, NULL) != 0)
		return (struct json_slice){NULL, 0};
	if (json_type_of(slice) != JSON_OBJECT || json_count(slice) == 0)
		return (struct json_slice){NULL, 0};
	return slice;
}

bool state_exists(const char *text)
{
	return slice_of(text).text != NULL;
}

bool state_equal(const char *a, const char *b)
{
	bool a_exists = state_exists(a), b_exists = state_exists(b);
	if (!a_exists || !b_exists)
		return a_exists == b_exists;
	cJSON *a_tree = json_parse_text(a, strlen(a), NULL);
	cJSON *b_tree = json_parse_text(b, strlen(b), NULL);
	bool equal = cJSON_Compare(a_tree, b_tree, true);
	cJSON_Delete(a_tree);
	cJSON_Delete(b_tree);
	return equal;
}

int state_mark(const char *text, enum state_mark mark, const char *country, int64_t *epoch, struct error *err)
{
	*epoch = STATE_ABSENT;
	struct json_slice state = slice_of(text);
	if (!state.text)
		return 0;
	cJSON *tree = json_parse(state);
	const cJSON *item = json_get_path(tree, mark_names[mark], country, NULL);
	int result = 0;
	if (item && !cJSON_IsNull(item)) {
		const char *value = cJSON_IsString(item) ? item->valuestring : "";
		result = timestamp_parse(value, epoch, err);
		if (result != 0)
			error_set(err, EXIT_BAD_INPUT,
				  "the connector's state: %s of %s is no time; reset the state in OpenCTI",
				  mark_names[mark], country);
	}
	cJSON_Delete(tree);
	return result;
}

int64_t state_last_run(const char *text)
{
	int64_t epoch = STATE_ABSENT;
	struct json_slice state = slice_of(text);
	if (!state.text)
		return STATE_ABSENT;
	cJSON *tree = json_parse(state);
	const char *value = json_get_string(tree, "last_run");
	if (!value || timestamp_parse(value, &epoch, NULL) != 0)
		epoch = STATE_ABSENT;
	cJSON_Delete(tree);
	return epoch;
}

static void put_time(struct json_writer *writer, const char *key, int64_t epoch)
{
	char text[TIMESTAMP_TEXT_MAX];
	json_member_string(writer, key, timestamp_format(epoch, text));
}

static void put_key(struct json_writer *writer, struct json_slice key)
{
	char *text = json_string_dup(key);
	json_key(writer, text);
	free(text);
}

/* Copies the members of an object but the one named omitted. */
static void copy_members(struct json_writer *writer, struct json_slice object, const char *const *omitted)
{
	struct json_iter iter;
	struct json_slice key, value;
	json_iter_init(&iter, object);
	while (json_iter_next(&iter, &key, &value)) {
		bool skip = false;
		for (const char *const *name = omitted; *name && !skip; name++)
			skip = json_string_is(key, *name);
		if (skip)
			continue;
		put_key(writer, key);
		json_put_raw(writer, value.text, value.len);
	}
}

/* A member of marks by country, with the country's one set to epoch, or left out for STATE_ABSENT. */
static void put_marks(struct json_writer *writer, struct json_slice state, enum state_mark mark, const char *country,
		      int64_t epoch)
{
	struct json_slice old;
	if (!state.text || !json_member(state, mark_names[mark], &old) || json_type_of(old) != JSON_OBJECT)
		old = (struct json_slice){"{}", 2};
	json_key(writer, mark_names[mark]);
	json_begin_object(writer);
	copy_members(writer, old, (const char *const[]){country, NULL});
	if (epoch != STATE_ABSENT)
		put_time(writer, country, epoch);
	json_end_object(writer);
}

char *state_change(const char *text, const struct state_change *change)
{
	struct json_slice state = slice_of(text);
	bool set_end = change->window_end != STATE_ABSENT;
	bool set_revisited = change->revisited != STATE_ABSENT || change->forget_revisited;
	const char *omitted[6] = {"last_run"};
	size_t count = 1;
	if (set_end)
		omitted[count++] = mark_names[STATE_WINDOW_END];
	if (set_revisited)
		omitted[count++] = mark_names[STATE_REVISITED];
	if (change->is_joined) {
		omitted[count++] = mark_names[STATE_JOINED_START];
		omitted[count++] = mark_names[STATE_JOINED_END];
	}

	struct buf out;
	struct json_writer writer;
	buf_init(&out, BUF_UNBOUNDED);
	json_writer_init(&writer, &out);
	json_begin_object(&writer);
	put_time(&writer, "last_run", change->last_run);
	if (set_end)
		put_marks(&writer, state, STATE_WINDOW_END, change->country, change->window_end);
	if (set_revisited)
		put_marks(&writer, state, STATE_REVISITED, change->country, change->revisited);
	if (change->is_joined) {
		put_marks(&writer, state, STATE_JOINED_START, change->country, change->joined_start);
		put_marks(&writer, state, STATE_JOINED_END, change->country, change->joined_end);
	}
	if (state.text)
		copy_members(&writer, state, omitted);
	json_end_object(&writer);
	return buf_take(&out);
}
