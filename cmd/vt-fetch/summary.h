/* SPDX-License-Identifier: Apache-2.0 */
/* What a search came to: the last record of the stream, and how a later run goes on where this one was cut. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "record.h"
#include "vt-file.h"

#define SUMMARY_ID_LEN 64

struct summary {
	int64_t total_hits; /* of the whole window, as told last; -1: not told */
	int64_t files_seen;
	int64_t files_emitted;
	int64_t requests;
	int64_t malformed; /* elements that were no usable file objects */
	struct record_counts rejected;
	struct record_counts severities; /* of the emitted files */
	/* Of a cut run: all files first submitted before reached were seen, and in that very second those of the ids.
	 */
	bool can_go_on;
	int64_t reached;
	struct buf reached_ids; /* SUMMARY_ID_LEN hex digits each */
};

void summary_init(struct summary *summary);
void summary_release(struct summary *summary);
/* Counts on from what an earlier run has. */
void summary_begin_with(struct summary *summary, const struct summary *so_far);
/* Appends the summary's line, without newline; err is NULL for a complete run. query is what was asked. */
void summary_write(const struct summary *summary, const char *id, const char *query, const struct error *err,
		   struct buf *out);

#endif
