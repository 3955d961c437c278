/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going on with a run that was cut, from the file that holds its stream, or only its summary. What comes out is that
 * file with the rest of the files in front of a new summary; so the file's own records are copied first.
 */
#ifndef RESUME_H
#define RESUME_H

#include "id-set.h"
#include "out.h"
#include "search.h"
#include "summary.h"

struct resume {
	const char *path;
	int fd;
	char *country;
	struct window window;
	char *query; /* what was asked */
	char *id;    /* of the search */
	bool has_header;
	size_t copied_lines; /* that stand before the summary */
	bool is_complete;    /* nothing is left to fetch */
	struct summary so_far;
	char *summary_text;  /* as it stands there */
	struct id_set known; /* files of the file, and those of the second that was reached */
};

/*
 * Reads the file. -1 and err: EXIT_BAD_INPUT when it is no stream of vt-fetch or cannot be gone on with, EXIT_IO when
 * it cannot be read. To be released in any case.
 */
int resume_open(struct resume *resume, const char *path, struct error *err);
/* -1 and err (EXIT_BAD_INPUT) when another search would be made now. */
int resume_check_query(const struct resume *resume, const struct search *search, struct error *err);
/* Writes what stands before the summary, blocking. EXIT_IO. */
int resume_copy(const struct resume *resume, struct out *out, struct error *err);
void resume_release(struct resume *resume);

#endif
