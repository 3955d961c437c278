/* SPDX-License-Identifier: Apache-2.0 */
/* stixBundlePush (opencti.md section 2.8): a request that is built in place, since it may be large. */
#include "documents.h"
#include "exit-codes.h"
#include "json-get.h"
#include "platform-internal.h"

void platform_push_begin(struct platform *platform, struct buf *body, const char *work_id)
{
	/* The bundle comes last, so that its text can be put behind the rest without another copy of it. */
	struct json_writer writer;
	graphql_request_begin(&writer, body, work_id ? document_push_work_id : document_push);
	json_member_string(&writer, "connectorId", platform->settings->connector_id);
	if (work_id)
		json_member_string(&writer, "work_id", work_id);
	buf_add_str(body, ",\"bundle\":\"");
}

/* Checked JSON text has no other control characters than white space between its tokens. */
static char escape_of(char c)
{
	switch (c) {
	case '"':
	case '\\':
		return c;
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return 0;
	}
}

int platform_push_add(struct buf *body, const char *bytes, size_t len)
{
	size_t cost = platform_push_cost(bytes, len);
	char *to = buf_reserve(body, cost);
	if (!to)
		return -1;
	for (size_t i = 0; i < len; i++) {
		char escape = escape_of(bytes[i]);
		if (escape)
			*to++ = '\\';
		*to++ = escape ? escape : bytes[i];
	}
	buf_truncate(body, body->len + cost);
	return 0;
}

uint64_t platform_push_cost(const char *bytes, size_t len)
{
	uint64_t cost = len;
	for (size_t i = 0; i < len; i++)
		cost += escape_of(bytes[i]) != 0;
	return cost;
}

int platform_push_send(struct platform *platform, struct buf *body, bool *too_large, struct error *err)
{
	struct graphql_reply reply;
	*too_large = false;
	if (buf_add_str(body, "\"}}") != 0)
		return error_set(err, EXIT_SOFTWARE, "a push grew over its bound");
	int result = graphql_call(&platform->bulk, "stixBundlePush", body, &reply, err);
	*too_large = reply.too_large;
	if (result != 0)
		return -1;
	bool accepted = json_get_bool(reply.data, "stixBundlePush", false);
	graphql_reply_release(&reply);
	if (!accepted)
		return platform_refused("stixBundlePush", "the platform did not accept the bundle", err);
	return 0;
}
