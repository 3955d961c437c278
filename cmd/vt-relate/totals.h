/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the stream has after vt-relate, found now or before, and the part of the summary that says so (vt-record(5)): a
 * second run over its own output changes nothing.
 */
#ifndef TOTALS_H
#define TOTALS_H

#include "asking.h"
#include "expansion.h"

struct totals {
	int64_t files_expanded;
	int64_t files_failed; /* something was asked for in vain */
	int64_t not_asked;    /* asking ended before they were done */
	int64_t not_chosen;   /* beyond expand_max */
	int64_t malformed;
	int64_t cache_hits;
	int64_t related_kept;
	struct record_counts related_rejected;
};

void totals_release(struct totals *totals);
/* Counts an expansion that is done. */
void totals_add(struct totals *totals, const struct expansion *expansion);
/* Appends the summary's record with the member "relate" in its attributes, in place of an older one. */
void totals_write_summary(const struct totals *totals, const struct asking *asking, struct json_slice summary,
			  struct buf *out);

#endif
