/* SPDX-License-Identifier: Apache-2.0 */
#include "vt-api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certificates.h"
#include "exit-codes.h"
#include "json-get.h"
#include "log.h"
#include "vt-api-internal.h"
#include "xalloc.h"

/* 429 without Retry-After: 15, 30, 60 s, so that an allowance of a minute is there again (virustotal.md section 6). */
const struct http_retry vt_api_retry = {
    .max_attempts = 4,
    .first_ms = 1000,
    .ceiling_ms = 60000,
    .throttled_first_ms = 15000,
    .retry_after_cap_s = 120,
    .budget_ms = 300000,
};

struct vt_api *vt_api_new(const struct config *config, int max_active, struct error *err)
{
	/* gzip only goes to agents that say so, GTI attributes only to requests with x-tool (design section 9). */
	static const char *const headers[] = {"x-tool: vt-country-report", NULL};
	char *ca_extra_pem;
	if (certificates_read(config, &ca_extra_pem, err))
		return NULL;
	struct vt_api *api = xcalloc(1, sizeof(*api));
	char *key_header = xasprintf("x-apikey: %s", config_text(config, "vtreporter.api_key"));
	api->base_url = xstrdup(config_text(config, "vtreporter.api_url"));
	if (config_has(config, "vtreporter.api_user"))
		api->user = xstrdup(config_text(config, "vtreporter.api_user"));
	struct http_options options = {
	    .base_url = api->base_url,
	    .user_agent = "vt-country-report/" VERSION " (libcurl; gzip)",
	    .secret_header = key_header,
	    .headers = headers,
	    .ca_extra_pem = ca_extra_pem,
	    .max_active = max_active,
	    .low_speed_s = (long)duration_approx_seconds(config_duration(config, "vtreporter.stall_timeout")),
	    .requests_per_minute = config_int(config, "vtreporter.requests_per_minute"),
	    .http2 = true,
	};
	api->http = http_new(&options, err);
	explicit_bzero(key_header, strlen(key_header));
	free(key_header);
	free(ca_extra_pem);
	if (api->http)
		return api;
	vt_api_free(api);
	return NULL;
}

void vt_api_free(struct vt_api *api)
{
	if (!api)
		return;
	http_free(api->http);
	free(api->base_url);
	free(api->user);
	free(api);
}

struct http_client *vt_api_http(struct vt_api *api)
{
	return api->http;
}

uint64_t vt_api_paid_requests(const struct vt_api *api)
{
	return http_request_count(api->http) - api->account_requests;
}

bool vt_api_has_user(const struct vt_api *api)
{
	return api->user != NULL;
}

/* The service's code and message; what is no JSON error has neither. */
static void read_error(const struct http_response *response, struct error *err, char *message, size_t size)
{
	struct json_slice root;
	message[0] = '\0';
	if (json_check(response->body.data, response->body.len, &root, NULL))
		return;
	cJSON *tree = json_parse(root);
	const cJSON *error = json_get(tree, "error");
	const char *code = json_get_string(error, "code");
	const char *text = json_get_string(error, "message");
	if (code)
		snprintf(err->code, sizeof(err->code), "%s", code);
	if (text) {
		/* "Wrong API key: <the key>" is how one of them goes. */
		char *redacted = log_redact(text);
		snprintf(message, size, "%s", redacted);
		free(redacted);
	}
	cJSON_Delete(tree);
}

static int exit_status_of(long http_status)
{
	switch (http_status) {
	case 401:
	case 403:
		return EXIT_REFUSED;
	case 204:
	case 429:
		return EXIT_TRY_LATER;
	case 408:
	case 424:
		return EXIT_UNAVAILABLE;
	default:
		return http_status >= 400 && http_status < 500 ? EXIT_BAD_INPUT : EXIT_UNAVAILABLE;
	}
}

static const char *advice_for(long http_status)
{
	switch (http_status) {
	case 401:
		return "the key is refused; check vtreporter.api_key";
	case 403:
		return "the key is not licensed for this request";
	case 204:
	case 429:
		return "the allowance of requests is used up; try later";
	case 404:
		return "not found";
	default:
		return "the request failed";
	}
}

int vt_api_check(const struct http_response *response, struct error *err)
{
	char message[300], code[64];
	long status = response->status;
	if (status == 0) {
		*err = response->error;
		return -1;
	}
	if (status >= 200 && status < 300 && status != 204)
		return 0;
	*err = (struct error){.status = 0};
	read_error(response, err, message, sizeof(message));
	snprintf(code, sizeof(code), "%s", err->code);
	error_set(err, exit_status_of(status), "VirusTotal: %s (HTTP status %ld%s%s%s%s)", advice_for(status), status,
		  *code ? ", " : "", code, *message ? ": " : "", message);
	err->http_status = status;
	snprintf(err->code, sizeof(err->code), "%s", code);
	return -1;
}

/* Front ends and proxies put HTML in the place of an answer, with any status. */
static bool is_no_object(const struct buf *body)
{
	return body->data[strspn(body->data, " \t\r\n")] != '{';
}

enum http_verdict vt_api_judge(const struct http_response *response, void *data)
{
	/* v2's way to say that the allowance is used up. */
	if (response->status == 204)
		return HTTP_RETRY;
	if (response->status == 200 && is_no_object(&response->body))
		return HTTP_RETRY;
	/* So long nobody waits: what comes before it would only cost requests. */
	if (response->status == 429 && response->retry_after_s > vt_api_retry.retry_after_cap_s)
		return HTTP_DONE;
	return http_judge_default(response, data);
}
