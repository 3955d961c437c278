/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bringing a whole bundle to the platform, by one of its queue protocols. A protocol sends everything, opens works as
 * the platform's version allows, and sees to it that they end whatever happens.
 */
#ifndef PUSH_H
#define PUSH_H

#include <stdbool.h>
#include <stdint.h>

#include "bundle-spool.h"
#include "error.h"
#include "session.h"

/* What a push came to, for the line that people read. */
struct push_result {
	uint64_t objects, parts;
	const char *part;  /* what a part is called: static */
	char work_id[160]; /* of the last work that we opened; "" when the platform opened it */
	size_t works;      /* that we opened */
	char status[16];   /* of them all: "complete" or "progress"; "" when it is not known */
	int64_t expected, processed;
	struct work_errors errors; /* that the platform told */
};

struct push_protocol {
	const char *name; /* as connector.queue_protocol has it */
	/*
	 * Sends the bundle, which has at least one object. work_name is what people see on the platform. 0 when the
	 * platform has accepted all of it.
	 */
	int (*push)(struct session *session, struct bundle_spool *bundle, const char *work_name,
		    struct push_result *result, struct error *err);
};

extern const struct push_protocol push_api;
extern const struct push_protocol push_amqp;

/* The protocol of that name; NULL for another. */
const struct push_protocol *push_protocol_find(const char *name);
/* One line about the result, and a warning about what the platform refused, into the log. */
void push_tell(const struct push_result *result, const char *what);

#endif
