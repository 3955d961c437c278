/* SPDX-License-Identifier: Apache-2.0 */
/* Works (opencti.md sections 2.5 to 2.7). */
#include <stdio.h>
#include <string.h>

#include "documents.h"
#include "json-get.h"
#include "platform-internal.h"

#define WORKS_MAX 200

int platform_work_add(struct platform *platform, const char *name, bool multi_part, char **id, struct error *err)
{
	struct platform_request request;
	struct graphql_reply reply;
	*id = NULL;
	struct json_writer *variables =
	    platform_begin(&request, multi_part ? document_work_add_multi_part : document_work_add);
	json_member_string(variables, "connectorId", platform->settings->connector_id);
	json_member_string(variables, "friendlyName", name);
	if (multi_part)
		json_member_bool(variables, "isMultiPartWork", true);
	if (platform_finish(platform, &request, "workAdd", &reply, err) != 0)
		return -1;
	*id = platform_dup(json_get_string(json_get(reply.data, "workAdd"), "id"));
	graphql_reply_release(&reply);
	return *id ? 0 : platform_unexpected("workAdd", err);
}

int platform_work_expect(struct platform *platform, const char *id, int64_t number, struct error *err)
{
	struct platform_request request;
	struct graphql_reply reply;
	struct json_writer *variables = platform_begin(&request, document_work_expect);
	json_member_string(variables, "id", id);
	json_member_int(variables, "expectations", number);
	int tries = platform->api.retry.max_attempts;
	platform->api.retry.max_attempts = 1;
	int result = platform_finish(platform, &request, "addExpectations", &reply, err);
	platform->api.retry.max_attempts = tries;
	if (result == 0)
		graphql_reply_release(&reply);
	return result;
}

int platform_work_to_processed(struct platform *platform, const char *id, const char *message, bool in_error,
			       struct error *err)
{
	struct platform_request request;
	struct graphql_reply reply;
	struct json_writer *variables = platform_begin(&request, document_work_to_processed);
	json_member_string(variables, "id", id);
	json_member_string(variables, "message", message);
	json_member_bool(variables, "inError", in_error);
	if (platform_finish(platform, &request, "toProcessed", &reply, err) != 0)
		return -1;
	graphql_reply_release(&reply);
	return 0;
}

int platform_work_delete(struct platform *platform, const char *id, struct error *err)
{
	struct platform_request request;
	struct graphql_reply reply;
	json_member_string(platform_begin(&request, document_work_delete), "id", id);
	if (platform_finish(platform, &request, "delete", &reply, err) != 0)
		return -1;
	graphql_reply_release(&reply);
	return 0;
}

bool platform_work_has_ended(const char *status)
{
	return strcmp(status, "complete") == 0 || strcmp(status, "timeout") == 0;
}

static void read_work(const cJSON *object, struct platform_work *work)
{
	*work = (struct platform_work){.found = cJSON_IsObject(object)};
	const char *status = json_get_string(object, "status");
	snprintf(work->status, sizeof work->status, "%s", status ? status : "gone");
	work->complete = strcmp(work->status, "complete") == 0;
	work->over = !work->found || platform_work_has_ended(work->status);
	const cJSON *tracking = json_get(object, "tracking");
	json_get_int(tracking, "import_expected_number", &work->expected);
	json_get_int(tracking, "import_processed_number", &work->processed);
	work_errors_add(&work->errors, json_get(object, "errors"));
}

int platform_work_read(struct platform *platform, const char *id, struct platform_work *work, struct error *err)
{
	struct platform_request request;
	struct graphql_reply reply;
	json_member_string(platform_begin(&request, document_work), "id", id);
	if (platform_finish(platform, &request, "work", &reply, err) != 0)
		return -1;
	read_work(json_get(reply.data, "work"), work);
	graphql_reply_release(&reply);
	return 0;
}

static void put_connector_filter(struct json_writer *variables, const char *connector_id)
{
	json_key(variables, "filters");
	json_begin_object(variables);
	json_member_string(variables, "mode", "and");
	json_key(variables, "filters");
	json_begin_array(variables);
	json_begin_object(variables);
	json_key(variables, "key");
	json_begin_array(variables);
	json_put_string(variables, "connector_id");
	json_end_array(variables);
	json_key(variables, "values");
	json_begin_array(variables);
	json_put_string(variables, connector_id);
	json_end_array(variables);
	json_end_object(variables);
	json_end_array(variables);
	json_key(variables, "filterGroups");
	json_begin_array(variables);
	json_end_array(variables);
	json_end_object(variables);
}

int platform_each_work(struct platform *platform,
		       void (*each)(void *data, const char *id, const char *name, const char *status), void *data,
		       struct error *err)
{
	struct platform_request request;
	struct graphql_reply reply;
	struct json_writer *variables = platform_begin(&request, document_works);
	json_member_int(variables, "count", WORKS_MAX);
	put_connector_filter(variables, platform->settings->connector_id);
	if (platform_finish(platform, &request, "works", &reply, err) != 0)
		return -1;
	const cJSON *edge;
	cJSON_ArrayForEach(edge, json_get_path(reply.data, "works", "edges", NULL))
	{
		const cJSON *node = json_get(edge, "node");
		const char *id = json_get_string(node, "id");
		const char *name = json_get_string(node, "name");
		const char *status = json_get_string(node, "status");
		if (id)
			each(data, id, name ? name : "", status ? status : "");
	}
	graphql_reply_release(&reply);
	return 0;
}
