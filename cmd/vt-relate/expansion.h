/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file's relationships: what is asked for it, and in which order. First those that are known to have something in
 * them; for the others one request of the object, with the descriptors of all, tells which are worth a request of their
 * own (virustotal.md section 4).
 */
#ifndef EXPANSION_H
#define EXPANSION_H

#include "asking.h"
#include "record.h"
#include "relation.h"

struct expansion {
	struct asking *asking;
	struct record record; /* its slices are the caller's, who keeps them until expansion_free */
	char id[65];
	struct relation *relations; /* those that the record does not have yet */
	size_t count;
	struct asking_call plan_call;
	struct asking_call *calls; /* one for each relation */
	bool is_abandoned;         /* asking ended before all was answered */
	bool is_untouched;         /* and before anything was: the record passes as it is */
};

/* In requests, without retries. */
struct expansion_cost {
	/* Taken for likely: all relationships that VirusTotal says have detections are worth a request, and every
	 * second of the others. */
	int64_t expected_halves;
	int64_t at_most;
};

/* What the file record lacks, answered by the cache as far as that goes. Never NULL. */
struct expansion *expansion_new(struct asking *asking, const struct record *record, const struct vt_file *file);
void expansion_free(struct expansion *expansion);
/* Begins to ask for the rest; nothing is left to ask when it is done already. */
void expansion_start(struct expansion *expansion);
bool expansion_is_done(const struct expansion *expansion);
/* Adds what expansion_start would cost. */
void expansion_add_cost(const struct expansion *expansion, struct expansion_cost *cost);
/* Gives up what is not answered yet. Only when none of its requests is under way any more. */
void expansion_abandon(struct expansion *expansion);
/* Whether something was asked for in vain, other than what VirusTotal does not know. */
bool expansion_has_failed(const struct expansion *expansion);
/* Whether the relationship of this name (a string slice) is asked for here, in place of what the record has. */
bool expansion_replaces(const struct expansion *expansion, struct json_slice name);
/* Tells, with --explain, what was left out. */
void expansion_explain(const struct expansion *expansion);
/* Appends the record with its relationships, without newline. */
void expansion_write(const struct expansion *expansion, struct buf *out);

#endif
