/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One search, streamed: the next page is asked for, at most one ahead, while the last one is being written; files are
 * filtered and go to the output as VirusTotal sent them. Knows nothing of options and exit.
 *
 * In memory are at most two pages (the one being written and the one that comes), one record, and a key of each file.
 */
#ifndef FETCH_H
#define FETCH_H

#include "allowance.h"
#include "out.h"
#include "resume.h"
#include "search.h"
#include "summary.h"
#include "vt-api.h"
#include "vt-file.h"

struct fetch_options {
	int page_size; /* 1 to VT_SEARCH_LIMIT_MAX */
	struct vt_filter filter;
	struct allowance allowance;
	int64_t now;                 /* seconds, by our own clock */
	const struct resume *resume; /* the run to go on with, or NULL */
	bool shows_progress;
};

/*
 * Fetches the whole window, or the rest of it. 0 when every page was had and written into out (which may still hold
 * bytes); -1 and err when not: summary then tells how far it came. err->status is 128 + signal after a signal. summary
 * is initialised by the caller.
 */
int fetch_run(struct vt_api *api, const struct search *search, const struct fetch_options *options, struct out *out,
	      struct summary *summary, struct error *err);

#endif
