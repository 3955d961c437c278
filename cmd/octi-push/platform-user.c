/* SPDX-License-Identifier: Apache-2.0 */
/* Who the token's user is, for --check. */
#include <stdlib.h>
#include <string.h>

#include "documents.h"
#include "json-get.h"
#include "platform-internal.h"
#include "xalloc.h"

static void add(struct platform_names *names, const char *text)
{
	if (!text)
		return;
	names->items = xreallocarray(names->items, names->count + 1, sizeof *names->items);
	names->items[names->count++] = xstrdup(text);
}

static void add_each(struct platform_names *names, const cJSON *list, const char *member)
{
	const cJSON *item;
	cJSON_ArrayForEach(item, list)
	{
		add(names, json_get_string(item, member));
	}
}

static bool has(const struct platform_names *names, const char *text)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->items[i], text) == 0)
			return true;
	}
	return false;
}

static int read_markings(struct platform *platform, struct platform_user *user, struct error *err)
{
	struct platform_request request;
	struct graphql_reply reply;
	platform_begin(&request, document_markings);
	if (platform_finish(platform, &request, "markingDefinitions", &reply, err) != 0)
		return -1;
	const cJSON *edge;
	cJSON_ArrayForEach(edge, json_get_path(reply.data, "markingDefinitions", "edges", NULL))
	{
		add(&user->markings, json_get_string(json_get(edge, "node"), "standard_id"));
	}
	graphql_reply_release(&reply);
	return 0;
}

int platform_read_user(struct platform *platform, struct platform_user *user, struct error *err)
{
	struct platform_request request;
	struct graphql_reply reply;
	*user = (struct platform_user){0};
	platform_begin(&request, document_me);
	if (platform_finish(platform, &request, "me", &reply, err) != 0)
		return -1;
	const cJSON *me = json_get(reply.data, "me");
	const char *name = json_get_string(me, "name");
	user->name = xstrdup(name ? name : "");
	add_each(&user->rights, json_get(me, "capabilities"), "name");
	add_each(&user->allowed, json_get(me, "allowed_marking"), "standard_id");
	int result = name ? read_markings(platform, user, err) : platform_unexpected("me", err);
	graphql_reply_release(&reply);
	if (result != 0)
		platform_user_release(user);
	return result;
}

static void release(struct platform_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
}

void platform_user_release(struct platform_user *user)
{
	free(user->name);
	release(&user->rights);
	release(&user->allowed);
	release(&user->markings);
	*user = (struct platform_user){0};
}

bool platform_user_can(const struct platform_user *user, const char *right)
{
	if (has(&user->rights, "BYPASS"))
		return true;
	/* A right's name begins with that of the right it is part of (opencti.md section 1). */
	for (size_t i = 0; i < user->rights.count; i++) {
		if (strstr(user->rights.items[i], right))
			return true;
	}
	return false;
}

bool platform_user_sees_marking(const struct platform_user *user, const char *id)
{
	return has(&user->markings, id);
}

bool platform_user_may_mark(const struct platform_user *user, const char *id)
{
	return has(&user->rights, "BYPASS") || has(&user->allowed, id);
}
