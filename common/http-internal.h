/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the HTTP client share with each other, and nobody else. */
#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H

#include <curl/curl.h>

#include "http.h"

/*
 * http-pace.c: never more than a number of requests in any 60 seconds, by the service's clock too: a request begins a
 * minute after the end, not the begin, of the one that it must not share a minute with, since either may be on its way
 * for some time.
 */
struct http_pace {
	int64_t *ends_ms; /* of the last count requests, the one begun first at next; NULL without a limit */
	size_t count, next;
};
/* per_minute 0: no limit. */
void http_pace_init(struct http_pace *pace, int64_t per_minute);
void http_pace_release(struct http_pace *pace);
/* The time from which on the next request may begin; far away while that is not known yet. */
int64_t http_pace_ready_ms(const struct http_pace *pace);
/* A request begins; gives its place for http_pace_end, which is due when it has ended in whatever way. */
size_t http_pace_begin(struct http_pace *pace);
void http_pace_end(struct http_pace *pace, size_t place, int64_t now_ms);

/* One call on its way: queued (with a time before which it must not start), or running on an easy handle. */
struct http_request {
	struct http_client *client;
	struct http_request *next;
	struct http_call call; /* its strings are ours, but for a borrowed body */
	char *method;
	char *url;
	char *body;
	struct curl_slist *headers;
	CURL *easy;        /* while running */
	size_t pace_place; /* the same */
	char curl_text[CURL_ERROR_SIZE];
	char *location;         /* of a redirect */
	int64_t retry_at_epoch; /* of a Retry-After that is a date; -1 when there was none */
	size_t header_bytes;
	bool body_too_large;
	int redirects;
	int64_t not_before_ms; /* monotonic */
	int64_t first_start_ms;
	struct http_response response;
};

struct http_client {
	struct http_options options; /* its strings are ours */
	char *base_url;
	char *user_agent;
	char *secret_header;
	char **headers;
	char *ca_path;
	char *ca_extra_pem;
	CURLM *multi;
	struct http_request *queue; /* in the order of their coming */
	struct http_request **queue_end;
	struct http_request *active;
	size_t queued_count, active_count;
	bool held;
	uint64_t request_count;
	struct http_pace pace;
	uint64_t random;
};

int64_t http_now_ms(void);

/* http-url.c: whether both URLs have scheme, host and port in common. */
bool http_same_origin(const char *left, const char *right);
/* An absolute URL of a Location header, which may be relative; heap, NULL when it is no URL. */
char *http_resolve(const char *base, const char *location);
/* -1 and err for a base URL that breaks the transport rules. */
int http_check_base(const struct http_options *options, struct error *err);

/* http-transfer.c: puts the request on an easy handle, or tells what became of it. */
void http_transfer_start(struct http_request *request);
void http_transfer_finish(struct http_request *request, CURLcode result);
void http_transfer_release(struct http_request *request);

/* http-retry.c: milliseconds until the next attempt, or -1 when there is none left. */
long http_retry_delay(const struct http_retry *retry, const struct http_response *response, int64_t since_first_ms,
		      uint64_t *random);

#endif
