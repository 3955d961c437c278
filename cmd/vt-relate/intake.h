/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes in: the lines of the stream, checked, and for each what is to become of it. When only the riskiest
 * expand_max files are expanded, the whole stream is needed before the first can be known: it then waits in a temporary
 * file.
 */
#ifndef INTAKE_H
#define INTAKE_H

#include "json-lines.h"
#include "relate-settings.h"
#include "spool.h"

enum intake_kind { INTAKE_PASS, INTAKE_EXPAND, INTAKE_SUMMARY };

struct intake_choice; /* a file that may be expanded, with its rank */

struct intake {
	const struct relate_settings *settings;
	struct lines lines;
	struct spool spool;
	bool is_spooled;
	uint64_t line_count;           /* of the spool, given so far */
	struct intake_choice *choices; /* at most expand_max: a heap while choosing, then in the stream's order */
	size_t choice_count, choice_at;
	int64_t not_chosen;
	int64_t malformed;
	bool ends_with_summary;
};

void intake_init(struct intake *intake, const struct relate_settings *settings, int fd);
void intake_release(struct intake *intake);
/* Reads the whole stream, when that is needed to choose; before the first intake_take. -1 and err. */
int intake_choose(struct intake *intake, struct error *err);
/*
 * The next line, borrowed until the next call. LINES_MORE: intake_read is due. -1 and err (EXIT_BAD_INPUT) for a
 * malformed line with --strict; without, malformed lines are told, counted and skipped.
 */
int intake_take(struct intake *intake, struct json_slice *line, enum intake_kind *kind, struct error *err);
/* What to poll for reading while intake_take says LINES_MORE. */
int intake_fd(const struct intake *intake);
int intake_read(struct intake *intake, struct error *err);

#endif
