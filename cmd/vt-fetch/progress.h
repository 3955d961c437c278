/* SPDX-License-Identifier: Apache-2.0 */
/* One line about how far a search is, for who looks on at a terminal. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "allowance.h"
#include "summary.h"

struct progress {
	bool is_shown;
	const struct allowance *allowance;
	int64_t began_ms, shown_ms, seen_before;
	int64_t pages;
};

void progress_init(struct progress *progress, bool is_shown, const struct allowance *allowance, int64_t seen_before);
/* A page is done. */
void progress_page(struct progress *progress);
/* Shows the line anew, not more often than an eye can follow. requests: how many of the allowance are spent. */
void progress_show(struct progress *progress, const struct summary *summary, uint64_t requests);
void progress_end(struct progress *progress);

#endif
