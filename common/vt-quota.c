/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "exit-codes.h"
#include "vt-api-internal.h"
#include "vt-api.h"

/* From here on an allowance stands for "no limit" (virustotal.md section 6). */
#define AS_GOOD_AS_UNLIMITED 1000000000

/* A counter has a user's and a group's part; the group's counts when there is one. */
static struct vt_quota quota_of(struct json_slice quotas, const char *name)
{
	struct vt_quota quota = {.allowed = -1};
	struct json_slice counter, part, value;
	json_member(quotas, name, &counter);
	if (!json_member(counter, "group", &part) || json_type_of(part) != JSON_OBJECT)
		json_member(counter, "user", &part);
	if (!json_member(part, "allowed", &value) || !json_int64(value, &quota.allowed))
		return (struct vt_quota){.allowed = -1};
	if (quota.allowed >= AS_GOOD_AS_UNLIMITED)
		quota.allowed = INT64_MAX;
	if (!json_member(part, "used", &value) || !json_int64(value, &quota.used))
		quota.used = 0;
	return quota;
}

int vt_api_quotas(struct vt_api *api, struct vt_quotas *quotas, struct error *err)
{
	struct http_response response;
	struct json_slice root, data;
	struct buf url;
	static const struct http_retry few_tries = {.max_attempts = 2, .first_ms = 1000, .ceiling_ms = 1000};
	if (!api->user)
		return error_set(err, EXIT_CONFIG, "quotas can be read only with vtreporter.api_user");
	buf_init(&url, BUF_UNBOUNDED);
	buf_add_str(&url, "/users/");
	http_escape(&url, api->user);
	buf_add_str(&url, "/overall_quotas");
	struct http_call call = {.method = "GET", .url = url.data, .retry = &few_tries, .judge = vt_api_judge};
	uint64_t before = http_request_count(api->http);
	int result = http_perform(api->http, &call, &response, err);
	api->account_requests += http_request_count(api->http) - before;
	if (result == 0)
		result = vt_api_check(&response, err);
	if (result == 0)
		result = json_check(response.body.data, response.body.len, &root, err);
	if (result == 0 && !json_member(root, "data", &data))
		result = error_set(err, EXIT_UNAVAILABLE, "VirusTotal's answer about quotas has no \"data\"");
	if (result == 0) {
		quotas->requests_hourly = quota_of(data, "api_requests_hourly");
		quotas->requests_daily = quota_of(data, "api_requests_daily");
		quotas->requests_monthly = quota_of(data, "api_requests_monthly");
		quotas->searches_monthly = quota_of(data, "intelligence_searches_monthly");
	}
	buf_release(&response.body);
	buf_release(&url);
	return result;
}

static bool is_told(const struct vt_quota *quota)
{
	return quota->allowed > 0;
}

static bool is_spent(const struct vt_quota *quota)
{
	return is_told(quota) && quota->used >= quota->allowed;
}

/* Who has a licence to search but no allowance of requests pays with searches (virustotal.md section 3). */
static bool pays_with_searches(const struct vt_quotas *quotas)
{
	return !is_told(&quotas->requests_daily) && !is_told(&quotas->requests_monthly);
}

const char *vt_quotas_spent(const struct vt_quotas *quotas)
{
	if (is_spent(&quotas->requests_monthly))
		return "month's requests";
	if (is_spent(&quotas->requests_daily))
		return "day's requests";
	if (is_spent(&quotas->requests_hourly))
		return "hour's requests";
	return pays_with_searches(quotas) && is_spent(&quotas->searches_monthly) ? "month's searches" : NULL;
}

bool vt_quotas_used_up(const struct vt_quotas *quotas)
{
	return vt_quotas_spent(quotas) != NULL;
}

static void lower(int64_t *left, const struct vt_quota *quota, int64_t reserve)
{
	if (!is_told(quota) || quota->allowed == INT64_MAX)
		return;
	int64_t rest = quota->allowed - quota->used - reserve;
	if (rest < *left)
		*left = rest > 0 ? rest : 0;
}

int64_t vt_quotas_left(const struct vt_quotas *quotas, int64_t reserve)
{
	int64_t left = INT64_MAX;
	lower(&left, &quotas->requests_hourly, 0);
	lower(&left, &quotas->requests_daily, reserve);
	lower(&left, &quotas->requests_monthly, reserve);
	if (pays_with_searches(quotas))
		lower(&left, &quotas->searches_monthly, reserve);
	return left;
}
