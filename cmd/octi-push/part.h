/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cutting a bundle into parts that fit a request. Parts are runs of the bundle's dependency order, so each reference of
 * a part resolves within it or in an earlier one; the containers at the end (the report) have parts of their own.
 */
#ifndef PART_H
#define PART_H

#include <stdbool.h>
#include <stdint.h>

#include "bundle-spool.h"
#include "platform.h"

struct part_limits {
	uint64_t body_max; /* bytes of a request */
	uint64_t objects_max;
};

struct part {
	uint64_t first;
	uint64_t count; /* of the bundle's objects; at least 1 */
	/*
	 * A part of one object is given the bundle's first one (a marking or the author) as company: what a platform
	 * expects of a bundle of one object differs from version to version (opencti.md section 2.8).
	 */
	bool company;
};

/*
 * The part that begins at first. An object that is over the limit alone makes a part of its own: only the platform
 * knows whether it takes it. The first part has two objects at least, if the bundle has so many.
 */
int part_cut(struct bundle_spool *bundle, uint64_t first, const struct part_limits *limits, struct part *part,
	     struct error *err);
/* How many parts the bundle makes. */
int part_count(struct bundle_spool *bundle, const struct part_limits *limits, uint64_t *parts, struct error *err);

/*
 * Appends the part's bundle to the body of a push. each is told every object (in JSON text) on the way and may refuse
 * with -1.
 */
int part_write(struct bundle_spool *bundle, const struct part *part, struct buf *body,
	       int (*each)(void *data, struct json_slice object, struct error *err), void *data, struct error *err);

#endif
