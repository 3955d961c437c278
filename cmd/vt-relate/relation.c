/* SPDX-License-Identifier: Apache-2.0 */
#include "relation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json-write.h"
#include "log.h"
#include "related.h"
#include "xalloc.h"

void relation_init(struct relation *relation, const struct relate_settings *settings, const struct relate_link *link,
		   const char *file_id)
{
	*relation = (struct relation){.settings = settings, .link = link, .file_id = file_id, .told = -1};
	id_set_init(&relation->seen);
	buf_init(&relation->tree, BUF_UNBOUNDED);
	buf_init(&relation->explained, BUF_UNBOUNDED);
	cache_answer_init(&relation->answer);
}

void relation_release(struct relation *relation)
{
	for (size_t i = 0; i < relation->count; i++)
		related_release(&relation->items[i]);
	free(relation->items);
	id_set_release(&relation->seen);
	record_counts_release(&relation->rejected);
	buf_release(&relation->tree);
	buf_release(&relation->explained);
	cache_answer_release(&relation->answer);
	vt_cursor_guard_release(&relation->cursors);
}

static void reject(struct relation *relation, struct json_slice object, const char *reason)
{
	record_counts_add(&relation->rejected, reason, 1);
	if (relation->settings->explain) {
		char *id = related_id(object);
		buf_printf(&relation->explained, "%s %s %s: left out: %s%c", relation->file_id,
			   relation->link->link->name, id ? id : "?", reason, '\0');
		free(id);
	}
}

void relation_explain(const struct relation *relation)
{
	const struct buf *lines = &relation->explained;
	for (size_t at = 0; at < lines->len; at += strlen(lines->data + at) + 1)
		log_info("%s", lines->data + at);
}

static void add(struct relation *relation, const struct related *related)
{
	if (relation->count == relation->cap) {
		relation->cap = relation->cap ? relation->cap * 2 : 16;
		relation->items = xreallocarray(relation->items, relation->cap, sizeof(*relation->items));
	}
	relation->items[relation->count++] = *related;
}

static int compare_items(const void *a, const void *b)
{
	return related_compare(a, b);
}

/* Puts the best first, and lets go of what lies behind the limit. */
static void sort_and_cut(struct relation *relation)
{
	size_t max = relation->link->max ? (size_t)relation->link->max : relation->count;
	if (relation->count)
		qsort(relation->items, relation->count, sizeof(*relation->items), compare_items);
	while (relation->count > max) {
		struct related *last = &relation->items[--relation->count];
		struct json_slice object = {last->text, last->len};
		reject(relation, object, "cap");
		related_release(last);
	}
}

void relation_take(struct relation *relation, struct json_slice data)
{
	struct json_iter iter;
	struct json_slice object;
	json_iter_init(&iter, data);
	while (json_iter_next(&iter, NULL, &object)) {
		struct related related;
		char *id = related_id(object);
		/* Lists move while they are paged through. */
		bool is_new = !id || id_set_add(&relation->seen, id_key_of(id, strlen(id)));
		free(id);
		if (!is_new)
			continue;
		relation->found++;
		const char *reason =
		    related_read(&related, relation->settings, relation->link->link->target, relation->file_id, object);
		if (reason)
			reject(relation, object, reason);
		else
			add(relation, &related);
	}
	relation->pages++;
	sort_and_cut(relation);
}

bool relation_has_enough(const struct relation *relation)
{
	return relation->pages >= RELATION_PAGES_MAX ||
	       (relation->link->max && relation->count >= (size_t)relation->link->max);
}

bool relation_descriptors_suffice(const struct relation *relation, struct json_slice descriptors)
{
	const struct relate_settings *settings = relation->settings;
	struct json_iter iter;
	struct json_slice descriptor;
	if (relation->link->link->target != VT_LINK_FILE && settings->contact_min_positives == 0)
		return true;
	json_iter_init(&iter, descriptors);
	while (json_iter_next(&iter, NULL, &descriptor)) {
		if (!related_reject_by_id(settings, relation->link->link->target, relation->file_id, descriptor))
			return false;
	}
	return true;
}

void relation_take_tree(struct relation *relation, struct json_slice data)
{
	json_compact(data, &relation->tree);
	relation->state = RELATION_DONE;
}

void relation_fail(struct relation *relation, const char *code, const char *text)
{
	relation->state = RELATION_FAILED;
	snprintf(relation->error_code, sizeof(relation->error_code), "%s", code);
	snprintf(relation->error_text, sizeof(relation->error_text), "%s", text);
}

static void write_meta(const struct relation *relation, struct json_writer *json)
{
	json_key(json, "meta");
	json_begin_object(json);
	json_member_int(json, "count", relation->told > relation->found ? relation->told : relation->found);
	json_member_int(json, "kept", (int64_t)relation->count);
	if (relation->rejected.len) {
		struct buf counts;
		buf_init(&counts, BUF_UNBOUNDED);
		record_counts_write(&relation->rejected, &counts);
		json_key(json, "rejected");
		json_put_raw(json, counts.data, counts.len);
		buf_release(&counts);
	}
	if (relation->is_cut)
		json_member_bool(json, "cut", true);
	json_end_object(json);
}

void relation_write(const struct relation *relation, struct buf *out)
{
	struct json_writer json;
	bool has_tree = relation->tree.len > 0;
	json_writer_init(&json, out);
	json_begin_object(&json);
	json_key(&json, "data");
	if (has_tree) {
		json_put_raw(&json, relation->tree.data, relation->tree.len);
	} else {
		json_begin_array(&json);
		for (size_t i = 0; i < relation->count; i++)
			json_put_raw(&json, relation->items[i].text, relation->items[i].len);
		json_end_array(&json);
	}
	if (!has_tree && (relation->state == RELATION_DONE || relation->found))
		write_meta(relation, &json);
	if (relation->state == RELATION_FAILED) {
		json_key(&json, "error");
		json_begin_object(&json);
		json_member_string(&json, "code", relation->error_code);
		json_member_string(&json, "message", relation->error_text);
		json_end_object(&json);
	}
	json_end_object(&json);
}
