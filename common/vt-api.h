/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VirusTotal API v3: requests, answers, errors (virustotal.md sections 1 to 6). The client adds key, agent and x-tool
 * headers; it knows pages and errors, and nothing of what is in an object.
 */
#ifndef VT_API_H
#define VT_API_H

#include <stdint.h>

#include "config.h"
#include "http.h"
#include "json-scan.h"

#define VT_SEARCH_LIMIT_MAX       300
#define VT_RELATIONSHIP_LIMIT_MAX 40

struct vt_api;

/* A client from vtreporter.api_url, api_key, requests_per_minute; max_active transfers. NULL and err on a wrong URL. */
struct vt_api *vt_api_new(const struct config *config, int max_active, struct error *err);
void vt_api_free(struct vt_api *api);
struct http_client *vt_api_http(struct vt_api *api);
/* Requests sent so far, but those about the account, which cost nothing of the allowance. */
uint64_t vt_api_paid_requests(const struct vt_api *api);
/* Whether vtreporter.api_user is set, so that vt_api_quotas can work. */
bool vt_api_has_user(const struct vt_api *api);

/*
 * What an answer means: 0 for a 2xx (its body is not looked at); else -1 and err: code and HTTP status of the service,
 * the exit status (EXIT_REFUSED for 401 and 403, EXIT_TRY_LATER for a used-up quota and 204, EXIT_BAD_INPUT for other
 * 4xx, EXIT_UNAVAILABLE for the rest), and a text that tells what to do. The key never appears in it, even where the
 * service repeats it.
 */
int vt_api_check(const struct http_response *response, struct error *err);
/* Retries what section 6 says is worth it: 408 424 429 5xx, no answer, and a 200 that is no JSON object; not a 429 that
 * names a time beyond the longest wait. */
enum http_verdict vt_api_judge(const struct http_response *response, void *data);
/* Section 6's waits for 429: at least 60 s in sum, so that a quota of a minute clears. */
extern const struct http_retry vt_api_retry;

/* A page of objects or descriptors: slices of the body it was read from, which must outlive it. */
struct vt_page {
	struct json_slice
	    data;           /* an array; a one-to-one relationship's object comes as an array's only element would */
	bool is_single;     /* data is that one object */
	char *cursor;       /* of the next page, NULL at the end; heap */
	int64_t total_hits; /* -1 when absent */
	int64_t count;      /* meta.count, -1 when absent */
	int64_t days_back;  /* -1 when absent */
};
/* err->code of a body that is no JSON: it may have been broken on its way. */
#define VT_NOT_JSON "NotJSON"
/*
 * Checks the body as JSON and reads the page. A links.next of another scheme, host or port than the API's is an error
 * (EXIT_UNAVAILABLE), a body that is no page too.
 */
int vt_page_read(const struct vt_api *api, const struct buf *body, struct vt_page *page, struct error *err);
void vt_page_release(struct vt_page *page);

/* Stops a listing that turns in a circle. */
struct vt_cursor_guard {
	uint64_t *seen;
	size_t count, cap;
};
/* 0 and noted when the cursor is new; -1 and err (EXIT_UNAVAILABLE) when it was met before. */
int vt_cursor_guard_check(struct vt_cursor_guard *guard, const char *cursor, struct error *err);
void vt_cursor_guard_release(struct vt_cursor_guard *guard);

struct vt_quota {
	int64_t allowed; /* INT64_MAX: as good as unlimited */
	int64_t used;
};
struct vt_quotas {
	struct vt_quota requests_hourly, requests_daily, requests_monthly, searches_monthly; /* allowed -1: not told */
};
/*
 * GET /users/{vtreporter.api_user}/overall_quotas; blocks. VirusTotal would also take the key in place of the user's
 * name, but a key in a URL ends up in logs: without a name this is -1 and EXIT_CONFIG.
 */
int vt_api_quotas(struct vt_api *api, struct vt_quotas *quotas, struct error *err);
/*
 * The allowance that is spent, so that waiting some seconds does not help: "hour's requests", "day's requests",
 * "month's requests" or "month's searches" (which count only for who has no allowance of requests); NULL when there is
 * none.
 */
const char *vt_quotas_spent(const struct vt_quotas *quotas);
bool vt_quotas_used_up(const struct vt_quotas *quotas);
/* Requests that are left when so many of the day's and the month's stay in reserve; INT64_MAX: as good as unlimited. */
int64_t vt_quotas_left(const struct vt_quotas *quotas, int64_t reserve);

#endif
