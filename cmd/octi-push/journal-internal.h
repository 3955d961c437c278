/* SPDX-License-Identifier: Apache-2.0 */
/* Between journal.c and journal-recover.c: an entry's file. */
#ifndef JOURNAL_INTERNAL_H
#define JOURNAL_INTERNAL_H

#include <cjson/cJSON.h>

#include "journal.h"

struct journal_text {
	const char *work_id;
	enum journal_stage stage;
	int64_t announced;
	int64_t
	    processed; /* when it was last looked at; a change of it writes the file, whose time then is the change's */
};

/* Replaces the file's text; false when that failed. */
bool journal_write(int fd, const struct push_settings *settings, const struct journal_text *text);
/*
 * The file's tree (the caller frees), in which text->work_id lies; NULL when it is not of one of this connector's works
 * on this platform.
 */
cJSON *journal_read(int fd, const struct push_settings *settings, struct journal_text *text);

#endif
