/* SPDX-License-Identifier: Apache-2.0 */
#include "stix-id.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uuid/uuid.h>

#include "canonical.h"
#include "utf8.h"

static char *finish(char *id, const char *type, const char *name, size_t len)
{
	uuid_t space, uuid;
	char text[37];
	uuid_parse(STIX_ID_NAMESPACE, space);
	uuid_generate_sha1(uuid, space, name, len);
	uuid_unparse_lower(uuid, text);
	snprintf(id, STIX_ID_MAX, "%s--%s", type, text);
	return id;
}

char *stix_id(char *id, const char *type, const char *canonical, size_t len)
{
	return finish(id, type, canonical, len);
}

char *stix_id_bundle(char *id, const char *search_id)
{
	return finish(id, "bundle", search_id, strlen(search_id));
}

/* Python's str.strip(): white space by Unicode, but not U+200B and U+FEFF, and the four information separators. */
static bool is_python_space(uint32_t point)
{
	return (point >= 0x09 && point <= 0x0D) || (point >= 0x1C && point <= 0x20) || point == 0x85 || point == 0xA0 ||
	       point == 0x1680 || (point >= 0x2000 && point <= 0x200A) || point == 0x2028 || point == 0x2029 ||
	       point == 0x202F || point == 0x205F || point == 0x3000;
}

static int append_trimmed(struct buf *out, const char *text, size_t len)
{
	size_t start = 0, end = 0;
	bool has_start = false;
	for (size_t at = 0; at < len;) {
		uint32_t point;
		size_t size = utf8_decode(text + at, len - at, &point);
		if (size == 0) {
			size = 1;
			point = UTF8_REPLACEMENT;
		}
		if (!is_python_space(point)) {
			if (!has_start)
				start = at;
			has_start = true;
			end = at + size;
		}
		at += size;
	}
	return has_start ? buf_add(out, text + start, end - start) : 0;
}

/*
 * Whether the sigma at text + at is the last letter of a word as Python's str.lower() sees it: what is case-ignorable
 * is skipped on both sides, and then a cased character stands left of it and none right of it. (u8_tolower takes a
 * modifier letter, which is both, and an apostrophe for the word's end.)
 */
static bool is_final_sigma(const char *text, size_t len, size_t at)
{
	bool after_cased = false;
	uint32_t point;
	for (size_t i = 0, size; i < at; i += size ? size : 1) {
		size = utf8_decode(text + i, at - i, &point);
		if (!uc_is_property_case_ignorable(point))
			after_cased = uc_is_property_cased(point);
	}
	if (!after_cased)
		return false;
	for (size_t i = at + 2, size; i < len; i += size ? size : 1) {
		size = utf8_decode(text + i, len - i, &point);
		if (!uc_is_property_case_ignorable(point))
			return !uc_is_property_cased(point);
	}
	return true;
}

/* Python's str.lower(): each character by its own mapping, but for U+0130, which gives two, and the final sigma. */
static void append_lower(struct buf *out, const char *text, size_t len)
{
	uint32_t point;
	for (size_t at = 0, size; at < len; at += size) {
		size = utf8_decode(text + at, len - at, &point);
		if (size == 0) {
			size = 1;
			point = UTF8_REPLACEMENT;
		}
		if (point == 0x3A3)
			utf8_append(out, is_final_sigma(text, len, at) ? 0x3C2 : 0x3C3);
		else if (point == 0x130)
			buf_add_str(out, "i\xCC\x87");
		else
			utf8_append(out, point < 0x80 ? (uint32_t)tolower((int)point) : uc_tolower(point));
	}
}

int stix_id_normalise(struct buf *out, const char *text)
{
	struct buf lowered;
	buf_init(&lowered, BUF_UNBOUNDED);
	append_lower(&lowered, text, strlen(text));
	int failed = append_trimmed(out, lowered.data, lowered.len);
	buf_release(&lowered);
	return failed;
}

/* The object under construction: keys must be put in canonical order. */
struct parts {
	struct buf text;
	bool has_member;
};

static void begin(struct parts *parts)
{
	*parts = (struct parts){.has_member = false};
	buf_init(&parts->text, BUF_UNBOUNDED);
	buf_add_char(&parts->text, '{');
}

static void put_key(struct parts *parts, const char *key)
{
	buf_printf(&parts->text, "%s\"%s\":", parts->has_member ? "," : "", key);
	parts->has_member = true;
}

/* Empty and absent properties do not contribute. */
static void put(struct parts *parts, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	put_key(parts, key);
	canonical_append_string(&parts->text, value, strlen(value));
}

static void put_trimmed(struct parts *parts, const char *key, const char *value)
{
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	append_trimmed(&text, value ? value : "", value ? strlen(value) : 0);
	put(parts, key, text.data);
	buf_release(&text);
}

static void put_normalised(struct parts *parts, const char *key, const char *value)
{
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	stix_id_normalise(&text, value ? value : "");
	put(parts, key, text.data);
	buf_release(&text);
}

static char *end(struct parts *parts, char *id, const char *type)
{
	buf_add_char(&parts->text, '}');
	finish(id, type, parts->text.data, parts->text.len);
	buf_release(&parts->text);
	return id;
}

char *stix_id_identity(char *id, const char *name, const char *identity_class)
{
	struct parts parts;
	begin(&parts);
	put_normalised(&parts, "identity_class", identity_class);
	put_normalised(&parts, "name", name);
	return end(&parts, id, "identity");
}

char *stix_id_location(char *id, const char *name, const char *location_type)
{
	struct parts parts;
	begin(&parts);
	put_normalised(&parts, "name", name);
	put(&parts, "x_opencti_location_type", location_type);
	return end(&parts, id, "location");
}

char *stix_id_named(char *id, const char *type, const char *name)
{
	struct parts parts;
	begin(&parts);
	put_normalised(&parts, "name", name);
	return end(&parts, id, type);
}

char *stix_id_attack_pattern(char *id, const char *mitre_id, const char *name)
{
	struct parts parts;
	begin(&parts);
	put_normalised(&parts, "x_mitre_id", mitre_id);
	if (!parts.has_member)
		put_normalised(&parts, "name", name);
	return end(&parts, id, "attack-pattern");
}

char *stix_id_attack_pattern_as_written(char *id, const char *mitre_id)
{
	struct parts parts;
	begin(&parts);
	put(&parts, "x_mitre_id", mitre_id);
	return end(&parts, id, "attack-pattern");
}

char *stix_id_indicator(char *id, const char *pattern)
{
	struct parts parts;
	begin(&parts);
	put_trimmed(&parts, "pattern", pattern);
	return end(&parts, id, "indicator");
}

char *stix_id_report(char *id, const char *name, const char *published)
{
	struct parts parts;
	begin(&parts);
	put_normalised(&parts, "name", name);
	put(&parts, "published", published);
	return end(&parts, id, "report");
}

char *stix_id_note(char *id, const char *abstract, const char *content, const char *created)
{
	struct parts parts;
	begin(&parts);
	put_trimmed(&parts, "attribute_abstract", abstract);
	put_trimmed(&parts, "content", content);
	put(&parts, "created", created);
	return end(&parts, id, "note");
}

char *stix_id_relationship(char *id, const char *relationship_type, const char *source_ref, const char *target_ref,
			   const char *start_time, const char *stop_time)
{
	struct parts parts;
	begin(&parts);
	put(&parts, "relationship_type", relationship_type);
	put(&parts, "source_ref", source_ref);
	put(&parts, "start_time", start_time);
	put(&parts, "stop_time", start_time ? stop_time : NULL);
	put(&parts, "target_ref", target_ref);
	return end(&parts, id, "relationship");
}

char *stix_id_file_hash(char *id, const char *algorithm, const char *value)
{
	struct parts parts;
	begin(&parts);
	put_key(&parts, "hashes");
	buf_add_char(&parts.text, '{');
	parts.has_member = false;
	put(&parts, algorithm, value);
	buf_add_char(&parts.text, '}');
	return end(&parts, id, "file");
}

char *stix_id_file_name(char *id, const char *name)
{
	struct parts parts;
	begin(&parts);
	put(&parts, "name", name);
	return end(&parts, id, "file");
}

char *stix_id_value(char *id, const char *type, const char *value)
{
	struct parts parts;
	begin(&parts);
	if (strcmp(type, "domain-name") == 0)
		put_normalised(&parts, "value", value);
	else
		put(&parts, "value", value);
	return end(&parts, id, type);
}

char *stix_id_autonomous_system(char *id, uint32_t number)
{
	struct parts parts;
	begin(&parts);
	put_key(&parts, "number");
	canonical_append_number(&parts.text, number);
	return end(&parts, id, "autonomous-system");
}

char *stix_id_external_reference(char *id, const char *url, const char *source_name, const char *external_id)
{
	struct parts parts;
	begin(&parts);
	if (url && *url) {
		put(&parts, "url", url);
	} else {
		put(&parts, "external_id", external_id);
		put(&parts, "source_name", source_name);
	}
	return end(&parts, id, "external-reference");
}

char *stix_id_kill_chain_phase(char *id, const char *kill_chain_name, const char *phase_name)
{
	struct parts parts;
	begin(&parts);
	put_trimmed(&parts, "kill_chain_name", kill_chain_name);
	put_trimmed(&parts, "phase_name", phase_name);
	return end(&parts, id, "kill-chain-phase");
}

int stix_pattern_append(struct buf *out, const char *path, const char *value)
{
	if (buf_printf(out, "[%s = '", path))
		return -1;
	for (; *value; value++) {
		if ((*value == '\'' || *value == '\\') && buf_add_char(out, '\\'))
			return -1;
		if (buf_add_char(out, *value))
			return -1;
	}
	return buf_add_str(out, "']");
}
