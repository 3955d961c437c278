/* SPDX-License-Identifier: Apache-2.0 */
/* Where the platform's message queue is: told, with its password, to a connector that registers. */
#include <stdlib.h>

#include "documents.h"
#include "json-get.h"
#include "log.h"
#include "platform-internal.h"

static int read_queue(const cJSON *connector, struct platform_queue *queue)
{
	const cJSON *config = json_get(connector, "config");
	const cJSON *connection = json_get(config, "connection");
	int64_t port = 0;
	json_get_int(connection, "port", &port);
	*queue = (struct platform_queue){
	    .applicant_id = platform_dup(json_get_string(connector, "connector_user_id")),
	    .exchange = platform_dup(json_get_string(config, "push_exchange")),
	    .routing_key = platform_dup(json_get_string(config, "push_routing")),
	    .host = platform_dup(json_get_string(connection, "host")),
	    .vhost = platform_dup(json_get_string(connection, "vhost")),
	    .user = platform_dup(json_get_string(connection, "user")),
	    .password = platform_dup(json_get_string(connection, "pass")),
	    .port = port > 0 && port < 65536 ? (int)port : 0,
	    .use_tls = json_get_bool(connection, "use_ssl", false),
	};
	if (queue->password)
		log_add_secret(queue->password);
	return queue->applicant_id && queue->exchange && queue->routing_key && queue->host && queue->vhost &&
		       queue->user && queue->password && queue->port
		   ? 0
		   : -1;
}

int platform_read_queue(struct platform *platform, struct platform_queue *queue, struct error *err)
{
	struct platform_request request;
	struct graphql_reply reply;
	*queue = (struct platform_queue){0};
	platform_put_registration(platform, platform_begin(&request, document_register_queue));
	if (platform_finish(platform, &request, "registerConnector", &reply, err) != 0)
		return -1;
	int result = read_queue(json_get(reply.data, "registerConnector"), queue);
	graphql_reply_release(&reply);
	if (result == 0)
		return 0;
	platform_queue_release(queue);
	return platform_unexpected("registerConnector", err);
}

int platform_find_queue(struct platform *platform, struct platform_queue *queue, bool *found, struct error *err)
{
	struct platform_request request;
	struct graphql_reply reply;
	*queue = (struct platform_queue){0};
	json_member_string(platform_begin(&request, document_queue), "id", platform->settings->connector_id);
	if (platform_finish(platform, &request, "connector", &reply, err) != 0)
		return -1;
	*found = read_queue(json_get(reply.data, "connector"), queue) == 0;
	graphql_reply_release(&reply);
	if (!*found)
		platform_queue_release(queue);
	return 0;
}

void platform_queue_release(struct platform_queue *queue)
{
	free(queue->applicant_id);
	free(queue->exchange);
	free(queue->routing_key);
	free(queue->host);
	free(queue->vhost);
	free(queue->user);
	free(queue->password);
	*queue = (struct platform_queue){0};
}
