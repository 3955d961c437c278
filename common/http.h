/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP over libcurl's multi interface: one client for one service, any number of requests at a time.
 *
 * Transport rules of design section 9: https (http for loopback, or where allowed); libcurl follows no redirect; a
 * GET's redirect to the same scheme, host and port is followed here, at most 5 times, any other ends the request with
 * an error that names the URL to configure. Header and body sizes are bounded. Proxies by environment as libcurl does
 * it. The secret header is sent to the configured origin only, and no trace ever shows it.
 */
#ifndef HTTP_H
#define HTTP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "error.h"

struct http_options {
	const char
	    *base_url; /* scheme://host[:port][/path] without trailing slash: the only origin that is ever asked */
	const char *user_agent;
	const char *secret_header;   /* "x-apikey: …", "Authorization: Bearer …", or NULL */
	const char *const *headers;  /* further fixed headers, NULL-terminated, or NULL */
	const char *ca_path;         /* CA bundle; NULL: $SSL_CERT_FILE, else the system's */
	const char *ca_extra_pem;    /* PEM text added to the system's certificates, or NULL */
	bool insecure;               /* do not verify TLS (said once with a warning by the caller) */
	bool allow_http;             /* plain http also for hosts that are not loopback */
	long connect_timeout_ms;     /* 0: 15 s */
	long low_speed_s;            /* no byte for so long ends the transfer; 0: 60 s */
	long total_timeout_ms;       /* 0: 300 s */
	size_t body_max;             /* 0: 64 MiB */
	int max_active;              /* transfers at a time; 0: 1 */
	int64_t requests_per_minute; /* never more starts than this in any 60 s; 0: no limit */
	bool http2;                  /* offer HTTP/2 and multiplex */
};

struct http_client;
struct http_request;

struct http_response {
	long status;     /* 0: no answer, see error */
	struct buf body; /* inflated */
	int64_t
	    retry_after_s;  /* from Retry-After, seconds or a date by the server's own clock; -1 when there was none */
	int64_t date_epoch; /* from Date; -1 when there was none */
	int attempts;       /* made so far, this one included */
	long total_ms;      /* of this attempt */
	struct error error; /* when status is 0: what happened; status (the exit status) is EXIT_UNAVAILABLE for all
			       that a retry may mend */
};

/* What to do with an answer. */
enum http_verdict { HTTP_DONE, HTTP_RETRY };

/* Delays between attempts: Retry-After (capped) if there is one, else doubling from first_ms up to ceiling_ms, with
 * jitter. */
struct http_retry {
	int max_attempts; /* 1: no retry */
	long first_ms;
	long ceiling_ms;
	long throttled_first_ms; /* instead of first_ms after a 429 without Retry-After; 0: no difference */
	long retry_after_cap_s;
	long budget_ms; /* no new attempt after so long since the first; 0: no such limit */
};
extern const struct http_retry
    http_retry_default; /* 5 attempts, 1 s doubling to 30 s, Retry-After up to 120 s, 5 min */

/* Retries what a later attempt may mend: no answer, 408 424 429 500 502 503 504. */
enum http_verdict http_judge_default(const struct http_response *response, void *data);

struct http_call {
	const char *method; /* "GET" or "POST" */
	const char *url;    /* absolute and under base_url's origin, or a path that is put behind base_url */
	const char *body;   /* for POST; copied */
	size_t body_len;
	long delay_ms;                  /* it must not start before so long from now */
	bool body_is_borrowed;          /* the caller keeps body until done is called: no copy */
	const struct http_retry *retry; /* NULL: http_retry_default */
	enum http_verdict (*judge)(const struct http_response *response, void *data); /* NULL: http_judge_default */
	/* Called once, from http_run, with the last answer. It may take response->body and may begin new calls. */
	void (*done)(struct http_response *response, void *data);
	void *data;
};

/* NULL and err for a base URL that breaks the rules. */
struct http_client *http_new(const struct http_options *options, struct error *err);
void http_free(struct http_client *client);
/* Queues a call (its strings are copied unless said otherwise). -1 and err when the URL is of another origin. */
int http_begin(struct http_client *client, const struct http_call *call, struct error *err);
/* While held, no queued call is started (for example because standard output is blocked). */
void http_hold(struct http_client *client, bool held);
/* Changes how many transfers run at a time (fewer after a 429). */
void http_set_max_active(struct http_client *client, int max_active);
/* Calls that are queued, waiting for a retry, or running. */
size_t http_pending(const struct http_client *client);
/* Transfers that are running. */
size_t http_running(const struct http_client *client);
/*
 * Moves everything on, waiting at most timeout_ms for a socket, a timer, one of the count extra descriptors (their
 * revents are set) or a signal. -1 and err only for a fault of the library itself.
 */
int http_run(struct http_client *client, struct pollfd *extra, size_t count, int timeout_ms, struct error *err);
/* Drops all calls without calling done. */
void http_cancel_all(struct http_client *client);
/*
 * One call to its end. The response is filled in any case (free its body with buf_release). 0 when the verdict on the
 * last answer was HTTP_DONE; -1 with err when it was not, or when a signal came.
 */
int http_perform(struct http_client *client, const struct http_call *call, struct http_response *response,
		 struct error *err);
/* Requests sent so far, retries included. */
uint64_t http_request_count(const struct http_client *client);

/* Whether the host of a URL is a loopback address or "localhost". */
bool http_url_is_loopback(const char *url);
/* Appends text percent-encoded: all but RFC 3986's unreserved characters. */
int http_escape(struct buf *out, const char *text);

#endif
