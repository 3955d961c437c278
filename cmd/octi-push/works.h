/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The works of one push: opened, watched, and ended as the platform's version allows (opencti.md sections 2.5 to 2.8).
 *
 * platform             works                                   what ends them
 * before 6.5.7         the platform opens one for each push    the workers
 * 6.5.7 to 7.260421    one for each part                       the workers
 * 7.260422 and later   one, multi-part when there are parts    toProcessed, once all is announced
 * splitting platforms  the same                                the workers; toProcessed as soon as all is pushed
 *
 * A bundle of one object is left to the platform on every version: what has to be expected of it differs, and the
 * platform does it right when it opens the work itself.
 */
#ifndef WORKS_H
#define WORKS_H

#include <stdbool.h>
#include <stdint.h>

#include "journal.h"
#include "push.h"
#include "session.h"

enum works_mode { WORKS_OF_PLATFORM, WORKS_FOR_EACH_PART, WORKS_MULTI_PART, WORKS_ANNOUNCED };

struct work {
	char *id;
	uint64_t announced; /* objects that were pushed on it, or, announced before, were confirmed */
	uint64_t promised;  /* of WORKS_ANNOUNCED: what the platform was told to expect */
	bool accepted;      /* every push on it returned true */
	bool settled;       /* the platform has processed it */
	struct journal_entry journal;
	struct platform_work seen;
};

struct works {
	struct session *session;
	const char *name;
	enum works_mode mode;
	struct work *list;
	size_t count;
	/* Of WORKS_OF_PLATFORM: what was there before us, and how many pushes were made. */
	struct works_known {
		char **ids;
		size_t count;
	} known;
	size_t pushes;
	int64_t wait_until_ms; /* 0 before the first wait */
	bool gave_up;          /* the platform took too long once; told */
};

void works_init(struct works *works, struct session *session, const char *name);
void works_release(struct works *works);
/* Decides the mode for a bundle that is pushed in so many parts. */
int works_begin(struct works *works, uint64_t objects, uint64_t parts, struct error *err);
/* The work for the next part, opened when needed; *id is NULL when the platform shall open it. */
int works_for_part(struct works *works, const char **id, struct error *err);
/* The part was accepted with so many objects; is_last when it was the last one. */
int works_part_accepted(struct works *works, uint64_t objects, bool is_last, struct error *err);
/*
 * The protocol amqp: one work, which is told how many objects there will be before the first is sent, on every version;
 * toProcessed ends it when all are confirmed.
 */
int works_announce(struct works *works, uint64_t objects, struct error *err);
const char *works_announced_id(const struct works *works);
/* So many more are in the queue. */
void works_announced_confirmed(struct works *works, uint64_t objects);
/* Nothing was pushed yet, and it turns out that there will be several parts: begins again. */
int works_restart(struct works *works, uint64_t objects, uint64_t parts, struct error *err);
/*
 * Waits until the platform has processed all that was pushed; at most push_wait in all of a push, then with one
 * warning. Pings meanwhile.
 */
int works_wait(struct works *works, struct error *err);
/* After the last part: ends what we have to end, or leaves it to the next process. */
void works_finish(struct works *works);
/* After a failure: closes what is open, in error, with why as the message. Failures of this are only logged. */
void works_fail(struct works *works, const char *why);
/* Looks for a moment whether the platform is through already, and fills what it told. */
void works_look(struct works *works, struct push_result *result);

#endif
