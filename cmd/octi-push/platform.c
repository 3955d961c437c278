/* SPDX-License-Identifier: Apache-2.0 */
#include "platform-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents.h"
#include "exit-codes.h"
#include "json-get.h"
#include "timestamp.h"
#include "xalloc.h"

/* Requests other than pushes are small. */
#define REQUEST_MAX (4u << 20)
/* opencti.md section 2.2: since the first version the same seven fields, and no other is known to all. */
#define CONNECTOR_TYPE "EXTERNAL_IMPORT"
/* Answers are small: the largest are a work, with its 100 errors, and an object in STIX, with its files. */
#define ANSWER_MAX ((size_t)16 << 20)
/* The platform's own limit for an idle connection (opencti.md section 1). */
#define BULK_TIMEOUT_MS (20L * 60 * 1000)
/* The time is what bounds the attempts. */
#define ATTEMPTS_MAX 1000

static int open_client(struct platform *platform, struct graphql *graphql, long timeout_ms, struct error *err)
{
	const struct push_settings *settings = platform->settings;
	struct http_options options = {
	    .base_url = settings->url,
	    .user_agent = "vt-country-report/" VERSION " octi-push",
	    .secret_header = platform->authorization,
	    .headers = settings->headers,
	    .ca_path = settings->ca_path,
	    .ca_extra_pem = settings->ca_extra_pem,
	    .insecure = settings->insecure,
	    .allow_http = true,
	    .low_speed_s = timeout_ms / 1000,
	    .total_timeout_ms = timeout_ms,
	    .body_max = ANSWER_MAX,
	};
	graphql->retry = http_retry_default;
	graphql->retry.max_attempts = settings->retry_ms > 0 ? ATTEMPTS_MAX : 1;
	graphql->retry.budget_ms = settings->retry_ms;
	graphql->client = http_new(&options, err);
	return graphql->client ? 0 : -1;
}

int platform_open(struct platform *platform, const struct push_settings *settings, struct error *err)
{
	*platform = (struct platform){.settings = settings, .date_epoch = -1};
	platform->authorization = xasprintf("Authorization: Bearer %s", settings->token);
	if (open_client(platform, &platform->api, settings->timeout_ms, err) != 0 ||
	    open_client(platform, &platform->bulk, BULK_TIMEOUT_MS, err) != 0) {
		platform_close(platform);
		return error_prefix(err, "opencti");
	}
	return 0;
}

void platform_close(struct platform *platform)
{
	if (platform->api.client)
		http_free(platform->api.client);
	if (platform->bulk.client)
		http_free(platform->bulk.client);
	free(platform->authorization);
	*platform = (struct platform){0};
}

void platform_farewell(struct platform *platform, int64_t ms)
{
	/* One more attempt at most: whoever sent the signal waits. */
	platform->api.farewell_ms = graphql_clock_ms() + ms;
	platform->api.retry.max_attempts = 1;
}

struct json_writer *platform_begin(struct platform_request *request, const char *document)
{
	buf_init(&request->body, REQUEST_MAX);
	graphql_request_begin(&request->variables, &request->body, document);
	return &request->variables;
}

int platform_finish(struct platform *platform, struct platform_request *request, const char *operation,
		    struct graphql_reply *reply, struct error *err)
{
	int result = graphql_request_end(&request->variables, err);
	if (result == 0)
		result = graphql_call(&platform->api, operation, &request->body, reply, err);
	buf_release(&request->body);
	return result;
}

int platform_refused(const char *operation, const char *what, struct error *err)
{
	error_set(err, EXIT_UNAVAILABLE, "opencti: %s: %s", operation, what);
	if (err)
		snprintf(err->code, sizeof err->code, "%s", PLATFORM_REFUSED);
	return -1;
}

int platform_unexpected(const char *operation, struct error *err)
{
	return platform_refused(operation, "the answer is not what the schema says", err);
}

char *platform_dup(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

int platform_about(struct platform *platform, const char **odd, struct error *err)
{
	struct platform_request request;
	struct graphql_reply reply;
	*odd = NULL;
	platform_begin(&request, document_about);
	if (platform_finish(platform, &request, "about", &reply, err) != 0)
		return -1;
	const char *text = json_get_string(json_get(reply.data, "about"), "version");
	int result = text ? 0 : platform_unexpected("about", err);
	if (text) {
		snprintf(platform->version_text, sizeof platform->version_text, "%s", text);
		if (!version_parse(text, &platform->version))
			*odd = "its version is no number; taking it for the newest";
		else if (version_is_too_old(platform->version))
			*odd = "it is older than 6.5.1 and may refuse what we send";
	}
	platform->date_epoch = reply.date_epoch;
	graphql_reply_release(&reply);
	return result;
}

void platform_put_registration(const struct platform *platform, struct json_writer *variables)
{
	const struct push_settings *settings = platform->settings;
	json_key(variables, "input");
	json_begin_object(variables);
	json_member_string(variables, "id", settings->connector_id);
	json_member_string(variables, "name", settings->connector_name);
	json_member_string(variables, "type", CONNECTOR_TYPE);
	json_key(variables, "scope");
	json_begin_array(variables);
	for (const char *const *scope = settings->scope; scope && *scope; scope++)
		json_put_string(variables, *scope);
	json_end_array(variables);
	json_member_bool(variables, "auto", false);
	json_member_bool(variables, "only_contextual", false);
	json_member_bool(variables, "playbook_compatible", false);
	json_end_object(variables);
}

int platform_register(struct platform *platform, struct error *err)
{
	struct platform_request request;
	struct graphql_reply reply;
	platform_put_registration(platform, platform_begin(&request, document_register));
	if (platform_finish(platform, &request, "registerConnector", &reply, err) != 0)
		return -1;
	const cJSON *connector = json_get(reply.data, "registerConnector");
	const char *user = json_get_string(connector, "connector_user_id");
	snprintf(platform->applicant_id, sizeof platform->applicant_id, "%s", user ? user : "");
	int result = cJSON_IsObject(connector) ? 0 : platform_unexpected("registerConnector", err);
	graphql_reply_release(&reply);
	return result;
}

int platform_read_connector(struct platform *platform, struct platform_connector *connector, struct error *err)
{
	struct platform_request request;
	struct graphql_reply reply;
	*connector = (struct platform_connector){0};
	json_member_string(platform_begin(&request, document_connector), "id", platform->settings->connector_id);
	if (platform_finish(platform, &request, "connector", &reply, err) != 0)
		return -1;
	const cJSON *object = json_get(reply.data, "connector");
	connector->found = cJSON_IsObject(object);
	connector->name = platform_dup(json_get_string(object, "name"));
	connector->type = platform_dup(json_get_string(object, "connector_type"));
	connector->state = platform_dup(json_get_string(object, "connector_state"));
	const cJSON *size = json_get_path(object, "connector_queue_details", "messages_size", NULL);
	connector->queue_bytes = cJSON_IsNumber(size) ? size->valuedouble : 0;
	json_get_int(json_get(object, "connector_queue_details"), "messages_number", &connector->queue_messages);
	graphql_reply_release(&reply);
	return 0;
}

void platform_connector_release(struct platform_connector *connector)
{
	free(connector->name);
	free(connector->type);
	free(connector->state);
	*connector = (struct platform_connector){0};
}

int platform_knows(struct platform *platform, const char *id, bool *known, char **stored, struct error *err)
{
	struct platform_request request;
	struct graphql_reply reply;
	*stored = NULL;
	json_member_string(platform_begin(&request, document_known), "id", id);
	if (platform_finish(platform, &request, "stixObjectOrStixRelationship", &reply, err) != 0)
		return -1;
	const cJSON *object = json_get(reply.data, "stixObjectOrStixRelationship");
	*known = cJSON_IsObject(object);
	*stored = platform_dup(json_get_string(object, "toStix"));
	graphql_reply_release(&reply);
	return 0;
}

static void put_time(struct json_writer *writer, const char *key, int64_t epoch)
{
	char text[TIMESTAMP_TEXT_MAX];
	json_member_string(writer, key, epoch < 0 ? NULL : timestamp_format(epoch, text));
}

/* GraphQL's Float; three decimals are plenty for megabytes. */
static void put_float(struct json_writer *writer, const char *key, double number)
{
	char text[64];
	int len = snprintf(text, sizeof text, "%.3f", number);
	json_key(writer, key);
	json_put_raw(writer, text, (size_t)len);
}

static void put_info(struct json_writer *variables, const struct platform_info *info)
{
	json_key(variables, "connectorInfo");
	json_begin_object(variables);
	json_member_bool(variables, "run_and_terminate", false);
	json_member_bool(variables, "buffering", info->buffering);
	put_float(variables, "queue_threshold", info->queue_threshold_mb);
	put_float(variables, "queue_messages_size", info->queue_mb);
	put_time(variables, "next_run_datetime", info->next_run);
	put_time(variables, "last_run_datetime", info->last_run);
	json_end_object(variables);
}

int platform_ping(struct platform *platform, const char *state, const struct platform_info *info, char **stored,
		  struct error *err)
{
	struct platform_request request;
	struct graphql_reply reply;
	*stored = NULL;
	struct json_writer *variables = platform_begin(&request, document_ping);
	json_member_string(variables, "id", platform->settings->connector_id);
	json_member_string(variables, "state", state ? state : "null");
	put_info(variables, info);
	if (platform_finish(platform, &request, "pingConnector", &reply, err) != 0)
		return -1;
	const cJSON *object = json_get(reply.data, "pingConnector");
	int result = cJSON_IsObject(object) ? 0 : platform_unexpected("pingConnector", err);
	*stored = platform_dup(json_get_string(object, "connector_state"));
	graphql_reply_release(&reply);
	return result;
}
