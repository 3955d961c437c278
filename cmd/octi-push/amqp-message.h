/* SPDX-License-Identifier: Apache-2.0 */
/* The message that a platform's worker takes from its queue: one object of a bundle (opencti.md section 3.3). */
#ifndef AMQP_MESSAGE_H
#define AMQP_MESSAGE_H

#include "buf.h"
#include "bundle-spool.h"
#include "error.h"

struct amqp_message {
	const char *applicant_id; /* the user as whom the worker writes */
	const char *work_id;
	uint64_t number; /* of the object, from 0 */
};

/* Replaces what is in body. */
int amqp_message_write(struct bundle_spool *bundle, const struct amqp_message *message, struct buf *body,
		       struct error *err);

#endif
