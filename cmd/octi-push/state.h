/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connector's state as the platform keeps it (design section 3):
 * {"last_run":"…Z","window_end":{"AU":"…Z"},"revisited":{"AU":"…Z"}}, after
 * a long downtime with "joined_start" and "joined_end" of the same form. Everything else in it is somebody else's and
 * is kept byte for byte. Anything that is not a non-empty JSON object means "no state" (opencti.md section 2.2).
 */
#ifndef STATE_H
#define STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

#define STATE_ABSENT INT64_MIN

enum state_mark {
	STATE_WINDOW_END, /* the end of the last window that was published */
	STATE_REVISITED,  /* the end of the last window that was published again */
	/* The last window that was not of the usual length, missed ones joined: it is looked at again as one, too. */
	STATE_JOINED_START,
	STATE_JOINED_END
};

/* Whether text (NULL allowed) holds a state. */
bool state_exists(const char *text);
/* Whether both mean the same: no state, or equal JSON values. */
bool state_equal(const char *a, const char *b);
/* A country's mark in seconds; STATE_ABSENT when there is none. -1 and err (EXIT_BAD_INPUT) for one that is no time. */
int state_mark(const char *text, enum state_mark mark, const char *country, int64_t *epoch, struct error *err);
/* last_run, or STATE_ABSENT. */
int64_t state_last_run(const char *text);

struct state_change {
	const char *country;
	int64_t last_run;
	int64_t window_end; /* STATE_ABSENT: leave as it is */
	int64_t revisited;  /* STATE_ABSENT: leave as it is */
	bool forget_revisited;
	bool is_joined; /* then these are to be remembered */
	int64_t joined_start, joined_end;
};
/* The state text (NULL allowed) with the change made; heap, caller frees. */
char *state_change(const char *text, const struct state_change *change);

#endif
