/* SPDX-License-Identifier: Apache-2.0 */
/* What a run needs of VirusTotal: asked by calls that consume no quota (virustotal.md section 6). */
#include <stdio.h>

#include "doctor.h"
#include "exit-codes.h"
#include "json-scan.h"
#include "vt-api.h"

static void say_quota(struct doctor *doctor, const char *name, const struct vt_quota *quota)
{
	if (quota->allowed < 0)
		return;
	if (quota->allowed == INT64_MAX)
		doctor_say(doctor, DOCTOR_OK, 0, "quota", "%s: %lld used, as good as unlimited", name,
			   (long long)quota->used);
	else if (quota->used >= quota->allowed)
		doctor_say(doctor, DOCTOR_FAILED, EXIT_TRY_LATER, "quota", "%s: all %lld are used up", name,
			   (long long)quota->allowed);
	else
		doctor_say(doctor, DOCTOR_OK, 0, "quota", "%s: %lld of %lld used", name, (long long)quota->used,
			   (long long)quota->allowed);
}

static void look_at_quotas(struct doctor *doctor, struct vt_api *api)
{
	struct vt_quotas quotas;
	struct error err;
	if (vt_api_quotas(api, &quotas, &err) != 0) {
		doctor_say(doctor, DOCTOR_FAILED, err.status, "quota", "%s", err.text);
		return;
	}
	say_quota(doctor, "requests of the hour", &quotas.requests_hourly);
	say_quota(doctor, "requests of the day", &quotas.requests_daily);
	say_quota(doctor, "requests of the month", &quotas.requests_monthly);
	say_quota(doctor, "searches of the month", &quotas.searches_monthly);
}

/* What the service says of the user. -1 and err for no answer, or one that is none. */
static int read_search_right(struct vt_api *api, const char *user, bool *granted, struct error *err)
{
	static const struct http_retry once = {.max_attempts = 1};
	struct http_response response;
	struct json_slice root, value;
	struct buf url;
	buf_init(&url, BUF_UNBOUNDED);
	buf_add_str(&url, "/users/");
	http_escape(&url, user);
	struct http_call call = {.method = "GET", .url = url.data, .retry = &once, .judge = vt_api_judge};
	int result = http_perform(vt_api_http(api), &call, &response, err);
	if (result == 0)
		result = vt_api_check(&response, err);
	if (result == 0)
		result = json_check(response.body.data, response.body.len, &root, err);
	if (result == 0)
		*granted =
		    json_path(root, &value, "data", "attributes", "privileges", "intelligence", "granted", NULL) &&
		    json_type_of(value) == JSON_TRUE;
	buf_release(&response.body);
	buf_release(&url);
	return result;
}

static void look_with_key(struct doctor *doctor, struct vt_api *api)
{
	struct error err;
	bool granted;
	if (!vt_api_has_user(api)) {
		doctor_say(doctor, DOCTOR_SKIPPED, 0, "virustotal",
			   "without vtreporter.api_user neither rights nor quotas can be asked for");
		return;
	}
	if (read_search_right(api, config_text(doctor->config, "vtreporter.api_user"), &granted, &err) != 0) {
		doctor_say(doctor, DOCTOR_FAILED, err.status, "virustotal", "%s", err.text);
		return;
	}
	doctor_say(doctor, granted ? DOCTOR_OK : DOCTOR_FAILED, EXIT_REFUSED, "virustotal",
		   granted ? "the key may search"
			   : "the key may not search: the privilege intelligence is not granted");
	look_at_quotas(doctor, api);
}

void doctor_look_at_virustotal(struct doctor *doctor)
{
	struct error err;
	if (!config_has(doctor->config, "vtreporter.api_key")) {
		doctor_say(doctor, DOCTOR_SKIPPED, 0, "virustotal", "vtreporter.api_key is not configured");
		return;
	}
	struct vt_api *api = vt_api_new(doctor->config, 1, &err);
	if (!api) {
		doctor_say(doctor, DOCTOR_FAILED, err.status, "virustotal", "%s", err.text);
		return;
	}
	look_with_key(doctor, api);
	vt_api_free(api);
}
