/* SPDX-License-Identifier: Apache-2.0 */
/* What to search for: the window, the query in VirusTotal's language, and the URL of a page. */
#ifndef SEARCH_H
#define SEARCH_H

#include <stdint.h>

#include "buf.h"
#include "config.h"
#include "error.h"
#include "window.h"

struct search {
	char *country;        /* ISO 3166-1 alpha-2 */
	struct window window; /* first submissions, seconds */
	char *fixed_query;    /* replaces the whole query, or NULL */
	char *submitter;      /* "submitter" or "first_submitter" */
	int64_t min_positives;
	char *extra_query; /* further terms, or NULL */
};

/* What was asked for beside the configuration; each may be NULL. */
struct search_given {
	const char *since, *until;   /* without them: the last full period before now */
	const char *query;           /* instead of ours */
	const char *country;         /* of the run to go on with */
	const struct window *window; /* the same */
};

/* -1 and err: EXIT_USAGE for wrong times or several countries, EXIT_CONFIG for a wrong period or time zone. */
int search_read(struct search *search, const struct config *config, const struct search_given *given, int64_t now,
		struct error *err);
void search_release(struct search *search);

/* Appends the query of a part of the window. */
void search_query(const struct search *search, struct window part, struct buf *out);
/* Appends the path of a page; cursor may be NULL. Oldest first, so that a cut listing can go on from the last seen
 * time. */
void search_path(const struct search *search, struct window part, int page_size, const char *cursor, struct buf *out);

#endif
