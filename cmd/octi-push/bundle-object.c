/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle-object.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "exit-codes.h"

#define UUID_LEN 36

static const char *const containers[] = {
    "report",   "note",     "opinion", "grouping",  "observed-data",           "case-incident",     "case-rfi",
    "case-rft", "feedback", "task",    "narrative", "x-opencti-case-incident", "security-coverage",
};

static bool is_uuid(const char *text, size_t len)
{
	if (len != UUID_LEN)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return true;
}

/* The members that are looked at by name. */
enum member { TYPE, ID, LABELS, NAME, SOURCE, TARGET, SIGHTING_OF, WHERE_SIGHTED, OPENCTI_ID, EXTENSIONS, MEMBERS };

static const char *const member_keys[MEMBERS] = {
    [TYPE] = "type",
    [ID] = "id",
    [LABELS] = "labels",
    [NAME] = "name",
    [SOURCE] = "source_ref",
    [TARGET] = "target_ref",
    [SIGHTING_OF] = "sighting_of_ref",
    [WHERE_SIGHTED] = "where_sighted_refs",
    [OPENCTI_ID] = "x_opencti_id",
    [EXTENSIONS] = "extensions",
};

/* The length of the type in "type--uuid", or 0. */
static size_t type_len_of(const char *text, size_t len)
{
	if (len < UUID_LEN + 3 || len >= BUNDLE_ID_MAX || !is_uuid(text + len - UUID_LEN, UUID_LEN))
		return 0;
	size_t type_len = len - UUID_LEN - 2;
	if (memcmp(text + type_len, "--", 2) != 0)
		return 0;
	for (size_t i = 0; i < type_len; i++) {
		if (!islower((unsigned char)text[i]) && !isdigit((unsigned char)text[i]) && text[i] != '-')
			return 0;
	}
	return type_len;
}

bool bundle_is_id(const char *text, size_t len)
{
	return type_len_of(text, len) > 0;
}

struct id_key bundle_key_of(const char *id, size_t len)
{
	/* id_key_of takes the UUID alone, and a file and an indicator may share one. */
	struct id_key key = id_key_of(id, len);
	size_t type_len = type_len_of(id, len);
	if (type_len) {
		struct id_key type = id_key_of(id, type_len);
		key.high ^= type.high;
		key.low ^= type.low;
	}
	return key;
}

static bool key_ends_with(struct json_slice key, const char *end)
{
	size_t len = strlen(end);
	return key.len >= len + 2 && memcmp(key.text + key.len - 1 - len, end, len) == 0;
}

void bundle_refs_init(struct bundle_refs *refs, struct json_slice object)
{
	*refs = (struct bundle_refs){0};
	json_iter_init(&refs->members, object);
}

bool bundle_refs_next(struct bundle_refs *refs, const char **id, size_t *len)
{
	struct json_slice key, value;
	for (;;) {
		if (refs->in_list) {
			if (json_iter_next(&refs->list, NULL, &value))
				break;
			refs->in_list = false;
		}
		if (!json_iter_next(&refs->members, &key, &value))
			return false;
		refs->member++;
		if (key_ends_with(key, "_ref") && json_type_of(value) == JSON_STRING)
			break;
		if (key_ends_with(key, "_refs") && json_type_of(value) == JSON_ARRAY) {
			json_iter_init(&refs->list, value);
			refs->in_list = true;
		}
	}
	/* Of a string, without quotes; anything else was refused by bundle_object_read. */
	*id = value.text + 1;
	*len = value.len >= 2 ? value.len - 2 : 0;
	return true;
}

/* The platform's own list (opencti.md section 4.2), of all versions. */
static const char *const known_types[] = {
    "label",
    "vocabulary",
    "kill-chain-phase",
    "attack-pattern",
    "campaign",
    "case-incident",
    "x-opencti-case-incident",
    "case-rfi",
    "x-opencti-case-rfi",
    "case-rft",
    "x-opencti-case-rft",
    "channel",
    "course-of-action",
    "data-component",
    "x-mitre-data-component",
    "data-source",
    "x-mitre-data-source",
    "event",
    "external-reference",
    "feedback",
    "x-opencti-feedback",
    "grouping",
    "identity",
    "incident",
    "indicator",
    "infrastructure",
    "intrusion-set",
    "language",
    "location",
    "malware",
    "malware-analysis",
    "marking-definition",
    "narrative",
    "note",
    "observed-data",
    "opinion",
    "report",
    "task",
    "x-opencti-task",
    "threat-actor",
    "tool",
    "vulnerability",
    "security-coverage",
    "autonomous-system",
    "directory",
    "domain-name",
    "email-addr",
    "email-message",
    "email-mime-part-type",
    "artifact",
    "file",
    "x509-certificate",
    "ipv4-addr",
    "ipv6-addr",
    "mac-addr",
    "mutex",
    "network-traffic",
    "process",
    "software",
    "url",
    "user-account",
    "windows-registry-key",
    "windows-registry-value-type",
    "hostname",
    "cryptographic-key",
    "cryptocurrency-wallet",
    "text",
    "user-agent",
    "bank-account",
    "phone-number",
    "credential",
    "tracking-number",
    "payment-card",
    "media-content",
    "simple-observable",
    "persona",
    "ssh-key",
    "ai-prompt",
    "relationship",
    "sighting",
};

bool bundle_type_is_known(const char *id, size_t len)
{
	size_t type_len = type_len_of(id, len);
	if (!type_len)
		return true;
	for (size_t i = 0; i < sizeof known_types / sizeof known_types[0]; i++) {
		if (strlen(known_types[i]) == type_len && memcmp(id, known_types[i], type_len) == 0)
			return true;
	}
	return false;
}

static int bad_ref(const struct bundle_object *object, struct json_slice key, struct json_slice value,
		   struct error *err)
{
	return error_set(err, EXIT_BAD_INPUT, "\"%s\": %.*s holds %.*s, which is no id", object->id, (int)key.len,
			 key.text, (int)(value.len < 100 ? value.len : 100), value.text);
}

/* An id, or OpenCTI's own internal id, which is a bare UUID. */
static bool is_ref(struct json_slice value)
{
	if (json_type_of(value) != JSON_STRING)
		return false;
	return bundle_is_id(value.text + 1, value.len - 2) || is_uuid(value.text + 1, value.len - 2);
}

static int check_member(const struct bundle_object *object, struct json_slice key, struct json_slice value,
			struct error *err)
{
	/* pycti writes null for "no such reference". */
	if (json_type_of(value) == JSON_NULL)
		return 0;
	if (key_ends_with(key, "_ref"))
		return is_ref(value) ? 0 : bad_ref(object, key, value, err);
	if (!key_ends_with(key, "_refs"))
		return 0;
	if (json_type_of(value) != JSON_ARRAY)
		return bad_ref(object, key, value, err);
	struct json_iter iter;
	struct json_slice element;
	json_iter_init(&iter, value);
	while (json_iter_next(&iter, NULL, &element)) {
		if (!is_ref(element))
			return bad_ref(object, key, element, err);
	}
	return 0;
}

static int check_refs(const struct bundle_object *object, struct json_slice value, struct error *err)
{
	struct json_iter iter;
	struct json_slice key, member;
	json_iter_init(&iter, value);
	while (json_iter_next(&iter, &key, &member)) {
		if (check_member(object, key, member, err) != 0)
			return -1;
	}
	return 0;
}

/* A string without escapes, which no id and no type needs. */
static bool copy_plain(struct json_slice value, char *text, size_t size)
{
	if (json_type_of(value) != JSON_STRING || value.len - 2 >= size || memchr(value.text, '\\', value.len))
		return false;
	memcpy(text, value.text + 1, value.len - 2);
	text[value.len - 2] = '\0';
	return true;
}

static bool ends_with(struct json_slice string, const char *end)
{
	return json_type_of(string) == JSON_STRING && key_ends_with(string, end);
}

static bool says_partial(struct json_slice labels, struct json_slice name)
{
	struct json_iter iter;
	struct json_slice label;
	json_iter_init(&iter, labels);
	while (json_type_of(labels) == JSON_ARRAY && json_iter_next(&iter, NULL, &label)) {
		if (json_type_of(label) == JSON_STRING && json_string_is(label, "partial"))
			return true;
	}
	return ends_with(name, " (partial)");
}

static enum bundle_class class_of(const char *type)
{
	if (strcmp(type, "relationship") == 0 || strcmp(type, "sighting") == 0)
		return BUNDLE_RELATIONSHIP;
	for (size_t i = 0; i < sizeof containers / sizeof containers[0]; i++) {
		if (strcmp(type, containers[i]) == 0)
			return BUNDLE_CONTAINER;
	}
	return BUNDLE_NODE;
}

static int check_ends(const struct bundle_object *object, struct json_slice source, struct json_slice target,
		      struct error *err)
{
	if (strcmp(object->type, "relationship") != 0)
		return 0;
	if (json_type_of(source) != JSON_STRING || json_type_of(target) != JSON_STRING)
		return error_set(err, EXIT_BAD_INPUT, "\"%s\": the relationship lacks source_ref or target_ref",
				 object->id);
	return 0;
}

/* OpenCTI's extension of all objects (opencti.md section 8.1). */
#define EXTENSION "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba"

static void read_aliases(const struct json_slice *members, struct bundle_object *object)
{
	struct json_slice ids[2] = {members[OPENCTI_ID]};
	json_path(members[EXTENSIONS], &ids[1], EXTENSION, "id", NULL);
	for (size_t i = 0; i < 2; i++) {
		if (ids[i].text && json_type_of(ids[i]) == JSON_STRING && ids[i].len > 2)
			object->aliases[object->alias_count++] = bundle_key_of(ids[i].text + 1, ids[i].len - 2);
	}
}

static bool is_known_ref(struct json_slice value)
{
	return value.text && json_type_of(value) == JSON_STRING && bundle_type_is_known(value.text + 1, value.len - 2);
}

static bool has_known_ref(struct json_slice list)
{
	struct json_iter iter;
	struct json_slice element;
	json_iter_init(&iter, list);
	while (list.text && json_type_of(list) == JSON_ARRAY && json_iter_next(&iter, NULL, &element)) {
		if (is_known_ref(element))
			return true;
	}
	return false;
}

/* What the platform's splitter sorts out: an unknown type, or ends that are of one. */
static bool is_incompatible(const struct bundle_object *object, const struct json_slice *members)
{
	if (!bundle_type_is_known(object->id, strlen(object->id)))
		return true;
	if (object->class != BUNDLE_RELATIONSHIP)
		return false;
	if (strcmp(object->type, "sighting") == 0)
		return !is_known_ref(members[SIGHTING_OF]) || !has_known_ref(members[WHERE_SIGHTED]);
	return !is_known_ref(members[SOURCE]) || !is_known_ref(members[TARGET]);
}

int bundle_object_read(struct json_slice value, struct bundle_object *object, struct error *err)
{
	struct json_slice members[MEMBERS];
	if (json_type_of(value) != JSON_OBJECT)
		return error_set(err, EXIT_BAD_INPUT, "is no JSON object");
	json_members(value, member_keys, members, MEMBERS);
	if (!members[TYPE].text || !copy_plain(members[TYPE], object->type, sizeof object->type) || !object->type[0])
		return error_set(err, EXIT_BAD_INPUT, "has no usable \"type\"");
	if (!members[ID].text || !copy_plain(members[ID], object->id, sizeof object->id) ||
	    !bundle_is_id(object->id, strlen(object->id)))
		return error_set(err, EXIT_BAD_INPUT, "of type \"%s\" has no usable \"id\"", object->type);
	size_t type_len = strlen(object->type);
	if (type_len_of(object->id, strlen(object->id)) != type_len || memcmp(object->id, object->type, type_len) != 0)
		return error_set(err, EXIT_BAD_INPUT, "of type \"%s\" has the id \"%s\" of another type", object->type,
				 object->id);
	object->key = bundle_key_of(object->id, strlen(object->id));
	object->class = class_of(object->type);
	object->partial = strcmp(object->type, "report") == 0 && says_partial(members[LABELS], members[NAME]);
	if (check_ends(object, members[SOURCE], members[TARGET], err) != 0 || check_refs(object, value, err) != 0)
		return -1;
	object->alias_count = 0;
	read_aliases(members, object);
	object->incompatible = is_incompatible(object, members);
	return 0;
}

struct cutting {
	bool (*is_cut)(void *data, const char *id, size_t len);
	void *data;
};

static bool is_cut(const struct cutting *cutting, struct json_slice ref)
{
	return json_type_of(ref) == JSON_STRING && ref.len >= 2 &&
	       cutting->is_cut(cutting->data, ref.text + 1, ref.len - 2);
}

static void put_list(const struct cutting *cutting, struct json_slice list, struct buf *out)
{
	struct json_iter iter;
	struct json_slice element;
	bool any = false;
	buf_add_char(out, '[');
	json_iter_init(&iter, list);
	while (json_iter_next(&iter, NULL, &element)) {
		if (is_cut(cutting, element))
			continue;
		if (any)
			buf_add_char(out, ',');
		buf_add(out, element.text, element.len);
		any = true;
	}
	buf_add_char(out, ']');
}

void bundle_object_cut(struct json_slice object, bool (*cut)(void *data, const char *id, size_t len), void *data,
		       struct buf *out)
{
	struct cutting cutting = {cut, data};
	struct json_iter members;
	struct json_slice key, value;
	bool any = false;
	buf_add_char(out, '{');
	json_iter_init(&members, object);
	while (json_iter_next(&members, &key, &value)) {
		if (any)
			buf_add_char(out, ',');
		any = true;
		buf_add(out, key.text, key.len);
		buf_add_char(out, ':');
		if (key_ends_with(key, "_refs") && json_type_of(value) == JSON_ARRAY)
			put_list(&cutting, value, out);
		else if (key_ends_with(key, "_ref") && is_cut(&cutting, value))
			buf_add_str(out, "null");
		else
			buf_add(out, value.text, value.len);
	}
	buf_add_char(out, '}');
}
