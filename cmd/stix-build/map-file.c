/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "build.h"
#include "family.h"
#include "text.h"
#include "timestamp.h"

#define SIZE_MAX_32       INT64_C(2147483647) /* the platform's GraphQL Int (opencti.md section 8.5) */
#define NAME_MAX_LEN      255
#define MIME_MAX_LEN      120
#define RELATED_SCORE_MIN 50 /* a lower one says nothing, and would stand in the way of another source */

/* STIX's name of a hash, and the length of its text. */
static const struct {
	enum attribute attribute;
	const char *name;
	size_t len;
} hashes[] = {
    {ATTRIBUTE_MD5, "MD5", 32},
    {ATTRIBUTE_SHA1, "SHA-1", 40},
    {ATTRIBUTE_SHA256, "SHA-256", 64},
};

static bool is_made_of(const char *text, const char *set)
{
	return *text && strspn(text, set) == strlen(text);
}

/* block size : hash : hash (STIX's schema: at most 128 characters) */
static bool is_ssdeep(const char *text)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/:";
	size_t digits = strspn(text, "0123456789");
	const char *second = strchr(text, ':') ? strchr(strchr(text, ':') + 1, ':') : NULL;
	return digits && text[digits] == ':' && second && strlen(text) <= 128 && is_made_of(text, set);
}

static void put_fuzzy_hashes(struct build *build, const struct view *view)
{
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	view_text(view, ATTRIBUTE_SSDEEP, 200, &text);
	if (is_ssdeep(text.data))
		json_member_string(&build->json, "SSDEEP", text.data);
	buf_clear(&text);
	view_text(view, ATTRIBUTE_TLSH, 200, &text);
	/* VirusTotal writes the version "T1" in front, STIX's hash is the 70 digits behind; "TNULL" is none. */
	const char *digits = strncmp(text.data, "T1", 2) == 0 && text.len == 72 ? text.data + 2 : text.data;
	if (strlen(digits) == 70 && is_made_of(digits, "0123456789ABCDEFabcdef"))
		json_member_string(&build->json, "TLSH", digits);
	buf_release(&text);
}

static void put_hashes(struct build *build, const struct view *view)
{
	json_key(&build->json, "hashes");
	json_begin_object(&build->json);
	for (size_t i = 0; i < sizeof(hashes) / sizeof(*hashes); i++) {
		struct buf text;
		buf_init(&text, BUF_UNBOUNDED);
		if (hashes[i].attribute == ATTRIBUTE_SHA256)
			buf_add_str(&text, view->facts.sha256);
		else
			view_text(view, hashes[i].attribute, 128, &text);
		for (char *c = text.data; *c; c++)
			*c = (char)(*c >= 'A' && *c <= 'F' ? *c + 32 : *c);
		if (text.len == hashes[i].len && is_made_of(text.data, "0123456789abcdef"))
			json_member_string(&build->json, hashes[i].name, text.data);
		buf_release(&text);
	}
	put_fuzzy_hashes(build, view);
	json_end_object(&build->json);
}

static void put_size(struct build *build, const struct view *view)
{
	if (view->facts.size >= 0 && view->facts.size <= SIZE_MAX_32)
		json_member_int(&build->json, "size", view->facts.size);
}

static void put_name(struct build *build, const struct view *view)
{
	json_member_string(&build->json, "name", view->name);
}

static void put_mime_type(struct build *build, const struct view *view)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-./_";
	struct json_slice mime_type;
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	json_member(view->attributes[ATTRIBUTE_EXIFTOOL], "MIMEType", &mime_type);
	text_clean_slice(&text, mime_type, MIME_MAX_LEN);
	if (strchr(text.data, '/') && is_made_of(text.data, set))
		json_member_string(&build->json, "mime_type", text.data);
	buf_release(&text);
}

/* Other names that tell something, each once. */
static void put_names(struct build *build, const struct view *view)
{
	struct json_iter iter;
	struct json_slice value;
	struct id_set seen;
	int64_t left = build->settings->names_max;
	id_set_init(&seen);
	id_set_add(&seen, id_key_of(view->name, strlen(view->name)));
	json_iter_init(&iter, view->attributes[ATTRIBUTE_NAMES]);
	while (left > 0 && json_iter_next(&iter, NULL, &value)) {
		struct buf raw, name;
		buf_init(&raw, BUF_UNBOUNDED);
		buf_init(&name, BUF_UNBOUNDED);
		if (json_string_append(value, &raw) == 0)
			text_base_name(&name, raw.data, NAME_MAX_LEN);
		if (text_name_is_telling(name.data) && id_set_add(&seen, id_key_of(name.data, name.len))) {
			if (left == build->settings->names_max) {
				json_key(&build->json, "x_opencti_additional_names");
				json_begin_array(&build->json);
			}
			json_put_string(&build->json, name.data);
			left--;
		}
		buf_release(&raw);
		buf_release(&name);
	}
	if (left < build->settings->names_max)
		json_end_array(&build->json);
	id_set_release(&seen);
}

static bool wants_tag(const struct settings *settings, const char *tag)
{
	for (const char *const *wanted = settings->tag_labels; *wanted; wanted++) {
		if (strcmp(*wanted, "*") == 0 || strcmp(*wanted, tag) == 0)
			return true;
	}
	return false;
}

static void put_labels(struct build *build, const struct view *view)
{
	const struct settings *settings = build->settings;
	struct json_iter iter;
	struct json_slice value;
	json_key(&build->json, "x_opencti_labels");
	json_begin_array(&build->json);
	for (char **label = settings->file_labels; *label; label++)
		json_put_string(&build->json, *label);
	json_iter_init(&iter, view->attributes[ATTRIBUTE_TAGS]);
	while (*settings->tag_labels && json_iter_next(&iter, NULL, &value)) {
		struct buf tag;
		buf_init(&tag, BUF_UNBOUNDED);
		buf_add_str(&tag, "vt:");
		text_clean_slice(&tag, value, 60);
		if (tag.len > 3 && wants_tag(settings, tag.data + 3))
			json_put_string(&build->json, tag.data);
		buf_release(&tag);
	}
	json_end_array(&build->json);
}

/* "Win32 EXE, 51 of 66 engines, severity HIGH, Agent Tesla, first seen 2026-11-23T00:00:00Z" */
static void put_description(struct build *build, const struct view *view)
{
	struct buf text, type, escaped;
	char time[TIMESTAMP_TEXT_MAX];
	buf_init(&text, BUF_UNBOUNDED);
	buf_init(&type, BUF_UNBOUNDED);
	buf_init(&escaped, BUF_UNBOUNDED);
	view_text(view, ATTRIBUTE_TYPE_DESCRIPTION, 80, &type);
	text_markdown(&escaped, type.len ? type.data : "File");
	buf_add_str(&text, escaped.data);
	buf_printf(&text, ", %" PRId64 " of %" PRId64 " engines", view->facts.malicious, view->facts.engines);
	if (view->facts.severity > VT_SEVERITY_UNKNOWN)
		buf_printf(&text, ", severity %s", vt_severity_name(view->facts.severity));
	if (view->family_count) {
		buf_add_str(&text, ", ");
		text_markdown(&text, view_family(view));
	}
	if (view->facts.first_submission_date != VT_ABSENT)
		buf_printf(&text, ", first seen %s", timestamp_format(view->facts.first_submission_date, time));
	json_member_string(&build->json, "x_opencti_description", text.data);
	buf_release(&text);
	buf_release(&type);
	buf_release(&escaped);
}

/* The page for people (virustotal.md section 2: built from the id, never from links). */
static void put_reference(struct build *build, const struct view *view)
{
	char url[120];
	snprintf(url, sizeof(url), "https://www.virustotal.com/gui/file/%s", view->facts.sha256);
	json_key(&build->json, "x_opencti_external_references");
	json_begin_array(&build->json);
	json_begin_object(&build->json);
	json_member_string(&build->json, "source_name", "VirusTotal");
	json_member_string(&build->json, "url", url);
	json_member_string(&build->json, "external_id", view->facts.sha256);
	json_end_object(&build->json);
	json_end_array(&build->json);
}

static void put_markings(struct build *build, const struct view *view)
{
	(void)view;
	build_markings(build, build->settings->file_markings);
}

static void put_score(struct build *build, const struct view *view)
{
	json_member_int(&build->json, "x_opencti_score", vt_file_score(&view->facts));
}

static void put_related_score(struct build *build, const struct view *view)
{
	if (vt_file_score(&view->facts) >= RELATED_SCORE_MIN)
		put_score(build, view);
}

static void put_author(struct build *build, const struct view *view)
{
	(void)view;
	json_member_string(&build->json, "x_opencti_created_by_ref", build->settings->author_id);
}

/* One property a row, in the order of writing: where it comes from, and whether hits and related files have it. */
static const struct {
	const char *property, *from;
	void (*put_hit)(struct build *, const struct view *);
	void (*put_related)(struct build *, const struct view *);
} properties[] = {
    {"hashes", "md5, sha1, sha256, ssdeep, tlsh", put_hashes, put_hashes},
    {"size", "size", put_size, put_size},
    {"name", "meaningful_name, names", put_name, put_name},
    {"mime_type", "exiftool.MIMEType", put_mime_type, put_mime_type},
    {"object_marking_refs", "vtreporter.file_markings", put_markings, put_markings},
    {"x_opencti_score", "gti_assessment, threat_severity, last_analysis_stats", put_score, put_related_score},
    {"x_opencti_additional_names", "names", put_names, put_names},
    {"x_opencti_description", "type_description and what the score is from", put_description, NULL},
    {"x_opencti_created_by_ref", "vtreporter.author", put_author, NULL},
    {"x_opencti_labels", "vtreporter.file_labels, tags", put_labels, NULL},
    {"x_opencti_external_references", "id", put_reference, NULL},
};

void map_file(struct build *build, const struct view *view, bool is_hit)
{
	if (!is_hit && build_has(build, view->id))
		return;
	build_begin(build, "file", view->id, false);
	for (size_t i = 0; i < sizeof(properties) / sizeof(*properties); i++) {
		if (is_hit)
			properties[i].put_hit(build, view);
		else if (properties[i].put_related)
			properties[i].put_related(build, view);
	}
	build_end(build, is_hit ? BUNDLE_FILE : BUNDLE_RELATED, view->id, true);
}
