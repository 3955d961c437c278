/* SPDX-License-Identifier: Apache-2.0 */
#include "resume.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exit-codes.h"
#include "json-lines.h"
#include "stop.h"
#include "timestamp.h"
#include "xalloc.h"

#define ANEW "fetch the window anew"

static int refuse(struct error *err, const char *what)
{
	return error_set(err, EXIT_BAD_INPUT, "%s", what);
}

/* COUNTRY/START/END. */
static int read_id(struct resume *resume, struct error *err)
{
	char *copy = xstrdup(resume->id), *rest = copy;
	const char *country = strsep(&rest, "/"), *start = strsep(&rest, "/"), *end = rest;
	int failed = !country || !start || !end || timestamp_parse(start, &resume->window.start, NULL) ||
		     timestamp_parse(end, &resume->window.end, NULL) || resume->window.start >= resume->window.end;
	if (failed)
		error_set(err, EXIT_BAD_INPUT, "\"%s\" is no search of vt-fetch's", resume->id);
	else
		resume->country = xstrdup(country);
	free(copy);
	return failed ? -1 : 0;
}

static void read_counts(struct json_slice object, struct record_counts *counts)
{
	struct json_iter iter;
	struct json_slice key, value;
	int64_t number;
	json_iter_init(&iter, object);
	while (json_iter_next(&iter, &key, &value)) {
		char *name = json_string_dup(key);
		if (name && json_int64(value, &number) && number >= 0)
			record_counts_add(counts, name, number);
		free(name);
	}
}

static int read_reached(struct resume *resume, struct json_slice reached, struct json_slice ids, struct error *err)
{
	struct json_iter iter;
	struct json_slice id;
	char *text = json_string_dup(reached);
	int failed = !text || timestamp_parse(text, &resume->so_far.reached, NULL);
	free(text);
	if (failed || json_type_of(ids) != JSON_ARRAY)
		return refuse(err, "its summary does not say how far it came: " ANEW);
	json_iter_init(&iter, ids);
	while (json_iter_next(&iter, NULL, &id)) {
		if (json_type_of(id) != JSON_STRING || id.len != SUMMARY_ID_LEN + 2)
			return refuse(err, "its summary's \"reached_ids\" are no ids of files");
		id_set_add(&resume->known, id_key_of(id.text + 1, SUMMARY_ID_LEN));
		buf_add(&resume->so_far.reached_ids, id.text + 1, SUMMARY_ID_LEN);
	}
	resume->so_far.can_go_on = true;
	return 0;
}

static int read_summary(struct resume *resume, const char *text, struct error *err)
{
	static const char *const keys[] = {"reached", "reached_ids", "files_by_severity", "query"};
	struct json_slice line = {text, strlen(text)}, values[4];
	struct record record;
	struct record_summary summary;
	if (record_read(line, &record, err) || record_summary_read(&record, &summary, err))
		return -1;
	resume->id = xstrdup(summary.id);
	resume->is_complete = summary.complete;
	resume->so_far.total_hits = summary.total_hits;
	resume->so_far.files_seen = summary.files_seen;
	resume->so_far.files_emitted = summary.files_emitted;
	resume->so_far.requests = summary.requests;
	bool has_relate = summary.has_relate;
	json_members(record.attributes, keys, values, 4);
	read_counts(summary.files_rejected, &resume->so_far.rejected);
	read_counts(values[2], &resume->so_far.severities);
	record_summary_release(&summary);
	if (has_relate)
		return refuse(err, "it is vt-relate's output: go on with vt-fetch's own");
	if (read_id(resume, err))
		return -1;
	if (resume->is_complete)
		return 0;
	resume->query = json_string_dup(values[3]);
	return read_reached(resume, values[0], values[1], err);
}

static int take_line(struct resume *resume, struct json_slice line, char **header_id, struct error *err)
{
	struct record record;
	if (record_read(line, &record, err))
		return -1;
	if (resume->summary_text)
		return refuse(err, "a record after the summary");
	if (record.kind == RECORD_SUMMARY) {
		resume->summary_text = xstrndup(line.text, line.len);
		return 0;
	}
	if (record.kind == RECORD_SEARCH && !resume->has_header) {
		resume->has_header = true;
		*header_id = json_string_dup(record.id);
	} else if (record.kind == RECORD_FILE && json_type_of(record.id) == JSON_STRING) {
		id_set_add(&resume->known, id_key_of(record.id.text + 1, record.id.len - 2));
	}
	resume->copied_lines++;
	return 0;
}

static int read_all(struct resume *resume, char **header_id, struct error *err)
{
	struct lines lines;
	struct json_slice line;
	int status;
	lines_init(&lines, resume->fd);
	while ((status = lines_next(&lines, &line, err)) == LINES_LINE || status == LINES_TOO_LONG) {
		if (status == LINES_TOO_LONG)
			status = refuse(err, "too long");
		else
			status = take_line(resume, line, header_id, err);
		if (status) {
			error_prefix(err, "line %zu", lines.number);
			break;
		}
	}
	lines_release(&lines);
	return status < 0 ? -1 : 0;
}

static int check_all(struct resume *resume, const char *header_id, struct error *err)
{
	if (stop_signal())
		return error_set(err, EXIT_SIGNAL_BASE + stop_signal(), "ended by a signal");
	if (!resume->summary_text)
		return refuse(err, "it has no summary, as after a run that was killed: " ANEW);
	if (read_summary(resume, resume->summary_text, err))
		return -1;
	if (resume->has_header && (!header_id || strcmp(header_id, resume->id) != 0))
		return refuse(err, "header and summary are of different searches");
	if (!resume->has_header && resume->copied_lines)
		return refuse(err, "it has files but no header: keep it when you filter");
	return 0;
}

int resume_open(struct resume *resume, const char *path, struct error *err)
{
	char *header_id = NULL;
	*resume = (struct resume){.path = path};
	summary_init(&resume->so_far);
	id_set_init(&resume->known);
	resume->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (resume->fd < 0)
		return error_set_errno(err, EXIT_IO, "cannot open \"%s\"", path);
	int failed = read_all(resume, &header_id, err) || check_all(resume, header_id, err);
	if (failed)
		error_prefix(err, "\"%s\"", path);
	free(header_id);
	return failed ? -1 : 0;
}

int resume_check_query(const struct resume *resume, const struct search *search, struct error *err)
{
	struct buf query;
	buf_init(&query, BUF_UNBOUNDED);
	search_query(search, search->window, &query);
	bool is_same = !resume->query || strcmp(resume->query, query.data) == 0;
	if (!is_same)
		error_set(err, EXIT_BAD_INPUT, "\"%s\": the search was \"%s\" and would be \"%s\" now: " ANEW,
			  resume->path, resume->query, query.data);
	buf_release(&query);
	return is_same ? 0 : -1;
}

int resume_copy(const struct resume *resume, struct out *out, struct error *err)
{
	struct lines lines;
	struct json_slice line;
	int status = 0;
	if (resume->copied_lines == 0)
		return 0;
	if (lseek(resume->fd, 0, SEEK_SET) != 0)
		return error_set_errno(err, EXIT_IO, "\"%s\" has to be read twice", resume->path);
	lines_init(&lines, resume->fd);
	for (size_t left = resume->copied_lines; left && !status; left--) {
		int got = lines_next(&lines, &line, err);
		if (got != LINES_LINE)
			status = got == -1 ? -1 : error_set(err, EXIT_IO, "\"%s\" has changed", resume->path);
		else
			out_put_line(out, line.text, line.len);
		if (!status)
			status = out_flush(out, err);
	}
	lines_release(&lines);
	return status;
}

void resume_release(struct resume *resume)
{
	if (resume->fd >= 0)
		close(resume->fd);
	free(resume->country);
	free(resume->query);
	free(resume->id);
	free(resume->summary_text);
	summary_release(&resume->so_far);
	id_set_release(&resume->known);
	*resume = (struct resume){.fd = -1};
}
