/* SPDX-License-Identifier: Apache-2.0 */
#include "summary.h"

#include <stdlib.h>

#include "json-write.h"
#include "log.h"
#include "timestamp.h"

void summary_init(struct summary *summary)
{
	*summary = (struct summary){.total_hits = -1};
	buf_init(&summary->reached_ids, BUF_UNBOUNDED);
}

void summary_release(struct summary *summary)
{
	record_counts_release(&summary->rejected);
	record_counts_release(&summary->severities);
	buf_release(&summary->reached_ids);
}

static void add_counts(struct record_counts *counts, const struct record_counts *others)
{
	for (size_t i = 0; i < others->len; i++)
		record_counts_add(counts, others->items[i].name, others->items[i].count);
}

void summary_begin_with(struct summary *summary, const struct summary *so_far)
{
	summary->total_hits = so_far->total_hits;
	summary->files_seen = so_far->files_seen;
	summary->files_emitted = so_far->files_emitted;
	summary->requests = so_far->requests;
	add_counts(&summary->rejected, &so_far->rejected);
	add_counts(&summary->severities, &so_far->severities);
}

static void put_counts(struct json_writer *json, const char *name, const struct record_counts *counts)
{
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	record_counts_write(counts, &text);
	json_key(json, name);
	json_put_raw(json, text.data, text.len);
	buf_release(&text);
}

static void put_reached(struct json_writer *json, const struct summary *summary, const char *query)
{
	char text[TIMESTAMP_TEXT_MAX];
	json_member_string(json, "query", query);
	json_member_string(json, "reached", timestamp_format(summary->reached, text));
	json_key(json, "reached_ids");
	json_begin_array(json);
	for (size_t at = 0; at < summary->reached_ids.len; at += SUMMARY_ID_LEN)
		json_put_string_len(json, summary->reached_ids.data + at, SUMMARY_ID_LEN);
	json_end_array(json);
}

void summary_write(const struct summary *summary, const char *id, const char *query, const struct error *err,
		   struct buf *out)
{
	struct json_writer json;
	json_writer_init(&json, out);
	json_begin_object(&json);
	json_member_string(&json, "type", "search_summary");
	json_member_string(&json, "id", id);
	json_key(&json, "attributes");
	json_begin_object(&json);
	json_key(&json, "total_hits");
	if (summary->total_hits >= 0)
		json_put_int(&json, summary->total_hits);
	else
		json_put_null(&json);
	json_member_int(&json, "files_seen", summary->files_seen);
	json_member_int(&json, "files_emitted", summary->files_emitted);
	put_counts(&json, "files_rejected", &summary->rejected);
	put_counts(&json, "files_by_severity", &summary->severities);
	json_member_int(&json, "requests", summary->requests);
	json_member_bool(&json, "complete", !err);
	char *error = err ? log_redact(err->text) : NULL;
	json_member_string(&json, "error", error);
	free(error);
	if (err && summary->can_go_on)
		put_reached(&json, summary, query);
	json_end_object(&json);
	json_end_object(&json);
}
