/* SPDX-License-Identifier: Apache-2.0 */
#include "totals.h"

#include <stdlib.h>
#include <string.h>

#include "json-write.h"

void totals_release(struct totals *totals)
{
	record_counts_release(&totals->related_rejected);
}

/* Relationships that the record had already. */
static void add_earlier(struct totals *totals, const struct expansion *expansion)
{
	struct json_iter iter, reasons;
	struct json_slice name, links, value;
	int64_t number;
	json_iter_init(&iter, expansion->record.relationships);
	while (iter.is_object && json_iter_next(&iter, &name, &links)) {
		if (expansion_replaces(expansion, name))
			continue;
		if (json_path(links, &value, "meta", "kept", NULL) && json_int64(value, &number))
			totals->related_kept += number;
		json_path(links, &value, "meta", "rejected", NULL);
		json_iter_init(&reasons, value);
		while (reasons.is_object && json_iter_next(&reasons, &name, &value)) {
			char *reason = json_string_dup(name);
			if (json_int64(value, &number))
				record_counts_add(&totals->related_rejected, reason, number);
			free(reason);
		}
	}
}

void totals_add(struct totals *totals, const struct expansion *expansion)
{
	add_earlier(totals, expansion);
	if (expansion->is_untouched) {
		totals->not_asked++;
		return;
	}
	for (size_t i = 0; i < expansion->count; i++) {
		const struct relation *relation = &expansion->relations[i];
		totals->related_kept += (int64_t)relation->count;
		totals->cache_hits += relation->is_cached;
		for (size_t j = 0; j < relation->rejected.len; j++)
			record_counts_add(&totals->related_rejected, relation->rejected.items[j].name,
					  relation->rejected.items[j].count);
	}
	if (expansion->is_abandoned) {
		totals->not_asked++;
	} else {
		totals->files_expanded++;
		totals->files_failed += expansion_has_failed(expansion);
	}
}

static int64_t earlier_number(struct json_slice relate, const char *key)
{
	struct json_slice value;
	int64_t number;
	return json_member(relate, key, &value) && json_int64(value, &number) && number >= 0 && number < INT32_MAX
		   ? number
		   : 0;
}

static void write_forbidden(const struct asking *asking, struct json_writer *json)
{
	bool is_first = true;
	for (size_t i = 0; i < asking->settings->link_count; i++) {
		if (strcmp(asking->refusals[i].code, "ForbiddenError") != 0)
			continue;
		if (is_first) {
			json_key(json, "forbidden");
			json_begin_array(json);
		}
		is_first = false;
		json_put_string(json, asking->settings->links[i].link->name);
	}
	if (!is_first)
		json_end_array(json);
}

static void write_relate(const struct totals *totals, const struct asking *asking, struct json_slice earlier,
			 struct json_writer *json)
{
	struct buf rejected;
	int64_t requests = (int64_t)http_request_count(vt_api_http(asking->api));
	buf_init(&rejected, BUF_UNBOUNDED);
	record_counts_write(&totals->related_rejected, &rejected);
	json_begin_object(json);
	json_member_int(json, "files_expanded", totals->files_expanded);
	json_member_int(json, "requests", requests + earlier_number(earlier, "requests"));
	json_member_int(json, "cache_hits", totals->cache_hits + earlier_number(earlier, "cache_hits"));
	json_member_int(json, "related_kept", totals->related_kept);
	json_key(json, "related_rejected");
	json_put_raw(json, rejected.data, rejected.len);
	json_key(json, "not_expanded");
	json_begin_object(json);
	bool is_quota = asking->stop == ASKING_BUDGET || asking->stop == ASKING_QUOTA;
	json_member_int(json, "quota", is_quota ? totals->not_asked : 0);
	json_member_int(json, "error", totals->files_failed);
	json_member_int(json, "expand_max", totals->not_chosen);
	if (asking->stop != ASKING_GOES_ON && !is_quota)
		json_member_int(json, asking_stop_reason(asking), totals->not_asked);
	json_end_object(json);
	if (totals->malformed)
		json_member_int(json, "malformed", totals->malformed);
	write_forbidden(asking, json);
	json_member_bool(json, "complete", asking->stop == ASKING_GOES_ON);
	json_end_object(json);
	buf_release(&rejected);
}

static void write_attributes(const struct totals *totals, const struct asking *asking, struct json_slice attributes,
			     struct buf *out)
{
	struct json_writer json;
	struct json_iter iter;
	struct json_slice name, value, earlier;
	json_member(attributes, "relate", &earlier);
	json_writer_init(&json, out);
	json_begin_object(&json);
	json_iter_init(&iter, attributes);
	while (iter.is_object && json_iter_next(&iter, &name, &value)) {
		if (json_string_is(name, "relate"))
			continue;
		char *key = json_string_dup(name);
		json_key(&json, key);
		json_put_raw(&json, value.text, value.len);
		free(key);
	}
	json_key(&json, "relate");
	write_relate(totals, asking, earlier, &json);
	json_end_object(&json);
}

void totals_write_summary(const struct totals *totals, const struct asking *asking, struct json_slice summary,
			  struct buf *out)
{
	struct json_slice old;
	if (!json_member(summary, "attributes", &old) || json_type_of(old) != JSON_OBJECT) {
		/* Not ours to mend: stix-build says what is wrong with it. */
		buf_add(out, summary.text, summary.len);
		return;
	}
	const char *behind = old.text + old.len;
	buf_add(out, summary.text, (size_t)(old.text - summary.text));
	write_attributes(totals, asking, old, out);
	buf_add(out, behind, (size_t)(summary.text + summary.len - behind));
}
