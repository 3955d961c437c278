/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of one search, read to their end before anything is written: a stream without a good end never becomes a
 * bundle. File records wait in a temporary file; in memory are the ranks of those that will be published. Several
 * searches may follow each other in one input.
 */
#ifndef STREAM_H
#define STREAM_H

#include "cluster.h"
#include "id-set.h"
#include "json-lines.h"
#include "record.h"
#include "settings.h"
#include "spool.h"
#include "statistics.h"

/* The input, and the header of the next search when it was met while reading the one before. */
struct stream_input {
	struct lines lines;
	struct json_slice next_header;
};

struct stream {
	struct spool files;
	struct spool csv;          /* a row for every file, without the heading */
	struct ranked_file *index; /* of the files to publish; a heap with the least risky first until stream_rank */
	size_t count, cap;
	struct id_set seen;
	struct clusters clusters;
	bool has_header, has_summary;
	struct record_search search;
	struct record_summary summary;
	char *summary_text; /* what the summary's slices borrow from */
};

void stream_init(struct stream *stream);
void stream_release(struct stream *stream);
/*
 * Reads one search. Bad lines are told, counted in statistics and skipped (with settings->strict the first one ends
 * it). 1 when there was something, 0 at the end of the input; -1 and err for what makes the stream unusable.
 */
int stream_read(struct stream *stream, struct stream_input *input, const struct settings *settings,
		struct statistics *statistics, struct error *err);
/* Whether header and summary allow a report (design section 2); -1 and err, which names the way out. */
int stream_check(const struct stream *stream, const struct settings *settings, const struct statistics *statistics,
		 struct error *err);
/*
 * Brings the index into order, the riskiest first. With a time, the files that were analysed from then on come after
 * the others (VT_ABSENT: no time); the number of these is returned.
 */
size_t stream_rank(struct stream *stream, int64_t analysed_from);
/* Reads a kept file's record again. text holds what view borrows from. */
int stream_view(struct stream *stream, const struct ranked_file *file, struct buf *text, struct view *view,
		struct error *err);

#endif
