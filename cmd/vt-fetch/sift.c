/* SPDX-License-Identifier: Apache-2.0 */
#include "sift.h"

#include <inttypes.h>

#include "log.h"

#define NEVER INT64_MIN

void sift_init(struct sift *sift, struct window window, const struct vt_filter *filter, const struct resume *resume,
	       struct out *out, struct summary *summary)
{
	*sift = (struct sift){.window = window,
			      .filter = filter,
			      .out = out,
			      .summary = summary,
			      .had_before = resume ? resume->so_far.reached : NEVER,
			      .is_first = true,
			      .is_sorted = true,
			      .newest = NEVER};
	id_set_init(&sift->seen);
	if (!resume)
		return;
	id_set_add_all(&sift->seen, &resume->known);
	buf_add(&summary->reached_ids, resume->so_far.reached_ids.data, resume->so_far.reached_ids.len);
	sift->newest = sift->had_before;
}

void sift_release(struct sift *sift)
{
	id_set_release(&sift->seen);
}

void sift_begin(struct sift *sift)
{
	sift->newest = NEVER;
	sift->new_files = 0;
	sift->is_first = false;
}

static void reject(struct sift *sift, const char *reason)
{
	record_counts_add(&sift->summary->rejected, reason, 1);
}

static void malformed(struct sift *sift, const char *what)
{
	if (!sift->is_first)
		return;
	sift->summary->files_seen++;
	if (log_tells_record(sift->summary->malformed++))
		log_warning("file %" PRId64 " of the search is left out: %s", sift->summary->files_seen, what);
	reject(sift, "malformed");
}

/* The ids of the newest second are kept for a run that goes on from there. */
static void note_time(struct sift *sift, const struct vt_file *file, bool is_new)
{
	int64_t first = file->first_submission_date;
	if (first == VT_ABSENT)
		return;
	if (first < sift->newest)
		sift->is_sorted = false;
	if (first > sift->newest) {
		sift->newest = first;
		buf_clear(&sift->summary->reached_ids);
	}
	if (first == sift->newest && is_new)
		buf_add(&sift->summary->reached_ids, file->sha256, SUMMARY_ID_LEN);
}

/* True when the object's record is to stay in the output. */
static bool is_wanted(struct sift *sift, struct json_slice object)
{
	struct vt_file file;
	struct error err;
	struct json_slice type;
	if (!json_member(object, "type", &type) || !json_string_is(type, "file")) {
		malformed(sift, "it is no object of type \"file\"");
		return false;
	}
	if (vt_file_read(object, &file, &err)) {
		malformed(sift, err.text);
		return false;
	}
	int64_t first = file.first_submission_date;
	if (first != VT_ABSENT && first < sift->had_before)
		return false;
	bool is_new = id_set_add(&sift->seen, id_key_of(file.sha256, 64));
	note_time(sift, &file, is_new);
	if (!is_new)
		return false;
	sift->new_files++;
	sift->summary->files_seen++;
	if (first != VT_ABSENT && (first < sift->window.start || first >= sift->window.end)) {
		reject(sift, "out_of_window");
		return false;
	}
	enum vt_rejection rejection = vt_filter_judge(sift->filter, &file);
	if (rejection != VT_KEEP) {
		reject(sift, vt_rejection_name(rejection));
		return false;
	}
	sift->summary->files_emitted++;
	record_counts_add(&sift->summary->severities, vt_severity_name(file.severity), 1);
	return true;
}

void sift_take(struct sift *sift, struct json_slice object)
{
	/* The record is made first, and looked into afterwards: it has but half the bytes of the indented object. */
	struct buf *buf = &sift->out->buf;
	size_t before = buf->len;
	json_compact(object, buf);
	struct json_slice record = {buf->data + before, buf->len - before};
	if (is_wanted(sift, record))
		out_put(sift->out, "\n", 1);
	else
		buf_truncate(buf, before);
}

int64_t sift_go_on_from(const struct sift *sift)
{
	int64_t from = sift->window.start;
	if (sift->had_before > from)
		from = sift->had_before;
	if (sift->is_sorted && sift->newest > from)
		from = sift->newest;
	return from < sift->window.end ? from : sift->window.end;
}

int64_t sift_end_of_listed(const struct sift *sift)
{
	bool is_known = sift->is_sorted && sift->newest != NEVER && sift->newest < sift->window.end;
	return is_known ? sift->newest + 1 : sift->window.end;
}

void sift_note_reached(struct sift *sift)
{
	/* A later listing looks for what the first one missed: where it stands says nothing. */
	sift->summary->can_go_on = sift->is_first && sift->is_sorted;
	sift->summary->reached = sift_go_on_from(sift);
}
