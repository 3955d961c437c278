/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of each file of a listing: left out, met already, or written; and how far in time the listing came. A
 * file is counted and written once, however often and in whatever order the service lists it.
 */
#ifndef SIFT_H
#define SIFT_H

#include "id-set.h"
#include "out.h"
#include "resume.h"
#include "summary.h"
#include "vt-file.h"
#include "window.h"

struct sift {
	struct window window;
	const struct vt_filter *filter;
	struct out *out;
	struct summary *summary;
	struct id_set seen;
	int64_t
	    had_before; /* files of an earlier time were had by the run that this one goes on with; INT64_MIN: none */
	int64_t new_files; /* met for the first time since the listing began */
	bool is_first;     /* of the listings: what is malformed there counts */
	bool is_sorted;    /* so far no file came after a newer one */
	int64_t newest;    /* first submission; INT64_MIN: none yet */
};

/* resume may be NULL; else summary begins with what it has, and its ids are taken over. */
void sift_init(struct sift *sift, struct window window, const struct vt_filter *filter, const struct resume *resume,
	       struct out *out, struct summary *summary);
void sift_release(struct sift *sift);
/* A new listing of the window begins. */
void sift_begin(struct sift *sift);
void sift_take(struct sift *sift, struct json_slice object);
/* From where on a listing has to go on so that nothing is missed. */
int64_t sift_go_on_from(const struct sift *sift);
/* Before which time everything was listed that will be listed; the window's end when that is not known. */
int64_t sift_end_of_listed(const struct sift *sift);
/* Tells the summary how far the listing came. */
void sift_note_reached(struct sift *sift);

#endif
