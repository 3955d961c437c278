/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Works that cannot stick, and whose outcome is told: each work that we opened has a small file in state_dir/works,
 * locked by the process that opened it and removed when the work is complete. A file that nobody holds is what an
 * earlier process left, and the next one goes on with it (journal-recover.c). Without a writable directory there is no
 * journal, which is no failure.
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

/* What is left to do when the process that opened the work is gone. */
enum journal_stage {
	/*
	 * To end it in error. Of what was announced but not accepted nobody knows how much was sent: as soon as the
	 * queue is empty, what was processed is all.
	 */
	JOURNAL_OPEN,
	/* All was accepted: to end it as soon as the platform expects the announced number of objects. */
	JOURNAL_ACCEPTED,
	/* The workers end it: to tell what the platform could not take. */
	JOURNAL_ENDED,
	JOURNAL_STAGES
};

/* Notes the work at its first stage; promised is what is announced on it before anything is pushed, 0 for nothing. */
struct journal_entry journal_open(const struct push_settings *settings, const char *work_id, enum journal_stage stage,
				  uint64_t promised);
/* The work has come to this stage; announced is how many objects were accepted on it. */
void journal_note(struct journal_entry *entry, const struct push_settings *settings, const char *work_id,
		  enum journal_stage stage, uint64_t announced);
/* This process does no more for the work; the next one does, as the stage says. */
void journal_leave(struct journal_entry *entry);
/* The work needs nobody's care any more. */
void journal_close(struct journal_entry *entry);
/*
 * Goes on with what earlier processes of this connector left on this platform: tells what became of works that are
 * complete now, and ends what stuck. Failures are only logged.
 */
void journal_recover(struct platform *platform);

#endif
