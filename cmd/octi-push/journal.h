/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Works that cannot stick: each open work has a small file in state_dir/works, locked by the process that opened it and
 * removed when its push was accepted or the work was closed. A file that nobody holds is what a killed process left,
 * and its work is closed at the next start. Without a writable directory there is no journal, which is no failure.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "platform.h"
#include "push-settings.h"

struct journal_entry {
	int fd; /* -1: none */
	char *path;
};

#define JOURNAL_NONE ((struct journal_entry){-1, NULL})

/* Notes that the work was opened; promised is what is announced on it before anything is pushed, 0 for nothing. */
struct journal_entry journal_open(const struct push_settings *settings, const char *work_id, uint64_t promised);
/* The work needs nobody's care any more. */
void journal_close(struct journal_entry *entry);
/*
 * This process can do no more for the work, the next one shall end it: in error, or, when everything was accepted, as
 * soon as the platform expects the announced number of objects. Of what was announced but not accepted nobody knows how
 * much was sent: as soon as the queue is empty, what was processed is all.
 */
void journal_leave(struct journal_entry *entry, const struct push_settings *settings, const char *work_id,
		   bool accepted, uint64_t announced);
/* Ends what earlier processes of this connector left open on this platform. Failures are only logged. */
void journal_recover(struct platform *platform);

#endif
