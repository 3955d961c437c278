/* SPDX-License-Identifier: Apache-2.0 */
#include "stream.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "exit-codes.h"
#include "log.h"
#include "report.h"
#include "stop.h"
#include "xalloc.h"

void stream_init(struct stream *stream)
{
	*stream = (struct stream){.count = 0};
	spool_init(&stream->files);
	spool_init(&stream->csv);
	id_set_init(&stream->seen);
}

void stream_release(struct stream *stream)
{
	spool_release(&stream->files);
	spool_release(&stream->csv);
	id_set_release(&stream->seen);
	clusters_release(&stream->clusters);
	free(stream->index);
	record_search_release(&stream->search);
	record_summary_release(&stream->summary);
	free(stream->summary_text);
}

static int32_t narrow(int64_t number)
{
	return number > INT32_MAX ? INT32_MAX : number < 0 ? -1 : (int32_t)number;
}

/* The least risky first. */
static bool is_before(const struct ranked_file *a, const struct ranked_file *b)
{
	return ranked_file_compare(a, b) > 0;
}

static void sift_up(struct ranked_file *heap, size_t at, struct ranked_file file)
{
	for (; at > 0 && is_before(&file, &heap[(at - 1) / 2]); at = (at - 1) / 2)
		heap[at] = heap[(at - 1) / 2];
	heap[at] = file;
}

static void sift_down(struct ranked_file *heap, size_t count, struct ranked_file file)
{
	size_t at = 0;
	for (size_t child; (child = 2 * at + 1) < count; at = child) {
		if (child + 1 < count && is_before(&heap[child + 1], &heap[child]))
			child++;
		if (!is_before(&heap[child], &file))
			break;
		heap[at] = heap[child];
	}
	heap[at] = file;
}

/* Of more files than can be published (0: all) the least risky one goes. */
static void index_file(struct stream *stream, const struct ranked_file *file, size_t max)
{
	if (max && stream->count == max) {
		if (is_before(&stream->index[0], file))
			sift_down(stream->index, stream->count, *file);
		return;
	}
	if (stream->count == stream->cap) {
		stream->cap = stream->cap ? stream->cap * 2 : 64;
		stream->index = xreallocarray(stream->index, stream->cap, sizeof(*stream->index));
	}
	sift_up(stream->index, stream->count, *file);
	stream->count++;
}

static void cluster_file(struct stream *stream, const struct view *view, const struct ranked_file *file)
{
	for (int kind = 0; kind < CLUSTER_KIND_COUNT; kind++) {
		struct buf value;
		buf_init(&value, BUF_UNBOUNDED);
		view_likeness(view, (enum cluster_kind)kind, &value);
		if (value.len)
			clusters_add(&stream->clusters, (enum cluster_kind)kind, value.data, file);
		buf_release(&value);
	}
}

static int keep_file(struct stream *stream, const struct view *view, int64_t publish_max, struct error *err)
{
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	view_write(view, &text);
	struct ranked_file file = {
	    .offset = stream->files.len,
	    .len = (uint32_t)text.len,
	    .malicious = narrow(view->facts.malicious),
	    .unique_sources = narrow(view->facts.unique_sources),
	    .severity = (uint8_t)view->facts.severity,
	    .first_submission_date = view->facts.first_submission_date,
	    .last_analysis_date = VT_ABSENT,
	    .key = id_key_of(view->facts.sha256, 64),
	};
	json_int64_lax(view->attributes[ATTRIBUTE_LAST_ANALYSIS_DATE], &file.last_analysis_date);
	index_file(stream, &file, (size_t)publish_max);
	cluster_file(stream, view, &file);
	struct buf row;
	buf_init(&row, BUF_UNBOUNDED);
	report_csv_row(view, &row);
	int failed = spool_append(&stream->files, text.data, text.len, err) ||
		     spool_append(&stream->csv, row.data, row.len, err);
	buf_release(&row);
	buf_release(&text);
	return failed ? -1 : 0;
}

/* EXIT_BAD_INPUT in err->status stands for a bad record, which may be skipped. */
static int take_file(struct stream *stream, const struct record *record, struct view *view,
		     const struct settings *settings, struct statistics *statistics, struct error *err)
{
	if (view_read_record(view, record, err))
		return -1;
	if (!view->facts.has_attributes)
		return error_set(err, EXIT_BAD_INPUT, "file \"%s\" has no attributes", view->facts.sha256);
	if (!id_set_add(&stream->seen, id_key_of(view->facts.sha256, 64)))
		return error_set(err, EXIT_BAD_INPUT, "file \"%s\" came already", view->facts.sha256);
	statistics_file(statistics, view);
	return keep_file(stream, view, settings->publish_max, err);
}

static int take_header(struct stream *stream, const struct record *record, struct error *err)
{
	stream->has_header = true;
	if (record_search_read(record, &stream->search, err))
		return err->status = EXIT_USAGE, -1;
	/* It becomes names and ids. */
	const char *country = stream->search.country;
	if (strlen(country) != 2 || strspn(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2)
		return error_set(err, EXIT_USAGE, "the header's country is no code of two capital letters");
	return 0;
}

static int take_summary(struct stream *stream, const struct record *record, struct error *err)
{
	/* The line's buffer goes on to the next line; the summary's slices need a copy of their own. */
	struct record copy;
	stream->summary_text = xstrndup(record->whole.text, record->whole.len);
	stream->has_summary = true;
	struct json_slice whole = {stream->summary_text, record->whole.len};
	if (record_read(whole, &copy, err) || record_summary_read(&copy, &stream->summary, err))
		return err->status = EXIT_USAGE, -1;
	return 0;
}

#define NEXT_SEARCH 1 /* of take_line: the line begins another search, and was not taken */

static bool has_begun(const struct stream *stream, const struct statistics *statistics)
{
	return stream->has_header || stream->has_summary || statistics->files > 0;
}

static int take_line(struct stream *stream, struct json_slice line, const struct settings *settings,
		     struct statistics *statistics, struct error *err)
{
	struct record record;
	struct view view;
	if (record_read_attributes(line, &record, view_names, view.attributes, ATTRIBUTE_COUNT, err))
		return -1;
	if (record.kind == RECORD_SEARCH)
		return has_begun(stream, statistics) ? NEXT_SEARCH : take_header(stream, &record, err);
	if (stream->has_summary)
		return error_set(err, EXIT_BAD_INPUT, "a record after the summary");
	switch (record.kind) {
	case RECORD_SUMMARY:
		return take_summary(stream, &record, err);
	case RECORD_FILE:
		return take_file(stream, &record, &view, settings, statistics, err);
	default:
		statistics->other_records++;
		return 0;
	}
}

/* What take_line could not take: told, counted, skipped (0); or the end of it all (-1). */
static int reject_line(const struct stream_input *input, const struct settings *settings, struct statistics *statistics,
		       struct error *err)
{
	/* EXIT_USAGE marks what no skipping mends; it is bad input all the same. */
	bool is_fatal = err->status != EXIT_BAD_INPUT || settings->strict;
	error_prefix(err, "line %zu", input->lines.number);
	if (is_fatal) {
		err->status = err->status == EXIT_USAGE ? EXIT_BAD_INPUT : err->status;
		return -1;
	}
	if (log_tells_record(statistics->malformed++))
		log_failure(err);
	return 0;
}

int stream_read(struct stream *stream, struct stream_input *input, const struct settings *settings,
		struct statistics *statistics, struct error *err)
{
	struct json_slice line = input->next_header;
	int status = LINES_LINE;
	input->next_header = (struct json_slice){NULL, 0};
	size_t first_line = input->lines.number;
	if (!line.text)
		status = lines_next(&input->lines, &line, err);
	for (; status == LINES_LINE || status == LINES_TOO_LONG; status = lines_next(&input->lines, &line, err)) {
		int result = status == LINES_LINE
				 ? take_line(stream, line, settings, statistics, err)
				 : error_set(err, EXIT_BAD_INPUT, "longer than %u MiB", LINES_MAX >> 20);
		if (result == NEXT_SEARCH) {
			input->next_header = line;
			return 1;
		}
		if (result && reject_line(input, settings, statistics, err))
			return -1;
	}
	if (status == LINES_END && stop_signal())
		return error_set(err, EXIT_SIGNAL_BASE + stop_signal(), "ended by a signal");
	if (status == LINES_END && input->lines.number == 0)
		return error_set(err, EXIT_BAD_INPUT,
				 "the input is empty: even a search without files has a header and a summary");
	if (status != LINES_END)
		return -1;
	return has_begun(stream, statistics) || input->lines.number > first_line;
}

int stream_check(const struct stream *stream, const struct settings *settings, const struct statistics *statistics,
		 struct error *err)
{
	const struct record_summary *summary = &stream->summary;
	if (!stream->has_header && !settings->since)
		return error_set(
		    err, EXIT_BAD_INPUT,
		    "the stream has no header: keep it when you filter (jq -c 'select(.type != \"file\" or "
		    "...)'), or say --country, --since and --until");
	if (!stream->has_summary && !settings->partial)
		return error_set(err, EXIT_BAD_INPUT,
				 "the stream has no summary: it was cut, or a filter dropped it (keep it with jq -c "
				 "'select(.type != \"file\" or ...)'); --partial makes a partial report of it");
	if (!stream->has_summary)
		return 0;
	if (!summary->complete && !settings->partial)
		return error_set(err, EXIT_BAD_INPUT,
				 "the search is not complete (%s): --partial makes a partial report of it",
				 summary->error ? summary->error : "no reason is given");
	if (stream->has_header && strcmp(summary->id, stream->search.id) != 0)
		return error_set(err, EXIT_BAD_INPUT, "header and summary are of different searches");
	if (statistics->files > summary->files_emitted)
		return error_set(err, EXIT_BAD_INPUT, "%" PRId64 " files came, but the search gave only %" PRId64,
				 statistics->files, summary->files_emitted);
	return 0;
}

static int compare_risk(const void *left, const void *right)
{
	return ranked_file_compare(left, right);
}

size_t stream_rank(struct stream *stream, int64_t analysed_from)
{
	if (stream->count == 0)
		return 0;
	qsort(stream->index, stream->count, sizeof(*stream->index), compare_risk);
	if (analysed_from == VT_ABSENT)
		return 0;
	struct ranked_file *ordered = xreallocarray(NULL, stream->count, sizeof(*ordered));
	size_t used = 0, late = 0;
	for (int is_late = 0; is_late < 2; is_late++) {
		for (size_t i = 0; i < stream->count; i++) {
			if ((stream->index[i].last_analysis_date >= analysed_from) != is_late)
				continue;
			ordered[used++] = stream->index[i];
			late += (size_t)is_late;
		}
	}
	free(stream->index);
	stream->index = ordered;
	return late;
}

int stream_view(struct stream *stream, const struct ranked_file *file, struct buf *text, struct view *view,
		struct error *err)
{
	buf_clear(text);
	return spool_read(&stream->files, file->offset, file->len, text, err) ||
	       view_read(view, (struct json_slice){text->data, text->len}, err);
}
