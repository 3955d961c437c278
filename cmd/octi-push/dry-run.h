/* SPDX-License-Identifier: Apache-2.0 */
/* octi-push -n: what a push would be, as a table, and what the platform would say to it. Changes nothing. */
#ifndef DRY_RUN_H
#define DRY_RUN_H

#include "bundle-spool.h"
#include "error.h"
#include "out.h"
#include "part.h"
#include "platform.h"

struct dry_run {
	struct bundle_spool *bundle;
	struct part_limits limits;
	bool by_message;           /* amqp: every object is a part of its own */
	struct platform *platform; /* NULL: no platform is asked */
	/* Filled. */
	uint64_t refused, foreign_ids, unknown_markings;
	uint64_t asked, known, changed; /* of the platform */
};

/* Looks at every object, and puts the table. */
int dry_run_tell(struct dry_run *dry_run, struct out *out, struct error *err);

#endif
