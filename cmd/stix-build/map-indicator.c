/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "build.h"
#include "family.h"
#include "stix-id.h"
#include "text.h"
#include "timestamp.h"

#define DAY_S     86400
#define RULES_MAX 5 /* of each kind in a description */

/* Unwanted, but nothing to raise an alarm for. */
static bool is_grayware(const struct view *view)
{
	static const char *const words[] = {"adware", "pua", "riskware"};
	char category[64];
	family_category(view, category, sizeof(category));
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(category, words[i]) == 0)
			return true;
	}
	return false;
}

static bool qualifies(const struct build *build, const struct view *view)
{
	const struct settings *settings = build->settings;
	if (settings->indicators <= VT_SEVERITY_NONE || view->facts.severity < settings->indicators)
		return false;
	if (view->facts.malicious < settings->indicator_min_positives || is_grayware(view))
		return false;
	/* What has expired already by the time of the search helps nobody. */
	int64_t expires = settings->search.window_end + settings->indicator_days * DAY_S;
	return settings->indicator_days == 0 || settings->search.as_of < expires;
}

static void add_code(struct buf *out, struct json_slice value, size_t max_len)
{
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	text_clean_slice(&text, value, max_len);
	text_code(out, text.data);
	buf_release(&text);
}

/* Where detections other than the engines' come from: one list a row, and its members for what is said of a hit. */
static const struct {
	const char *kind;
	enum attribute attribute;
	const char *title, *detail, *by;
} detections[] = {
    {"YARA", ATTRIBUTE_YARA, "rule_name", "ruleset_name", "author"},
    {"Sigma", ATTRIBUTE_SIGMA, "rule_title", "rule_level", "rule_author"},
    {"IDS", ATTRIBUTE_IDS, "rule_msg", "alert_severity", "rule_source"},
};

/* "- YARA: `rule` (`ruleset`, `author`)" for each hit. */
static void list_detections(struct buf *out, size_t row, const struct view *view)
{
	const char *const keys[] = {detections[row].title, detections[row].detail, detections[row].by};
	struct json_iter iter;
	struct json_slice hit, values[3];
	int count = 0;
	json_iter_init(&iter, view->attributes[detections[row].attribute]);
	while (json_iter_next(&iter, NULL, &hit)) {
		json_members(hit, keys, values, 3);
		if (json_type_of(values[0]) != JSON_STRING || ++count > RULES_MAX)
			continue;
		buf_printf(out, "- %s: ", detections[row].kind);
		add_code(out, values[0], 160);
		const char *before = " (";
		for (int i = 1; i < 3; i++) {
			if (json_type_of(values[i]) != JSON_STRING || values[i].len == 2)
				continue;
			buf_add_str(out, before);
			add_code(out, values[i], 80);
			before = ", ";
		}
		buf_add_str(out, before[0] == ',' ? ")\n" : "\n");
	}
	if (count > RULES_MAX)
		buf_printf(out, "- %s: %d more\n", detections[row].kind, count - RULES_MAX);
}

static void list_sandboxes(struct buf *out, struct json_slice verdicts)
{
	struct json_iter iter;
	struct json_slice name, verdict, category;
	int count = 0;
	json_iter_init(&iter, verdicts);
	if (!iter.is_object)
		return;
	while (count < RULES_MAX && json_iter_next(&iter, &name, &verdict)) {
		if (!json_member(verdict, "category", &category) || json_type_of(category) != JSON_STRING)
			continue;
		buf_add_str(out, "- Sandbox ");
		add_code(out, name, 60);
		buf_add_str(out, ": ");
		add_code(out, category, 40);
		buf_add_char(out, '\n');
		count++;
	}
}

/* Google Threat Intelligence's own words, for keys that see them. */
static void list_assessment(struct buf *out, const struct view *view)
{
	struct json_slice verdict, description;
	struct json_slice assessment = view->attributes[ATTRIBUTE_GTI];
	json_path(assessment, &verdict, "verdict", "value", NULL);
	json_member(assessment, "description", &description);
	if (json_type_of(verdict) != JSON_STRING)
		return;
	buf_add_str(out, "- Google Threat Intelligence: ");
	add_code(out, verdict, 40);
	if (json_type_of(description) == JSON_STRING) {
		buf_add_char(out, ' ');
		add_code(out, description, 400);
	}
	buf_add_char(out, '\n');
}

static void list_signature(struct buf *out, const struct view *view)
{
	struct json_slice signers, verified;
	json_member(view->attributes[ATTRIBUTE_SIGNATURE], "signers", &signers);
	json_member(view->attributes[ATTRIBUTE_SIGNATURE], "verified", &verified);
	if (json_type_of(signers) != JSON_STRING)
		return;
	buf_add_str(out, "- Signed by ");
	add_code(out, signers, 160);
	if (json_type_of(verified) == JSON_STRING) {
		buf_add_str(out, ": ");
		add_code(out, verified, 120);
	}
	buf_add_char(out, '\n');
}

static void describe(const struct view *view, struct buf *out)
{
	buf_printf(out, "%" PRId64 " of %" PRId64 " engines detect the file", view->facts.malicious,
		   view->facts.engines);
	if (view->family_count) {
		buf_add_str(out, " (");
		text_code(out, view_family(view));
		buf_add_char(out, ')');
	}
	buf_printf(out, "; severity %s.\n\n", vt_severity_name(view->facts.severity));
	for (size_t i = 0; i < sizeof(detections) / sizeof(*detections); i++)
		list_detections(out, i, view);
	list_sandboxes(out, view->attributes[ATTRIBUTE_SANDBOX]);
	list_signature(out, view);
	list_assessment(out, view);
	buf_printf(out, "- Score: %s\n",
		   view->facts.threat_score != VT_ABSENT
		       ? "Google Threat Intelligence's threat score"
		       : "from the severity, and the share of engines that detect the file");
}

static void put_validity(struct build *build, const struct view *view)
{
	const struct settings *settings = build->settings;
	char time[TIMESTAMP_TEXT_MAX];
	int64_t from = view->facts.first_submission_date;
	if (from == VT_ABSENT || from < settings->search.window_start || from > settings->search.window_end)
		from = settings->search.window_start;
	json_member_string(&build->json, "valid_from", timestamp_format_ms(from, time));
	if (settings->indicator_days)
		json_member_string(&build->json, "valid_until",
				   timestamp_format_ms(from + settings->indicator_days * DAY_S, time));
}

void map_indicator(struct build *build, const struct view *view)
{
	static const char *const types[] = {"malicious-activity", NULL};
	const struct settings *settings = build->settings;
	char id[STIX_ID_MAX];
	struct buf pattern, description;
	if (!qualifies(build, view))
		return;
	buf_init(&pattern, BUF_UNBOUNDED);
	buf_init(&description, BUF_UNBOUNDED);
	stix_pattern_append(&pattern, "file:hashes.'SHA-256'", view->facts.sha256);
	stix_id_indicator(id, pattern.data);
	if (!build_has(build, id)) {
		describe(view, &description);
		build_begin(build, "indicator", id, true);
		json_member_string(&build->json, "created_by_ref", settings->author_id);
		build_markings(build, settings->file_markings);
		json_member_int(&build->json, "confidence", settings->confidence);
		json_member_string(&build->json, "name", view->facts.sha256);
		json_member_string(&build->json, "description", description.data);
		build_strings(build, "indicator_types", types);
		json_member_string(&build->json, "pattern", pattern.data);
		json_member_string(&build->json, "pattern_type", "stix");
		json_member_string(&build->json, "pattern_version", "2.1");
		put_validity(build, view);
		json_member_int(&build->json, "x_opencti_score", vt_file_score(&view->facts));
		json_member_bool(&build->json, "x_opencti_detection", false);
		json_member_string(&build->json, "x_opencti_main_observable_type", "StixFile");
		build_end_between(build, BUNDLE_INDICATOR, id, true, view->id, view->id);
		build->statistics->indicators++;
	}
	map_relationship(build, "based-on", id, view->id, "The indicator is the file's hash.", true);
	for (size_t i = 0; i < view->family_count; i++) {
		char malware_id[STIX_ID_MAX];
		stix_id_named(malware_id, "malware", view->families[i].name);
		if (map_wants_family(build, &view->families[i]))
			map_relationship(build, "indicates", id, malware_id, "The file is a sample of the family.",
					 true);
	}
	buf_release(&pattern);
	buf_release(&description);
}
