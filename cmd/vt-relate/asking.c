/* SPDX-License-Identifier: Apache-2.0 */
#include "asking.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "exit-codes.h"
#include "log.h"
#include "xalloc.h"

/* So many requests that failed one after the other, each after all its tries: the service is down, or that part of it.
 */
#define FAILURES_MAX 10

static void keep_within(struct asking *asking, const struct vt_quota *quota)
{
	int64_t left = quota->allowed - quota->used - asking->settings->quota_reserve;
	if (quota->allowed < 0 || quota->allowed == INT64_MAX)
		return;
	if (left < 0)
		left = 0;
	if ((uint64_t)left < asking->budget)
		asking->budget = (uint64_t)left;
}

static void read_budget(struct asking *asking)
{
	struct vt_quotas quotas;
	struct error err;
	asking->budget = asking->settings->max_requests ? (uint64_t)asking->settings->max_requests : UINT64_MAX;
	if (!asking->account) {
		if (asking->settings->quota_reserve)
			log_warning("vtreporter.quota_reserve has no effect without vtreporter.api_user");
		return;
	}
	if (vt_api_quotas(asking->account, &quotas, &err)) {
		log_warning("the quotas cannot be read: %s", err.text);
		return;
	}
	asking->knows_quotas = true;
	keep_within(asking, &quotas.requests_daily);
	keep_within(asking, &quotas.requests_monthly);
}

uint64_t asking_budget(struct asking *asking)
{
	if (!asking->has_budget)
		read_budget(asking);
	asking->has_budget = true;
	return asking->budget;
}

int asking_init(struct asking *asking, const struct relate_settings *settings, const struct config *config,
		struct error *err)
{
	*asking = (struct asking){.settings = settings, .active = settings->jobs};
	asking->api = vt_api_new(config, settings->jobs, err);
	if (!asking->api)
		return -1;
	if (vt_api_has_user(asking->api))
		asking->account = vt_api_new(config, 1, err);
	asking->refusals = xcalloc(settings->link_count, sizeof(*asking->refusals));
	asking->failures_of = xcalloc(settings->link_count + 1, sizeof(*asking->failures_of));
	asking->licences = xcalloc(settings->link_count, sizeof(*asking->licences));
	if (!settings->no_cache && (settings->plan || !settings->dry_run))
		asking->cache = cache_open(config, settings->plan);
	return 0;
}

void asking_release(struct asking *asking)
{
	for (size_t i = 0; asking->refusals && i < asking->settings->link_count; i++)
		free(asking->refusals[i].text);
	free(asking->refusals);
	free(asking->failures_of);
	free(asking->licences);
	free(asking->holds);
	cache_close(asking->cache);
	vt_api_free(asking->api);
	vt_api_free(asking->account);
}

void asking_stop_for(struct asking *asking, enum asking_stop stop, const struct error *err)
{
	if (asking->stop != ASKING_GOES_ON)
		return;
	asking->stop = stop;
	asking->stop_error = *err;
}

static void set_active(struct asking *asking, int active)
{
	asking->active = active < 1 ? 1 : active > asking->settings->jobs ? asking->settings->jobs : active;
	http_set_max_active(vt_api_http(asking->api), asking->active);
}

static bool is_spent(struct asking *asking)
{
	uint64_t sent = http_request_count(vt_api_http(asking->api));
	return (sent > asking->begun ? sent : asking->begun) >= asking_budget(asking);
}

static enum http_verdict judge(const struct http_response *response, void *data)
{
	const struct asking_call *call = data;
	struct asking *asking = call->asking;
	struct error err;
	if (response->status == 429 || response->status == 503)
		set_active(asking, asking->active / 2);
	if (response->status == 429 && vt_api_check(response, &err) && strcmp(err.code, "QuotaExceededError") == 0)
		asking->quota_in_doubt = true;
	enum http_verdict verdict = vt_api_judge(response, NULL);
	return verdict == HTTP_RETRY && is_spent(asking) ? HTTP_DONE : verdict;
}

void asking_refuse(struct asking *asking, size_t link_index, const char *code, const char *text)
{
	struct asking_refusal *refusal = &asking->refusals[link_index];
	if (refusal->text)
		return;
	snprintf(refusal->code, sizeof(refusal->code), "%s", code);
	refusal->text = xstrdup(text);
	log_warning("%s: %s; it is not asked for again", asking->settings->links[link_index].link->name, text);
}

/* One relationship that fails each time is not the end of the others. */
static void count_failure(struct asking *asking, size_t link_index, const struct error *err)
{
	struct error again = *err;
	int in_a_row = ++asking->failures_of[link_index];
	asking->failures_differ = asking->failures && (asking->failures_differ || link_index != asking->last_failed);
	asking->last_failed = link_index;
	asking->failures++;
	error_prefix(&again, "%d requests in a row have failed, the last one", FAILURES_MAX);
	if (asking->failures >= FAILURES_MAX && (asking->failures_differ || !asking->has_succeeded)) {
		again.status = EXIT_TRY_LATER;
		asking_stop_for(asking, ASKING_UNAVAILABLE, &again);
	} else if (in_a_row >= FAILURES_MAX && link_index < asking->settings->link_count) {
		asking_refuse(asking, link_index, *err->code ? err->code : "Unavailable", again.text);
	} else if (in_a_row >= FAILURES_MAX) {
		asking->plan_is_forbidden = true;
	}
}

static void count_success(struct asking *asking, size_t link_index)
{
	asking->failures = asking->failures_of[link_index] = 0;
	asking->failures_differ = false;
	asking->has_succeeded = true;
}

/* A failure that says something about more than the one request. */
static void weigh_failure(struct asking *asking, size_t link_index, const struct error *err)
{
	if (err->status == EXIT_TRY_LATER)
		asking_stop_for(asking, ASKING_QUOTA, err);
	else if (err->http_status == 401 || err->status == EXIT_CONFIG)
		asking_stop_for(asking, ASKING_REFUSED, err);
	else if (err->status == EXIT_UNAVAILABLE)
		count_failure(asking, link_index, err);
}

static void on_done(struct http_response *response, void *data)
{
	struct asking_call *call = data;
	struct asking *asking = call->asking;
	struct error err;
	if (vt_api_check(response, &err)) {
		weigh_failure(asking, call->link_index, &err);
		call->answered(call, response, &err);
		return;
	}
	count_success(asking, call->link_index);
	if (asking->active < asking->settings->jobs)
		set_active(asking, asking->active + 1);
	call->answered(call, response, NULL);
}

bool asking_begin(struct asking *asking, const char *path, struct asking_call *call)
{
	struct error err;
	if (asking->stop != ASKING_GOES_ON)
		return false;
	if (is_spent(asking)) {
		error_set(&err, EXIT_TRY_LATER,
			  "the budget of %" PRIu64 " requests is spent (vtreporter.max_requests, or the quota)",
			  asking->budget);
		asking_stop_for(asking, ASKING_BUDGET, &err);
		return false;
	}
	call->asking = asking;
	struct http_call request = {
	    .method = "GET", .url = path, .retry = &vt_api_retry, .judge = judge, .done = on_done, .data = call};
	if (http_begin(vt_api_http(asking->api), &request, &err)) {
		asking_stop_for(asking, ASKING_UNAVAILABLE, &err);
		return false;
	}
	asking->begun++;
	return true;
}

void asking_settle_quota(struct asking *asking)
{
	struct vt_quotas quotas;
	struct error err;
	if (!asking->quota_in_doubt || asking->quota_looked_at || !asking->account)
		return;
	asking->quota_looked_at = true;
	if (vt_api_quotas(asking->account, &quotas, &err) == 0 && vt_quotas_used_up(&quotas)) {
		error_set(&err, EXIT_TRY_LATER, "VirusTotal: the allowance of requests is used up; try later");
		asking_stop_for(asking, ASKING_QUOTA, &err);
	}
}

size_t asking_pending(const struct asking *asking)
{
	return http_pending(vt_api_http(asking->api)) + asking->hold_count;
}

bool asking_may_ask(struct asking *asking, const struct asking_hold *hold)
{
	enum asking_licence *licence = &asking->licences[hold->link_index];
	if (*licence != ASKING_PROBED) {
		if (*licence == ASKING_UNKNOWN)
			*licence = ASKING_PROBED;
		return true;
	}
	if (asking->hold_count == asking->hold_cap) {
		asking->hold_cap = asking->hold_cap ? asking->hold_cap * 2 : 16;
		asking->holds = xreallocarray(asking->holds, asking->hold_cap, sizeof(*asking->holds));
	}
	asking->holds[asking->hold_count++] = *hold;
	return false;
}

/* Takes the first one that waits for the relationship. */
static bool take_hold(struct asking *asking, size_t link_index, struct asking_hold *hold)
{
	for (size_t i = 0; i < asking->hold_count; i++) {
		if (asking->holds[i].link_index != link_index)
			continue;
		*hold = asking->holds[i];
		asking->hold_count--;
		memmove(&asking->holds[i], &asking->holds[i + 1], (asking->hold_count - i) * sizeof(*hold));
		return true;
	}
	return false;
}

void asking_learn(struct asking *asking, size_t link_index, long http_status)
{
	struct asking_hold hold;
	if (asking->licences[link_index] == ASKING_GRANTED)
		return;
	/* "Not found" is said about the file; a failure says nothing, and the next one tries. */
	bool is_known = http_status == 200 || http_status == 404 || asking->refusals[link_index].text;
	asking->licences[link_index] = is_known ? ASKING_GRANTED : ASKING_UNKNOWN;
	while (asking->licences[link_index] != ASKING_PROBED && take_hold(asking, link_index, &hold))
		hold.resume(hold.owner, hold.item);
}

const char *asking_stop_code(const struct asking *asking)
{
	if (*asking->stop_error.code)
		return asking->stop_error.code;
	switch (asking->stop) {
	case ASKING_BUDGET:
		return "BudgetSpent";
	case ASKING_SIGNAL:
		return "Interrupted";
	default:
		return "Unavailable";
	}
}

const char *asking_stop_reason(const struct asking *asking)
{
	switch (asking->stop) {
	case ASKING_REFUSED:
		return "refused";
	case ASKING_UNAVAILABLE:
		return "unavailable";
	case ASKING_SIGNAL:
		return "signal";
	default:
		return "quota";
	}
}
