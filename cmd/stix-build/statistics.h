/* SPDX-License-Identifier: Apache-2.0 */
/* What the report tells in numbers: bounded, whatever the length of the stream. */
#ifndef STATISTICS_H
#define STATISTICS_H

#include "record.h"
#include "tally.h"
#include "view.h"

#define STATISTICS_TOP 10

/* One of the riskiest files. */
struct top_file {
	struct vt_file facts;
	char name[260];
	char family[64];
};

struct statistics {
	int64_t files; /* records of the stream that were used */
	int64_t published;
	int64_t expanded; /* of the published ones */
	int64_t indicators;
	int64_t malformed; /* lines that were skipped */
	int64_t other_records;
	int64_t late; /* with --again: published, and analysed since the first look */
	struct record_counts severities, categories, families, types;
	struct record_counts left_out; /* related objects by reason */
	struct top_file top[STATISTICS_TOP];
	size_t top_count;
	struct tally hosts;   /* contacted hosts and URLs */
	struct tally dropped; /* dropped files */
	struct tally lures;   /* what the files are called */
};

void statistics_release(struct statistics *statistics);
/* Counts a file of the search; the riskiest are kept. */
void statistics_file(struct statistics *statistics, const struct view *view);
/* Brings what was counted into the order of the report. */
void statistics_sort(struct statistics *statistics);
/* The counts in falling order, at most max of them, into items[max]; how many there are. */
size_t statistics_largest(const struct record_counts *counts, struct record_count *items, size_t max);

#endif
