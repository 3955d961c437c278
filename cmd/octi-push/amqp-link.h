/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to a message queue for publishing with confirms (AMQP 0-9-1, RabbitMQ's extensions). Knows nothing of
 * OpenCTI. Every failure of a call leaves a link that can only be closed; opening it again is the caller's.
 */
#ifndef AMQP_LINK_H
#define AMQP_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct amqp_target {
	const char *host, *vhost, *user, *password;
	int port;
	bool use_tls;
	/* Paths, or PEM text; NULL: the system's roots, no client certificate. */
	const char *ca, *certificate, *key, *passphrase;
	bool verify; /* the peer's certificate, against ca and the system's roots, and its name */
};

struct amqp_link {
	void *state; /* amqp_connection_state_t; NULL while closed */
	uint64_t published;
	bool blocked; /* the server wants nothing more for now: memory or disk are low there */
};

enum amqp_event_kind {
	AMQP_NOTHING,  /* none came in the time */
	AMQP_ACKED,    /* tag, and all before it with multiple, are on the server's disk */
	AMQP_NACKED,   /* the server could not keep them */
	AMQP_RETURNED, /* no queue is bound to the routing key: tag's message went nowhere; its ack follows */
};

struct amqp_event {
	enum amqp_event_kind kind;
	uint64_t tag;
	bool multiple;
};

/* -1 and err: EXIT_REFUSED for a wrong password, EXIT_CONFIG for TLS that cannot be set up, else EXIT_UNAVAILABLE. */
int amqp_link_open(struct amqp_link *link, const struct amqp_target *target, struct error *err);
void amqp_link_close(struct amqp_link *link);
/*
 * Publishes a persistent, mandatory message. Its tag, which counts from 1 on each connection, in *tag. May block as
 * long as the server does not read.
 */
int amqp_link_publish(struct amqp_link *link, const char *exchange, const char *routing_key, const char *body,
		      size_t len, uint64_t *tag, struct error *err);
/* Waits at most timeout_ms for what the server tells. */
int amqp_link_wait(struct amqp_link *link, int timeout_ms, struct amqp_event *event, struct error *err);

#endif
