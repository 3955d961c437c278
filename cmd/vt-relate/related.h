/* SPDX-License-Identifier: Apache-2.0 */
/* One related object: whether it is worth keeping, and its rank among the others of its relationship. */
#ifndef RELATED_H
#define RELATED_H

#include "relate-settings.h"

struct related {
	char *text; /* compact JSON, heap */
	size_t len;
	int severity;
	int score;
	int64_t positives;
	char *id;
};

/*
 * Decides about an object of the file's relationship to the given target. NULL when it is kept: *related is then
 * filled. Else the reason, as it is counted in meta.rejected.
 */
const char *related_read(struct related *related, const struct relate_settings *settings, enum vt_link_target target,
			 const char *file_id, struct json_slice object);
/* The reason that an object is left out for, as far as its type and id (a URL's text) tell; NULL when they do not. */
const char *related_reject_by_id(const struct relate_settings *settings, enum vt_link_target target,
				 const char *file_id, struct json_slice object);
/* The object's id, heap; NULL when there is none. */
char *related_id(struct json_slice object);
/* <0 when a comes first: severity, score, detections, then id, so that the order is total. */
int related_compare(const struct related *a, const struct related *b);
void related_release(struct related *related);

#endif
