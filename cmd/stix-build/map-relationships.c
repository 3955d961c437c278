/* SPDX-License-Identifier: Apache-2.0 */
/* VirusTotal's relationships of a file, and what each becomes. */
#include <stdio.h>
#include <string.h>

#include "build.h"
#include "stix-id.h"

enum direction {
	FROM_FILE, /* the file is the source */
	TO_FILE,   /* the file is the target: the same fact, seen from the other end */
	SYMMETRIC  /* once for a pair, from the smaller SHA-256 */
};

/*
 * One rule a row (opencti.md section 9: everything but related-to must stand in the platform's table). Files
 * communicate with domains and addresses only, so that URLs are related-to.
 */
static const struct rule {
	const char *link; /* VirusTotal's name */
	const char *type; /* STIX relationship_type */
	enum direction direction;
	const char *description;
} rules[] = {
    {"dropped_files", "drops", FROM_FILE, "The source dropped the target when it ran in a sandbox."},
    {"similar_files", "related-to", SYMMETRIC, "The files are similar."},
    {"bundled_files", "related-to", FROM_FILE, "The source contains the target."},
    {"compressed_parents", "related-to", TO_FILE, "The source contains the target."},
    {"ciphered_bundled_files", "related-to", FROM_FILE, "The source contains the target, encrypted."},
    {"ciphered_parents", "related-to", TO_FILE, "The source contains the target, encrypted."},
    {"execution_parents", "related-to", TO_FILE, "The source ran the target."},
    {"carbonblack_children", "related-to", FROM_FILE, "The target came from the source, as an endpoint saw."},
    {"carbonblack_parents", "related-to", TO_FILE, "The target came from the source, as an endpoint saw."},
    {"email_attachments", "related-to", FROM_FILE, "The target is attached to the source, a mail."},
    {"email_parents", "related-to", TO_FILE, "The target is attached to the source, a mail."},
    {"overlay_children", "related-to", FROM_FILE, "The target is the source's overlay."},
    {"overlay_parents", "related-to", TO_FILE, "The target is the source's overlay."},
    {"pcap_children", "related-to", FROM_FILE, "The target was seen in the traffic recorded in the source."},
    {"pcap_parents", "related-to", TO_FILE, "The target was seen in the traffic recorded in the source."},
    {"pe_resource_children", "related-to", FROM_FILE, "The target is a resource of the source."},
    {"pe_resource_parents", "related-to", TO_FILE, "The target is a resource of the source."},
    {"contacted_domains", "communicates-with", FROM_FILE, "The file contacted it when it ran in a sandbox."},
    {"contacted_ips", "communicates-with", FROM_FILE, "The file contacted it when it ran in a sandbox."},
    {"contacted_urls", "related-to", FROM_FILE, "The file contacted it when it ran in a sandbox."},
    {"embedded_domains", "related-to", FROM_FILE, "Its name stands in the file."},
    {"embedded_ips", "related-to", FROM_FILE, "Its address stands in the file."},
    {"embedded_urls", "related-to", FROM_FILE, "It stands in the file."},
    {"urls_for_embedded_js", "related-to", FROM_FILE, "The file's script was loaded from it."},
    {"itw_domains", "related-to", FROM_FILE, "The file was downloaded from it."},
    {"itw_ips", "related-to", FROM_FILE, "The file was downloaded from it."},
    {"itw_urls", "related-to", FROM_FILE, "The file was downloaded from it."},
    {"memory_pattern_domains", "related-to", FROM_FILE, "Its name was found in the memory of the running file."},
    {"memory_pattern_ips", "related-to", FROM_FILE, "Its address was found in the memory of the running file."},
    {"memory_pattern_urls", "related-to", FROM_FILE, "It was found in the memory of the running file."},
};

static const struct rule *rule_for(struct json_slice name)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		if (json_string_is(name, rules[i].link))
			return &rules[i];
	}
	return NULL;
}

void map_relationship(struct build *build, const char *type, const char *source, const char *target,
		      const char *description, bool in_report)
{
	char id[STIX_ID_MAX];
	if (strcmp(source, target) == 0)
		return;
	stix_id_relationship(id, type, source, target, NULL, NULL);
	if (in_report ? build_has(build, id) : bundle_has(build->bundle, id))
		return;
	build_begin(build, "relationship", id, true);
	json_member_string(&build->json, "created_by_ref", build->settings->author_id);
	json_member_int(&build->json, "confidence", build->settings->confidence);
	json_member_string(&build->json, "relationship_type", type);
	json_member_string(&build->json, "source_ref", source);
	json_member_string(&build->json, "target_ref", target);
	json_member_string(&build->json, "description", description);
	if (build->settings->mark_all)
		build_markings(build, build->settings->file_markings);
	build_end_between(build, BUNDLE_RELATIONSHIP, id, in_report, source, target);
}

/*
 * Of files that are alike by structure each is related to the riskiest only: a star, where all pairs would grow with
 * the square. NULL when the two are not of one cluster of the search.
 */
static const struct center *center_of(struct build *build, const struct view *file, const struct view *related)
{
	static const enum cluster_kind kinds[] = {CLUSTER_VHASH, CLUSTER_IMPHASH};
	struct stream *stream = &build->section->stream;
	const struct cluster *cluster = NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && !cluster; i++) {
		struct buf left, right;
		buf_init(&left, BUF_UNBOUNDED);
		buf_init(&right, BUF_UNBOUNDED);
		view_likeness(file, kinds[i], &left);
		view_likeness(related, kinds[i], &right);
		if (left.len && strcmp(left.data, right.data) == 0)
			cluster = clusters_find(&stream->clusters, kinds[i], left.data);
		buf_release(&left);
		buf_release(&right);
	}
	if (!cluster)
		return NULL;
	struct center *center = &build->center;
	if (center->offset != cluster->riskiest.offset) {
		struct view view;
		struct buf text;
		struct error err;
		buf_init(&text, BUF_UNBOUNDED);
		if (stream_view(stream, &cluster->riskiest, &text, &view, &err) == 0) {
			center->offset = cluster->riskiest.offset;
			memcpy(center->id, view.id, sizeof(center->id));
			memcpy(center->sha256, view.facts.sha256, sizeof(center->sha256));
		}
		buf_release(&text);
	}
	return center->offset == cluster->riskiest.offset ? center : NULL;
}

static void relate_symmetric(struct build *build, const struct rule *rule, const char *left_id, const char *left_sha256,
			     const char *right_id, const char *right_sha256)
{
	bool is_ordered = strcmp(left_sha256, right_sha256) < 0;
	map_relationship(build, rule->type, is_ordered ? left_id : right_id, is_ordered ? right_id : left_id,
			 rule->description, true);
}

static void relate_similar(struct build *build, const struct view *file, const struct rule *rule,
			   const struct view *related)
{
	const struct center *center = center_of(build, file, related);
	if (!center) {
		relate_symmetric(build, rule, file->id, file->facts.sha256, related->id, related->facts.sha256);
		return;
	}
	relate_symmetric(build, rule, center->id, center->sha256, file->id, file->facts.sha256);
	relate_symmetric(build, rule, center->id, center->sha256, related->id, related->facts.sha256);
}

/* Whatever came in which list: a type that the platform refuses between the two becomes related-to. */
static const char *allowed_type(const struct rule *rule, const char *target)
{
	bool is_file = strncmp(target, "file--", 6) == 0, is_url = strncmp(target, "url--", 5) == 0;
	bool is_allowed = strcmp(rule->type, "drops") == 0 ? is_file : !is_file && !is_url;
	return is_allowed ? rule->type : "related-to";
}

static void count_dropped(struct build *build, const struct view *related)
{
	char note[24];
	snprintf(note, sizeof(note), "%.16s", related->facts.sha256);
	bool has_name = strcmp(related->name, related->facts.sha256) != 0;
	tally_add(&build->statistics->dropped, related->facts.sha256, has_name ? related->name : "", note,
		  related->facts.malicious);
}

static void map_related_file(struct build *build, const struct view *file, const struct rule *rule,
			     struct json_slice object)
{
	struct view related;
	struct error err;
	if (view_read(&related, object, &err) || !related.facts.has_attributes) {
		record_counts_add(&build->statistics->left_out, "without_attributes", 1);
		return;
	}
	map_file(build, &related, false);
	if (strcmp(rule->type, "drops") == 0) {
		map_families(build, &related);
		map_indicator(build, &related);
		count_dropped(build, &related);
	}
	switch (rule->direction) {
	case FROM_FILE:
		map_relationship(build, allowed_type(rule, related.id), file->id, related.id, rule->description, true);
		break;
	case TO_FILE:
		map_relationship(build, "related-to", related.id, file->id, rule->description, true);
		break;
	default:
		relate_similar(build, file, rule, &related);
	}
}

static void map_contact(struct build *build, const struct view *file, const struct rule *rule, struct json_slice object)
{
	char id[STIX_ID_MAX];
	if (!map_host(build, object, strncmp(rule->link, "contacted_", 10) == 0, id))
		return;
	map_relationship(build, allowed_type(rule, id), file->id, id, rule->description, true);
}

static void map_list(struct build *build, const struct view *file, const struct rule *rule, struct json_slice data)
{
	struct json_iter iter;
	struct json_slice object, type;
	json_iter_init(&iter, data);
	while (json_iter_next(&iter, NULL, &object)) {
		json_member(object, "type", &type);
		if (json_string_is(type, "file"))
			map_related_file(build, file, rule, object);
		else if (json_string_is(type, "domain") || json_string_is(type, "ip_address") ||
			 json_string_is(type, "url")) {
			map_contact(build, file, rule, object);
		} else {
			record_counts_add(&build->statistics->left_out, "of_unknown_type", 1);
		}
	}
}

void map_relationships(struct build *build, const struct view *view)
{
	struct json_iter iter;
	struct json_slice name, link, data;
	json_iter_init(&iter, view->relationships);
	if (!iter.is_object)
		return;
	while (json_iter_next(&iter, &name, &link)) {
		json_member(link, "data", &data);
		const struct rule *rule = rule_for(name);
		if (json_string_is(name, "behaviour_mitre_trees"))
			map_attack(build, view, data);
		else if (json_string_is(name, "malware_families"))
			continue; /* read with the other families of the file */
		else if (rule)
			map_list(build, view, rule, data);
		else
			record_counts_add(&build->statistics->left_out, "unknown_relationship", 1);
	}
}
