/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit-codes.h"
#include "json-write.h"
#include "timestamp.h"
#include "xalloc.h"

/* A line of pretty-printed JSON is a bracket alone, or begins a member. */
static bool looks_pretty_printed(struct json_slice line)
{
	while (line.len && (*line.text == ' ' || *line.text == '\t')) {
		line.text++;
		line.len--;
	}
	if (line.len == 0)
		return false;
	char last = line.text[line.len - 1];
	if (strchr("{}[]", line.text[0]) && (line.len == 1 || (line.len == 2 && last == ',')))
		return true;
	return line.text[0] == '"' && (last == ',' || last == '{' || last == '[' || memchr(line.text, ':', line.len));
}

int record_read(struct json_slice line, struct record *record, struct error *err)
{
	return record_read_attributes(line, record, NULL, NULL, 0, err);
}

int record_read_attributes(struct json_slice line, struct record *record, const char *const *names,
			   struct json_slice *attributes, size_t count, struct error *err)
{
	static const char *const keys[] = {"type", "id", "attributes", "relationships", "error"};
	struct json_slice values[5];
	struct json_watch watch = {.keys = keys,
				   .values = values,
				   .count = 5,
				   .inner_of = 2,
				   .inner_keys = names,
				   .inner_values = attributes,
				   .inner_count = count};
	*record = (struct record){.kind = RECORD_OTHER};
	if (json_check_watching(line.text, line.len, &record->whole, &watch, err)) {
		if (looks_pretty_printed(line))
			error_set(err, EXIT_BAD_INPUT, "not JSON by itself: a record stands on one line; use jq -c");
		return -1;
	}
	if (json_type_of(record->whole) != JSON_OBJECT) {
		if (looks_pretty_printed(line))
			return error_set(err, EXIT_BAD_INPUT, "not an object: a record stands on one line; use jq -c");
		return error_set(err, EXIT_BAD_INPUT, "not a JSON object");
	}
	if (json_type_of(values[0]) != JSON_STRING) {
		if (json_count(record->whole) == 0)
			return error_set(err, EXIT_BAD_INPUT,
					 "an object without \"type\": a record stands on one line; use jq -c");
		return error_set(err, EXIT_BAD_INPUT, "an object without a string \"type\"");
	}
	if (json_string_is(values[0], "file"))
		record->kind = RECORD_FILE;
	else if (json_string_is(values[0], "search"))
		record->kind = RECORD_SEARCH;
	else if (json_string_is(values[0], "search_summary"))
		record->kind = RECORD_SUMMARY;
	record->id = values[1];
	record->attributes = values[2];
	record->relationships = values[3];
	record->error = values[4];
	return 0;
}

static int read_time(const char *text, const char *name, int64_t *epoch, struct error *err)
{
	if (!text)
		return error_set(err, EXIT_BAD_INPUT, "the header has no string \"%s\"", name);
	if (timestamp_parse(text, epoch, err))
		return error_prefix(err, "the header's \"%s\"", name);
	return 0;
}

int record_search_read(const struct record *record, struct record_search *search, struct error *err)
{
	static const char *const keys[] = {"country", "window_start", "window_end", "window_label",
					   "as_of",   "timezone",     "query"};
	struct json_slice values[7];
	char *texts[7];
	*search = (struct record_search){.id = json_string_dup(record->id)};
	json_members(record->attributes, keys, values, 7);
	for (size_t i = 0; i < 7; i++)
		texts[i] = json_string_dup(values[i]);
	search->country = texts[0];
	search->window_label = texts[3];
	search->timezone = texts[5] ? texts[5] : xstrdup("UTC");
	search->query = texts[6] ? texts[6] : xstrdup("");
	int failed = read_time(texts[1], "window_start", &search->window_start, err) ||
		     read_time(texts[2], "window_end", &search->window_end, err) ||
		     read_time(texts[4], "as_of", &search->as_of, err);
	free(texts[1]);
	free(texts[2]);
	free(texts[4]);
	if (!failed && (!search->id || !search->country || !search->window_label))
		failed = error_set(err, EXIT_BAD_INPUT, "the header has no string \"%s\"",
				   !search->id        ? "id"
				   : !search->country ? "country"
						      : "window_label");
	if (!failed && search->window_start >= search->window_end)
		failed = error_set(err, EXIT_BAD_INPUT, "the header's window ends before it begins");
	if (failed)
		record_search_release(search);
	return failed ? -1 : 0;
}

void record_search_release(struct record_search *search)
{
	free(search->id);
	free(search->country);
	free(search->window_label);
	free(search->timezone);
	free(search->query);
	*search = (struct record_search){.id = NULL};
}

void record_search_write(const struct record_search *search, struct buf *out)
{
	char text[TIMESTAMP_TEXT_MAX];
	struct json_writer json;
	json_writer_init(&json, out);
	json_begin_object(&json);
	json_member_string(&json, "type", "search");
	json_member_string(&json, "id", search->id);
	json_key(&json, "attributes");
	json_begin_object(&json);
	json_member_string(&json, "country", search->country);
	json_member_string(&json, "window_start", timestamp_format(search->window_start, text));
	json_member_string(&json, "window_end", timestamp_format(search->window_end, text));
	json_member_string(&json, "window_label", search->window_label);
	json_member_string(&json, "as_of", timestamp_format(search->as_of, text));
	json_member_string(&json, "timezone", search->timezone);
	json_member_string(&json, "query", search->query);
	json_end_object(&json);
	json_end_object(&json);
}

char *record_search_id(const char *country, int64_t window_start, int64_t window_end)
{
	char start[TIMESTAMP_TEXT_MAX], end[TIMESTAMP_TEXT_MAX];
	return xasprintf("%s/%s/%s", country, timestamp_format(window_start, start), timestamp_format(window_end, end));
}

/* A count that must be there and not be negative. */
static int read_count(struct json_slice value, const char *name, int64_t *count, struct error *err)
{
	if (json_int64(value, count) && *count >= 0)
		return 0;
	return error_set(err, EXIT_BAD_INPUT, "the summary has no number \"%s\"", name);
}

int record_summary_read(const struct record *record, struct record_summary *summary, struct error *err)
{
	static const char *const keys[] = {"total_hits", "files_seen", "files_emitted",  "requests",
					   "complete",   "error",      "files_rejected", "relate"};
	struct json_slice values[8];
	*summary = (struct record_summary){.total_hits = -1};
	json_members(record->attributes, keys, values, 8);
	json_int64(values[0], &summary->total_hits);
	if (read_count(values[1], "files_seen", &summary->files_seen, err) ||
	    read_count(values[2], "files_emitted", &summary->files_emitted, err) ||
	    read_count(values[3], "requests", &summary->requests, err))
		return -1;
	enum json_type complete = json_type_of(values[4]);
	if (complete != JSON_TRUE && complete != JSON_FALSE)
		return error_set(err, EXIT_BAD_INPUT, "the summary has no boolean \"complete\"");
	summary->complete = complete == JSON_TRUE;
	summary->files_rejected = values[6];
	summary->relate = values[7];
	summary->has_relate = json_type_of(values[7]) == JSON_OBJECT;
	struct json_slice relate_complete;
	summary->relate_complete =
	    json_member(summary->relate, "complete", &relate_complete) && json_type_of(relate_complete) == JSON_TRUE;
	summary->id = json_string_dup(record->id);
	summary->error = json_string_dup(values[5]);
	if (summary->id)
		return 0;
	record_summary_release(summary);
	return error_set(err, EXIT_BAD_INPUT, "the summary has no string \"id\"");
}

void record_summary_release(struct record_summary *summary)
{
	free(summary->id);
	free(summary->error);
	summary->id = summary->error = NULL;
}

void record_counts_add(struct record_counts *counts, const char *name, int64_t number)
{
	struct record_count *item = NULL;
	for (size_t i = 0; i < counts->len && !item; i++) {
		if (strcmp(counts->items[i].name, name) == 0)
			item = &counts->items[i];
	}
	if (!item) {
		counts->items = xreallocarray(counts->items, counts->len + 1, sizeof(*counts->items));
		item = &counts->items[counts->len++];
		*item = (struct record_count){.count = 0};
		snprintf(item->name, sizeof(item->name), "%s", name);
	}
	item->count += number;
}

int64_t record_counts_total(const struct record_counts *counts)
{
	int64_t total = 0;
	for (size_t i = 0; i < counts->len; i++)
		total += counts->items[i].count;
	return total;
}

void record_counts_write(const struct record_counts *counts, struct buf *out)
{
	struct json_writer json;
	json_writer_init(&json, out);
	json_begin_object(&json);
	for (size_t i = 0; i < counts->len; i++)
		json_member_int(&json, counts->items[i].name, counts->items[i].count);
	json_end_object(&json);
}

void record_counts_release(struct record_counts *counts)
{
	free(counts->items);
	*counts = (struct record_counts){.items = NULL};
}
