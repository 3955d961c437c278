/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit-codes.h"
#include "http-internal.h"
#include "vt-api-internal.h"
#include "vt-api.h"
#include "xalloc.h"

/* We build the next request ourselves, but a page that points elsewhere is not to be trusted at all. */
static int check_next(const struct vt_api *api, struct json_slice links, struct error *err)
{
	struct json_slice next;
	if (!json_member(links, "next", &next) || json_type_of(next) == JSON_NULL)
		return 0;
	char *url = json_string_dup(next);
	bool is_ours = url && http_same_origin(url, api->base_url);
	int result = 0;
	if (!is_ours)
		result =
		    error_set(err, EXIT_UNAVAILABLE,
			      "VirusTotal: links.next leads to another host (\"%s\"): not followed", url ? url : "");
	free(url);
	return result;
}

static int64_t count_or_none(struct json_slice meta, const char *key)
{
	struct json_slice value;
	int64_t number;
	return json_member(meta, key, &value) && json_int64(value, &number) && number >= 0 ? number : -1;
}

int vt_page_read(const struct vt_api *api, const struct buf *body, struct vt_page *page, struct error *err)
{
	static const char *const keys[] = {"data", "links", "meta"};
	static const char empty_list[] = "[]";
	struct json_slice root, values[3], cursor;
	*page = (struct vt_page){.cursor = NULL};
	if (json_check(body->data, body->len, &root, err)) {
		err->status = EXIT_UNAVAILABLE;
		error_prefix(err, "VirusTotal's answer is not JSON");
		snprintf(err->code, sizeof(err->code), VT_NOT_JSON);
		return -1;
	}
	json_members(root, keys, values, 3);
	page->data = values[0];
	switch (json_type_of(page->data)) {
	case JSON_ARRAY:
		break;
	case JSON_OBJECT:
		page->is_single = true;
		break;
	case JSON_NULL:
		page->data = (struct json_slice){empty_list, 2};
		break;
	default:
		return error_set(err, EXIT_UNAVAILABLE, "VirusTotal's answer has no \"data\"");
	}
	if (check_next(api, values[1], err))
		return -1;
	if (json_member(values[2], "cursor", &cursor))
		page->cursor = json_string_dup(cursor);
	if (page->cursor && !*page->cursor) {
		free(page->cursor);
		page->cursor = NULL;
	}
	page->total_hits = count_or_none(values[2], "total_hits");
	page->count = count_or_none(values[2], "count");
	page->days_back = count_or_none(values[2], "days_back");
	return 0;
}

void vt_page_release(struct vt_page *page)
{
	free(page->cursor);
	page->cursor = NULL;
}

/* FNV-1a: cursors come from the service, and a false alarm would take 2^32 pages. */
static uint64_t hash_of(const char *text)
{
	uint64_t hash = 0xCBF29CE484222325u;
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001B3u;
	return hash;
}

int vt_cursor_guard_check(struct vt_cursor_guard *guard, const char *cursor, struct error *err)
{
	uint64_t hash = hash_of(cursor);
	for (size_t i = 0; i < guard->count; i++) {
		if (guard->seen[i] == hash)
			return error_set(err, EXIT_UNAVAILABLE,
					 "VirusTotal gives the same cursor again: stopped instead of turning in a "
					 "circle");
	}
	if (guard->count == guard->cap) {
		guard->cap = guard->cap ? guard->cap * 2 : 16;
		guard->seen = xreallocarray(guard->seen, guard->cap, sizeof(*guard->seen));
	}
	guard->seen[guard->count++] = hash;
	return 0;
}

void vt_cursor_guard_release(struct vt_cursor_guard *guard)
{
	free(guard->seen);
	*guard = (struct vt_cursor_guard){.seen = NULL};
}
