/* SPDX-License-Identifier: Apache-2.0 */
#include "graphql.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "exit-codes.h"
#include "graphql-fault.h"
#include "json-get.h"
#include "stop.h"

#define IDLE_MS 1000

/* What is noted of one operation while it is under way. */
struct exchange {
	struct graphql_reply *reply;
	struct graphql_fault fault;
	struct error transport; /* of an exchange that ended without an answer */
	long http_status;
	bool ended;
};

int64_t graphql_clock_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void graphql_request_begin(struct json_writer *writer, struct buf *body, const char *document)
{
	json_writer_init(writer, body);
	json_begin_object(writer);
	json_member_string(writer, "query", document);
	json_key(writer, "variables");
	json_begin_object(writer);
}

int graphql_request_end(struct json_writer *writer, struct error *err)
{
	json_end_object(writer);
	json_end_object(writer);
	if (writer->failed)
		return error_set(err, EXIT_SOFTWARE, "a request grew over its bound");
	return 0;
}

static enum http_verdict judge(const struct http_response *response, void *data)
{
	(void)data;
	if (response->status == 0)
		return http_judge_default(response, NULL);
	struct graphql_fault fault;
	cJSON *body = json_parse_text(response->body.data, response->body.len, NULL);
	graphql_fault_read(response->status, body, &fault);
	cJSON_Delete(body);
	if (!fault.found)
		return HTTP_DONE;
	if (fault.remedy == GRAPHQL_RETRY_ONCE)
		return response->attempts < 2 ? HTTP_RETRY : HTTP_DONE;
	return fault.remedy == GRAPHQL_RETRY ? HTTP_RETRY : HTTP_DONE;
}

static void take_answer(struct http_response *response, void *data)
{
	struct exchange *exchange = data;
	exchange->ended = true;
	exchange->http_status = response->status;
	exchange->reply->date_epoch = response->date_epoch;
	if (response->status == 0) {
		exchange->transport = response->error;
		return;
	}
	exchange->reply->root = json_parse_text(response->body.data, response->body.len, NULL);
	graphql_fault_read(response->status, exchange->reply->root, &exchange->fault);
}

/* Moves the transfer on until it ended, or until a signal (and the time for farewells) ends it. */
static int run_to_end(struct graphql *graphql, const struct exchange *exchange, struct error *err)
{
	while (!exchange->ended) {
		int number = stop_signal();
		if (number && graphql_clock_ms() >= graphql->farewell_ms) {
			http_cancel_all(graphql->client);
			return error_set(err, EXIT_SIGNAL_BASE + number, "ended by a signal");
		}
		if (http_run(graphql->client, NULL, 0, number ? 100 : IDLE_MS, err) != 0) {
			http_cancel_all(graphql->client);
			return -1;
		}
		if (number) {
			/* The signal keeps http_run from waiting. */
			nanosleep(&(struct timespec){0, 5 * 1000 * 1000}, NULL);
		} else if (graphql->idle && !exchange->ended) {
			graphql->idle(graphql->idle_data);
		}
	}
	return 0;
}

/* What the exchange came to: 0, or -1 with err. */
static int conclude(struct exchange *exchange, const char *operation, struct error *err)
{
	struct graphql_reply *reply = exchange->reply;
	if (exchange->http_status == 0) {
		if (err)
			*err = exchange->transport;
		return error_prefix(err, "opencti: %s", operation);
	}
	if (exchange->fault.found) {
		error_set(err, exchange->fault.status, "opencti: %s: %s", operation, exchange->fault.text);
		if (err) {
			err->http_status = exchange->fault.http_status;
			snprintf(err->code, sizeof err->code, "%s", exchange->fault.code);
		}
		reply->too_large = exchange->fault.remedy == GRAPHQL_TOO_LARGE;
		return -1;
	}
	reply->data = json_get(reply->root, "data");
	return 0;
}

int graphql_call(struct graphql *graphql, const char *operation, const struct buf *body, struct graphql_reply *reply,
		 struct error *err)
{
	*reply = (struct graphql_reply){.date_epoch = -1};
	struct exchange exchange = {.reply = reply};
	struct http_call call = {
	    .method = "POST",
	    .url = "/graphql",
	    .body = body->data,
	    .body_len = body->len,
	    .body_is_borrowed = true,
	    .retry = &graphql->retry,
	    .judge = judge,
	    .done = take_answer,
	    .data = &exchange,
	};
	int result = http_begin(graphql->client, &call, err);
	if (result == 0)
		result = run_to_end(graphql, &exchange, err);
	if (result == 0)
		result = conclude(&exchange, operation, err);
	if (result != 0)
		graphql_reply_release(reply);
	return result;
}

void graphql_reply_release(struct graphql_reply *reply)
{
	cJSON_Delete(reply->root);
	reply->root = NULL;
	reply->data = NULL;
}
