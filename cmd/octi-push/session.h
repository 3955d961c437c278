/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connector's presence on the platform: registered, alive, and with a state that belongs to the platform (design
 * section 3). A ping replaces the whole state there, so each one first reads it and sends it back.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "platform.h"
#include "push-settings.h"

struct session {
	const struct push_settings *settings;
	struct platform platform;
	char *state; /* as it was when last read; NULL before */
	bool reset;  /* somebody reset the state while we were at work */
	double queue_mb;
	bool buffering;   /* the queue is over its threshold */
	int64_t next_run; /* for the platform's page about the connector; -1 when not known */
	int64_t last_contact_ms;
	size_t refused; /* objects of what was pushed that the platform is known not to have taken */
};

/*
 * Checks the platform, registers, reads state and queue. Tells odd versions in the log. read_only: changes nothing
 * there, so a connector that is not registered has no state, and neither session_ping nor session_store may be called.
 */
int session_open(struct session *session, const struct push_settings *settings, bool read_only, struct error *err);
void session_close(struct session *session);
/* Reads the state and the queue's size into session. */
int session_read(struct session *session, struct error *err);
/* One ping: reads, and sends back what it read. */
int session_ping(struct session *session, struct error *err);
/* A ping when the last one is 40 seconds ago (opencti.md section 2.3). */
int session_keep_alive(struct session *session, struct error *err);
/* The same in the middle of something else: one try, and a failure is only told. data is the session. */
void session_keep_alive_in_passing(void *data);
/* Milliseconds until session_keep_alive has something to do. */
int session_keep_alive_in(const struct session *session);
/*
 * Replaces the state that was read last by text. *stored tells whether the platform took it: not when it was reset
 * meanwhile.
 */
int session_store(struct session *session, const char *text, bool *stored, struct error *err);
/* The earlier of our clock and the platform's (seconds); warns of a skew over 5 minutes. */
int64_t session_now(const struct session *session);

#endif
