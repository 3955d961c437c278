/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moving the state on after a window was published, and only when that neither loses nor repeats a window silently
 * (design section 3): the stored end must be the window's start, or absent as it was when the window was planned.
 */
#ifndef COMMIT_H
#define COMMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "session.h"

struct commit_window {
	char country[4];
	int64_t start, end;
	bool again; /* it is the other watermark that moves */
};

/* "COUNTRY/START/END" or "COUNTRY/START/END/again". -1 and err (EXIT_USAGE). */
int commit_parse(const char *text, struct commit_window *window, struct error *err);
/* The same text again; heap. */
char *commit_format(const struct commit_window *window);

/*
 * Whether the window may be committed to the state (NULL allowed). planned_absent: the country had no end when the
 * window was planned. When not, reason (static or in buffer) says why. -1 and err for a state that cannot be read.
 */
int commit_allowed(const char *state, const struct commit_window *window, bool planned_absent, bool *allowed,
		   char *reason, size_t reason_size, struct error *err);

/*
 * Reads the state, decides, and stores the new one. 0 also when the state does not move, which the log tells; *moved
 * says which.
 */
int commit_window(struct session *session, const struct commit_window *window, bool planned_absent, bool *moved,
		  struct error *err);

/*
 * What --due saw is kept in the state directory, so that a window which is pushed hours later is judged by the state it
 * was planned on. Without such a note (another machine, no directory) the fallback stands.
 */
void commit_note_plan(const struct push_settings *settings, const char *state);
bool commit_planned_absent(const struct push_settings *settings, const char *country, bool fallback);

#endif
