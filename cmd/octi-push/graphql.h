/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One GraphQL operation at a time over HTTP: POST to <url>/graphql, retried as graphql-fault.h tells, the answer as a
 * tree. Knows nothing of OpenCTI's operations.
 */
#ifndef GRAPHQL_H
#define GRAPHQL_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "error.h"
#include "http.h"
#include "json-write.h"

struct graphql {
	struct http_client *client;
	struct http_retry retry;
	/* Called about once a second while an answer is waited for; NULL for nothing. */
	void (*idle)(void *data);
	void *idle_data;
	int64_t farewell_ms; /* monotonic: until then operations go on though a signal came; 0: they end at once */
};

struct graphql_reply {
	cJSON *root;
	const cJSON *data;  /* the member "data": an object; borrowed from root */
	int64_t date_epoch; /* of the answer, -1 when it told none */
	bool too_large;     /* HTTP 413 */
};

/* Begins a request's body: the document, and the variables' object left open for the caller. */
void graphql_request_begin(struct json_writer *writer, struct buf *body, const char *document);
/* Closes it. -1 and err when the body's ceiling was met. */
int graphql_request_end(struct json_writer *writer, struct error *err);

/*
 * Sends the body and waits for its answer. On success reply is to be released; on failure it holds only date_epoch
 * and too_large, and err has the exit status, the HTTP status and the platform's code. operation names what
 * is asked, for messages.
 */
int graphql_call(struct graphql *graphql, const char *operation, const struct buf *body, struct graphql_reply *reply,
		 struct error *err);
void graphql_reply_release(struct graphql_reply *reply);

/* Milliseconds of a clock that only goes forward. */
int64_t graphql_clock_ms(void);

#endif
