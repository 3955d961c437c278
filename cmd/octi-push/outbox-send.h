/* SPDX-License-Identifier: Apache-2.0 */
/* Sending what waits in the outbox, before anything new is planned. */
#ifndef OUTBOX_SEND_H
#define OUTBOX_SEND_H

#include "due.h"
#include "session.h"

/*
 * Sends this connector's entries, oldest first, each committed by the rule of commit.h. What the platform refused, and
 * what stands behind it for the same country, waits, and its windows are held: put into *held. *status is then the
 * refusal's; *sent tells whether anything was. -1 and err: the platform has gone again (EXIT_TRY_LATER), a token was
 * refused, or the like; the rest waits.
 */
int outbox_send(struct session *session, struct due_held *held, bool *sent, int *status, struct error *err);
/* Only tells which windows are held as long as they wait. */
int outbox_hold(const struct push_settings *settings, struct due_held *held, struct error *err);

#endif
