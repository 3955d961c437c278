/* SPDX-License-Identifier: Apache-2.0 */
#include "expansion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json-write.h"
#include "log.h"
#include "recall.h"
#include "xalloc.h"

static void ask_page(struct expansion *expansion, struct relation *relation, bool by_descriptors, const char *cursor);

static size_t link_index(const struct relation *relation)
{
	return (size_t)(relation->link - relation->settings->links);
}

/* Whether the plan is to tell about it. */
static bool is_planned(const struct relation *relation)
{
	return relation->state == RELATION_WAITING && relation->link->link->target != VT_LINK_MITRE &&
	       !relation->is_sure;
}

static void fail(struct relation *relation, const struct error *err)
{
	char status[32];
	snprintf(status, sizeof(status), err->http_status ? "HTTP%ld" : "NoAnswer", err->http_status);
	char *text = log_redact(err->text);
	relation_fail(relation, *err->code ? err->code : status, text);
	free(text);
}

/* There was an answer, but it cannot be used. */
static void fail_by_answer(struct relation *relation, const struct error *err)
{
	char *text = log_redact(err->text);
	log_warning("%s %s: %s", relation->file_id, relation->link->link->name, text);
	relation_fail(relation, "BadAnswer", text);
	free(text);
}

static void take_page(struct expansion *expansion, struct relation *relation, const struct buf *body,
		      bool by_descriptors)
{
	struct vt_page page;
	struct error err;
	if (vt_page_read(expansion->asking->api, body, &page, &err)) {
		vt_page_release(&page);
		fail_by_answer(relation, &err);
		return;
	}
	relation_take(relation, page.data);
	cache_add_page(expansion->asking->cache, &relation->answer, page.data);
	if (page.count > relation->told)
		relation->told = page.count;
	bool goes_on = page.cursor && !relation_has_enough(relation);
	if (goes_on && vt_cursor_guard_check(&relation->cursors, page.cursor, &err)) {
		fail_by_answer(relation, &err);
	} else if (goes_on) {
		ask_page(expansion, relation, by_descriptors, page.cursor);
	} else {
		relation->is_cut = page.cursor != NULL;
		relation->state = RELATION_DONE;
		recall_store(expansion->asking->cache, relation, by_descriptors ? CACHE_DESCRIPTORS : CACHE_OBJECTS);
	}
	vt_page_release(&page);
}

static void take_tree(struct expansion *expansion, struct relation *relation, const struct buf *body)
{
	struct vt_page page;
	struct error err;
	if (vt_page_read(expansion->asking->api, body, &page, &err) == 0) {
		relation_take_tree(relation, page.data);
		cache_add_page(expansion->asking->cache, &relation->answer, page.data);
		recall_store(expansion->asking->cache, relation, CACHE_OBJECTS);
	} else {
		fail_by_answer(relation, &err);
	}
	vt_page_release(&page);
}

static void on_failure(struct expansion *expansion, struct relation *relation, const struct error *err)
{
	/* What ended all asking is told by expansion_abandon, the same for every file. */
	if (expansion->asking->stop != ASKING_GOES_ON && expansion->asking->stop != ASKING_BUDGET)
		return;
	if (err->http_status == 403)
		asking_refuse(expansion->asking, link_index(relation), "ForbiddenError", err->text);
	else if (err->http_status != 404)
		log_warning("%s %s: %s", expansion->id, relation->link->link->name, err->text);
	fail(relation, err);
	/* A proxy's 404 says nothing. */
	if (err->http_status == 404 && strcmp(err->code, "NotFoundError") == 0 && relation->pages == 0)
		recall_store(expansion->asking->cache, relation, CACHE_NOT_FOUND);
}

static void on_objects(struct asking_call *call, struct http_response *response, const struct error *err)
{
	struct relation *relation = call->item;
	struct asking *asking = call->asking;
	if (err)
		on_failure(call->owner, relation, err);
	else if (relation->link->link->target == VT_LINK_MITRE)
		take_tree(call->owner, relation, &response->body);
	else
		take_page(call->owner, relation, &response->body, false);
	asking_learn(asking, link_index(relation), err ? err->http_status : 200);
}

static void on_descriptors(struct asking_call *call, struct http_response *response, const struct error *err)
{
	if (err)
		on_failure(call->owner, call->item, err);
	else
		take_page(call->owner, call->item, &response->body, true);
}

static void ask_page(struct expansion *expansion, struct relation *relation, bool by_descriptors, const char *cursor)
{
	struct asking_call *call = &expansion->calls[relation - expansion->relations];
	struct buf path;
	buf_init(&path, BUF_UNBOUNDED);
	buf_printf(&path, "/files/%s/%s%s", expansion->id, by_descriptors ? "relationships/" : "",
		   relation->link->link->name);
	if (relation->link->link->target != VT_LINK_MITRE)
		buf_printf(&path, "?limit=%d", VT_RELATIONSHIP_LIMIT_MAX);
	if (cursor) {
		buf_add_str(&path, "&cursor=");
		http_escape(&path, cursor);
	}
	*call = (struct asking_call){.link_index = link_index(relation),
				     .answered = by_descriptors ? on_descriptors : on_objects,
				     .owner = expansion,
				     .item = relation};
	asking_begin(expansion->asking, path.data, call);
	buf_release(&path);
}

static void ask(void *owner, void *item)
{
	struct expansion *expansion = owner;
	struct relation *relation = item;
	struct asking_hold hold = {
	    .link_index = link_index(relation), .resume = ask, .owner = expansion, .item = relation};
	const struct asking_refusal *refusal = &expansion->asking->refusals[hold.link_index];
	if (refusal->text)
		relation_fail(relation, refusal->code, refusal->text);
	else if (asking_may_ask(expansion->asking, &hold))
		ask_page(expansion, relation, false, NULL);
}

/* What the plan says about a relationship: nothing there, settled by its descriptors, or worth asking for. */
static void take_plan(struct expansion *expansion, struct relation *relation, struct json_slice plan)
{
	struct json_slice links, data, cursor;
	if (!json_member(plan, relation->link->link->name, &links) || !json_member(links, "data", &data)) {
		ask(expansion, relation);
		return;
	}
	asking_learn(expansion->asking, link_index(relation), 200);
	bool has_more = json_path(links, &cursor, "meta", "cursor", NULL);
	bool suffice = relation_descriptors_suffice(relation, data);
	if (suffice && !has_more) {
		relation_take(relation, data);
		relation->state = RELATION_DONE;
		cache_add_page(expansion->asking->cache, &relation->answer, data);
		recall_store(expansion->asking->cache, relation, CACHE_DESCRIPTORS);
	} else if (suffice && relation->settings->contact_min_positives == 0 &&
		   relation->link->link->target != VT_LINK_FILE) {
		ask_page(expansion, relation, true, NULL);
	} else {
		ask(expansion, relation);
	}
}

static void take_whole_plan(struct expansion *expansion, struct json_slice plan)
{
	for (size_t i = 0; i < expansion->count; i++) {
		if (is_planned(&expansion->relations[i]))
			take_plan(expansion, &expansion->relations[i], plan);
	}
}

static void on_plan_failure(struct expansion *expansion, const struct error *err)
{
	if (err->http_status == 403) {
		expansion->asking->plan_is_forbidden = true;
		take_whole_plan(expansion, (struct json_slice){NULL, 0});
		return;
	}
	for (size_t i = 0; i < expansion->count; i++) {
		struct relation *relation = &expansion->relations[i];
		if (is_planned(relation))
			on_failure(expansion, relation, err);
	}
}

static void on_plan(struct asking_call *call, struct http_response *response, const struct error *err)
{
	struct expansion *expansion = call->owner;
	struct vt_page page;
	struct json_slice plan;
	struct error page_err;
	if (err) {
		on_plan_failure(expansion, err);
	} else if (vt_page_read(expansion->asking->api, &response->body, &page, &page_err)) {
		vt_page_release(&page);
		on_plan_failure(expansion, &page_err);
	} else {
		json_member(page.data, "relationships", &plan);
		take_whole_plan(expansion, plan);
		vt_page_release(&page);
	}
}

static void ask_plan(struct expansion *expansion)
{
	struct buf path;
	char separator = '=';
	buf_init(&path, BUF_UNBOUNDED);
	buf_printf(&path, "/files/%s?relationships", expansion->id);
	for (size_t i = 0; i < expansion->count; i++) {
		const struct relation *relation = &expansion->relations[i];
		if (!is_planned(relation))
			continue;
		buf_printf(&path, "%c%s", separator, relation->link->link->name);
		separator = ',';
	}
	expansion->plan_call = (struct asking_call){
	    .link_index = expansion->asking->settings->link_count, .answered = on_plan, .owner = expansion};
	asking_begin(expansion->asking, path.data, &expansion->plan_call);
	buf_release(&path);
}

static size_t count_planned(const struct expansion *expansion)
{
	size_t count = 0;
	for (size_t i = 0; i < expansion->count; i++)
		count += is_planned(&expansion->relations[i]);
	return count;
}

/* The surest come first: a quota may end in between. */
void expansion_start(struct expansion *expansion)
{
	const struct asking *asking = expansion->asking;
	for (size_t i = 0; i < expansion->count; i++) {
		struct relation *relation = &expansion->relations[i];
		if (relation->state == RELATION_WAITING &&
		    (relation->is_sure || asking->refusals[link_index(relation)].text))
			ask(expansion, relation);
	}
	/* For a single one the plan would cost as much as the answer. */
	if (count_planned(expansion) > 1 && !asking->plan_is_forbidden)
		ask_plan(expansion);
	else
		take_whole_plan(expansion, (struct json_slice){NULL, 0});
	for (size_t i = 0; i < expansion->count; i++) {
		struct relation *relation = &expansion->relations[i];
		if (relation->link->link->target == VT_LINK_MITRE && relation->state == RELATION_WAITING)
			ask(expansion, relation);
	}
}

void expansion_add_cost(const struct expansion *expansion, struct expansion_cost *cost)
{
	size_t planned = count_planned(expansion);
	if (planned > 1) {
		cost->expected_halves += 2;
		cost->at_most++;
	}
	for (size_t i = 0; i < expansion->count; i++) {
		const struct relation *relation = &expansion->relations[i];
		if (relation->state != RELATION_WAITING)
			continue;
		cost->expected_halves += planned == 1 || !is_planned(relation) ? 2 : 1;
		cost->at_most += relation->link->link->target == VT_LINK_MITRE ? 1 : RELATION_PAGES_MAX;
	}
}

/* Whether an earlier run has answered this one: what failed for a reason that may pass is asked for again. */
static bool is_answered(const struct record *record, const char *name)
{
	struct json_slice links, code;
	if (!json_member(record->relationships, name, &links))
		return false;
	if (!json_path(links, &code, "error", "code", NULL))
		return true;
	return json_string_is(code, "NotFoundError");
}

/* A list that the plan's descriptors may settle is never sure. */
static bool is_sure(const struct record *record, const struct relate_settings *settings, const struct vt_link *link)
{
	struct json_slice value;
	char key[80];
	if (link->target != VT_LINK_FILE && settings->contact_min_positives == 0)
		return false;
	snprintf(key, sizeof(key), "has_%s_with_detections", link->name);
	return json_path(record->attributes, &value, "threat_severity", "threat_severity_data", key, NULL) &&
	       json_type_of(value) == JSON_TRUE;
}

struct expansion *expansion_new(struct asking *asking, const struct record *record, const struct vt_file *file)
{
	const struct relate_settings *settings = asking->settings;
	struct expansion *expansion = xcalloc(1, sizeof(*expansion));
	expansion->asking = asking;
	expansion->record = *record;
	snprintf(expansion->id, sizeof(expansion->id), "%s", file->sha256);
	expansion->relations = xcalloc(settings->link_count + 1, sizeof(*expansion->relations));
	expansion->calls = xcalloc(settings->link_count + 1, sizeof(*expansion->calls));
	for (size_t i = 0; i < settings->link_count; i++) {
		const struct relate_link *link = &settings->links[i];
		if (is_answered(record, link->link->name))
			continue;
		struct relation *relation = &expansion->relations[expansion->count++];
		relation_init(relation, settings, link, expansion->id);
		recall_relation(asking->cache, relation, file->first_submission_date);
		relation->is_sure = is_sure(record, settings, link->link);
	}
	return expansion;
}

void expansion_free(struct expansion *expansion)
{
	for (size_t i = 0; i < expansion->count; i++)
		relation_release(&expansion->relations[i]);
	free(expansion->relations);
	free(expansion->calls);
	free(expansion);
}

bool expansion_is_done(const struct expansion *expansion)
{
	for (size_t i = 0; i < expansion->count; i++) {
		if (expansion->relations[i].state == RELATION_WAITING)
			return false;
	}
	return true;
}

void expansion_abandon(struct expansion *expansion)
{
	if (expansion->is_abandoned)
		return;
	char *text = log_redact(expansion->asking->stop_error.text);
	bool is_untouched = true;
	for (size_t i = 0; i < expansion->count; i++) {
		struct relation *relation = &expansion->relations[i];
		if (relation->state != RELATION_WAITING || relation->pages)
			is_untouched = false;
		if (relation->state != RELATION_WAITING)
			continue;
		relation_fail(relation, asking_stop_code(expansion->asking), text);
		expansion->is_abandoned = true;
	}
	expansion->is_untouched = expansion->is_abandoned && is_untouched;
	free(text);
}

bool expansion_has_failed(const struct expansion *expansion)
{
	for (size_t i = 0; i < expansion->count; i++) {
		const struct relation *relation = &expansion->relations[i];
		if (relation->state == RELATION_FAILED && strcmp(relation->error_code, "NotFoundError") != 0 &&
		    strcmp(relation->error_code, "ForbiddenError") != 0)
			return true;
	}
	return false;
}

bool expansion_replaces(const struct expansion *expansion, struct json_slice name)
{
	for (size_t i = 0; i < expansion->count; i++) {
		if (json_string_is(name, expansion->relations[i].link->link->name))
			return true;
	}
	return false;
}

static void write_relationships(const struct expansion *expansion, struct buf *out)
{
	struct json_writer json;
	struct json_iter iter;
	struct json_slice name, links;
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	json_writer_init(&json, out);
	json_begin_object(&json);
	json_iter_init(&iter, expansion->record.relationships);
	while (iter.is_object && json_iter_next(&iter, &name, &links)) {
		if (expansion_replaces(expansion, name))
			continue;
		char *key = json_string_dup(name);
		json_key(&json, key);
		json_put_raw(&json, links.text, links.len);
		free(key);
	}
	for (size_t i = 0; i < expansion->count; i++) {
		buf_clear(&text);
		relation_write(&expansion->relations[i], &text);
		json_key(&json, expansion->relations[i].link->link->name);
		json_put_raw(&json, text.data, text.len);
	}
	json_end_object(&json);
	buf_release(&text);
}

void expansion_explain(const struct expansion *expansion)
{
	for (size_t i = 0; i < expansion->count; i++)
		relation_explain(&expansion->relations[i]);
}

void expansion_write(const struct expansion *expansion, struct buf *out)
{
	struct json_slice whole = expansion->record.whole, old = expansion->record.relationships;
	if (expansion->count == 0 || expansion->is_untouched) {
		buf_add(out, whole.text, whole.len);
	} else if (old.text) {
		const char *behind = old.text + old.len;
		buf_add(out, whole.text, (size_t)(old.text - whole.text));
		write_relationships(expansion, out);
		buf_add(out, behind, (size_t)(whole.text + whole.len - behind));
	} else {
		buf_add(out, whole.text, whole.len - 1);
		buf_add_str(out, ",\"relationships\":");
		write_relationships(expansion, out);
		buf_add_char(out, '}');
	}
}
