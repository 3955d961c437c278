/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bundle on its way out. Objects must come in dependency order over the whole bundle (opencti.md section 4.6), but
 * are met file by file: what has to wait goes into temporary files, so that only ids are kept in memory. Every object
 * is written once, and a relationship only when both its ends are.
 */
#ifndef BUNDLE_H
#define BUNDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "id-set.h"
#include "out.h"
#include "pretty.h"
#include "spool.h"

/* In the order of writing; those up to BUNDLE_FILE go out at once, the others wait for bundle_drain. */
enum bundle_class {
	BUNDLE_FIRST,
	BUNDLE_FILE,
	BUNDLE_RELATED,
	BUNDLE_INDICATOR,
	BUNDLE_RELATIONSHIP,
	BUNDLE_CLASS_COUNT
};

struct bundle {
	struct out *out;
	const char *id;
	bool is_pretty;
	struct pretty pretty;
	uint64_t object_count;
	struct id_set written; /* ids of what went out at once; until bundle_drain */
	struct id_set waiting; /* ids of what is spooled; until bundle_drain */
	struct id_set dropped; /* relationships that lack an end */
	struct spool spools[BUNDLE_CLASS_COUNT];
	struct spool *refs; /* the report in work: ids for its object_refs, a line each, repeated ones too */
	struct error err;   /* the first failure; everything after it does nothing */
	bool failed;
};

/* id is the bundle's own and must outlive it. */
void bundle_init(struct bundle *bundle, struct out *out, const char *id, bool is_pretty);
void bundle_release(struct bundle *bundle);

/*
 * Puts an object's text. in_report: its id belongs into the report. source and target are the ends of a relationship or
 * what an indicator is about; NULL otherwise. An object of an id that was put before is left out.
 */
void bundle_put(struct bundle *bundle, enum bundle_class object_class, const char *id, const char *text, size_t len,
		bool in_report, const char *source, const char *target);
/* Whether an object of the id was put already. */
bool bundle_has(const struct bundle *bundle, const char *id);
/* Puts an id into the report in work. */
void bundle_refer(struct bundle *bundle, const char *id);
/* Writes what waits. After it no object but reports and notes can be put. */
void bundle_drain(struct bundle *bundle);
/* Ends the bundle; one without objects has no such member. 0, or -1 with the first failure. */
int bundle_close(struct bundle *bundle, struct error *err);

/* For the report, which is written in pieces. */
void bundle_begin_object(struct bundle *bundle);
void bundle_write(struct bundle *bundle, const char *text, size_t len);

#endif
