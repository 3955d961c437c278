/* SPDX-License-Identifier: Apache-2.0 */
#include "import-change.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "canonical.h"
#include "import-rules.h"
#include "marking.h"
#include "timestamp.h"

/* How the platform brings a member together with what it has. */
enum rule {
	VALUE, /* replaced unless the stored confidence is higher; an empty one is always filled */
	TIME,  /* the same, and one instant has several spellings */
	LIST,  /* what is missing is added */
	HASHES,
	MARKINGS,
	AUTHOR,
	CONFIDENCE,
};

static const struct member {
	const char *name;
	enum rule rule;
	const char *except; /* a type where the platform itself moves it */
} members[] = {
    {"name", VALUE, NULL},
    {"description", VALUE, NULL},
    {"x_opencti_description", VALUE, NULL},
    {"abstract", VALUE, NULL},
    {"content", VALUE, NULL},
    {"x_opencti_content", VALUE, NULL},
    {"pattern", VALUE, NULL},
    {"pattern_type", VALUE, NULL},
    {"x_opencti_main_observable_type", VALUE, NULL},
    {"x_opencti_detection", VALUE, NULL},
    {"x_opencti_score", VALUE, "indicator"},
    {"x_opencti_reliability", VALUE, NULL},
    {"contact_information", VALUE, NULL},
    {"is_family", VALUE, NULL},
    {"x_mitre_id", VALUE, NULL},
    {"size", VALUE, NULL},
    {"mime_type", VALUE, NULL},
    {"number", VALUE, NULL},
    {"rir", VALUE, NULL},
    {"published", TIME, NULL},
    {"valid_from", TIME, NULL},
    {"valid_until", TIME, "indicator"},
    {"first_seen", TIME, NULL},
    {"last_seen", TIME, NULL},
    {"start_time", TIME, NULL},
    {"stop_time", TIME, NULL},
    {"hashes", HASHES, NULL},
    {"x_opencti_additional_names", LIST, NULL},
    {"aliases", LIST, NULL},
    {"x_opencti_aliases", LIST, NULL},
    {"malware_types", LIST, NULL},
    {"report_types", LIST, NULL},
    {"note_types", LIST, NULL},
    {"indicator_types", LIST, NULL},
    {"authors", LIST, NULL},
    {"kill_chain_phases", LIST, NULL},
    {"labels", LIST, NULL},
    {"external_references", LIST, NULL},
    {"object_refs", LIST, NULL},
    {"object_marking_refs", MARKINGS, NULL},
    {"created_by_ref", AUTHOR, NULL},
    {"x_opencti_created_by_ref", AUTHOR, NULL},
    {"confidence", CONFIDENCE, NULL},
};

/* Of two things in a list the platform compares these: an external reference, a kill chain phase. */
static const char *const identifying[] = {"source_name", "external_id", "kill_chain_name", "phase_name"};

static bool is_empty(struct json_slice value)
{
	enum json_type type = json_type_of(value);
	return type == JSON_NONE || type == JSON_NULL || (type == JSON_STRING && value.len == 2) ||
	       ((type == JSON_ARRAY || type == JSON_OBJECT) && json_count(value) == 0);
}

/* Where the platform shows a member: as it is called, or in one of its extensions. */
static bool find_stored(struct json_slice stored, const char *name, struct json_slice *value)
{
	static const char opencti[] = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba";
	static const char observable[] = "extension-definition--f93e2c80-4231-4f9a-af8b-95c9bd566a82";
	static const char mitre[] = "extension-definition--322b8f77-262a-4cb8-a915-1e441e00329b";
	if (strncmp(name, "x_mitre_", 8) == 0)
		return json_path(stored, value, "extensions", mitre, name + 8, NULL);
	bool is_own = strncmp(name, "x_opencti_", 10) == 0;
	const char *key = is_own ? name + 10 : name;
	return (is_own && json_path(stored, value, "extensions", opencti, key, NULL)) ||
	       json_path(stored, value, "extensions", observable, key, NULL) || json_member(stored, key, value);
}

/* Without regard to case: so the platform compares names, labels and hashes. */
static bool same_text(struct json_slice one, struct json_slice other)
{
	/* The long lists are ids, which are never escaped. */
	if (!memchr(one.text, '\\', one.len) && !memchr(other.text, '\\', other.len))
		return one.len == other.len && strncasecmp(one.text, other.text, one.len) == 0;
	char *a = json_string_dup(one), *b = json_string_dup(other);
	bool same = a && b && strcasecmp(a, b) == 0;
	free(a);
	free(b);
	return same;
}

static bool same_value(struct json_slice one, struct json_slice other)
{
	struct buf a, b;
	buf_init(&a, BUF_UNBOUNDED);
	buf_init(&b, BUF_UNBOUNDED);
	bool same = canonical_append(one, &a) == 0 && canonical_append(other, &b) == 0 && a.len == b.len &&
		    memcmp(a.data, b.data, a.len) == 0;
	buf_release(&a);
	buf_release(&b);
	return same;
}

static bool read_time(struct json_slice value, int64_t *epoch)
{
	char *text = json_string_dup(value);
	bool read = text && timestamp_parse(text, epoch, NULL) == 0;
	free(text);
	return read;
}

static bool same_time(struct json_slice one, struct json_slice other)
{
	int64_t a, b;
	return read_time(one, &a) && read_time(other, &b) && a == b;
}

static bool same_item(struct json_slice one, struct json_slice other)
{
	struct json_slice a, b;
	if (json_type_of(one) != JSON_OBJECT)
		return same_text(one, other);
	if (json_member(one, "url", &a) && json_member(other, "url", &b))
		return same_text(a, b);
	for (size_t i = 0; i < sizeof identifying / sizeof identifying[0]; i++) {
		bool in_one = json_member(one, identifying[i], &a), in_other = json_member(other, identifying[i], &b);
		if (in_one != in_other || (in_one && !same_text(a, b)))
			return false;
	}
	return true;
}

static bool has_item(struct json_slice list, struct json_slice wanted)
{
	struct json_iter iter;
	struct json_slice item;
	json_iter_init(&iter, list);
	while (json_iter_next(&iter, NULL, &item)) {
		if (same_item(wanted, item))
			return true;
	}
	return false;
}

/* Whether the second list lacks something that is in the first. */
static bool lacks(struct json_slice list, struct json_slice stored)
{
	struct json_iter iter;
	struct json_slice item;
	json_iter_init(&iter, list);
	while (json_iter_next(&iter, NULL, &item)) {
		if (!has_item(stored, item))
			return true;
	}
	return false;
}

static bool lacks_hash(struct json_slice hashes, struct json_slice stored)
{
	struct json_iter iter;
	struct json_slice key, value, other;
	json_iter_init(&iter, hashes);
	while (json_iter_next(&iter, &key, &value)) {
		char *name = json_string_dup(key);
		bool same = name && json_member(stored, name, &other) && same_text(value, other);
		free(name);
		if (!same)
			return true;
	}
	return false;
}

/* The highest TLP level of a list of markings, -1 for none. */
static int level_of(struct json_slice list)
{
	int level = MARKING_COUNT - 1;
	struct json_iter iter;
	struct json_slice item;
	for (; level >= 0; level--) {
		json_iter_init(&iter, list);
		while (json_iter_next(&iter, NULL, &item)) {
			if (json_string_is(item, marking_id((enum marking_level)level)))
				return level;
		}
	}
	return level;
}

/* Of the levels of TLP the higher one stays; any other marking is added. */
static bool raises_marking(struct json_slice list, struct json_slice stored)
{
	struct json_iter iter;
	struct json_slice item;
	if (level_of(list) > level_of(stored))
		return true;
	json_iter_init(&iter, list);
	while (json_iter_next(&iter, NULL, &item)) {
		if (!import_is_fixed_marking(item.text + 1, item.len - 2) && !has_item(stored, item))
			return true;
	}
	return false;
}

/* What is said without a confidence counts as certain; an observable has none, and -1 gives way to all. */
static int64_t confidence_of(struct json_slice object, int64_t otherwise)
{
	struct json_slice value;
	int64_t confidence;
	return json_member(object, "confidence", &value) && json_int64(value, &confidence) ? confidence : otherwise;
}

static bool changes(const struct member *member, struct json_slice object, struct json_slice stored)
{
	struct json_slice value, old;
	int64_t ours = confidence_of(object, 100), theirs = confidence_of(stored, -1);
	if (!json_member(object, member->name, &value) || is_empty(value))
		return false;
	if (!find_stored(stored, member->name, &old) || is_empty(old))
		return true;
	switch (member->rule) {
	case VALUE:
		return ours >= theirs && !same_value(value, old);
	case TIME:
		return ours >= theirs && !same_time(value, old);
	case LIST:
		return lacks(value, old);
	case HASHES:
		return lacks_hash(value, old);
	case MARKINGS:
		return raises_marking(value, old);
	case AUTHOR:
		return ours > theirs && !same_text(value, old);
	case CONFIDENCE:
		return ours > theirs;
	}
	return false;
}

const char *import_change(struct json_slice object, struct json_slice stored)
{
	struct json_slice type;
	json_member(object, "type", &type);
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		if (members[i].except && json_string_is(type, members[i].except))
			continue;
		if (changes(&members[i], object, stored))
			return members[i].name;
	}
	return NULL;
}
