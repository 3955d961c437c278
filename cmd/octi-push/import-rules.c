/* SPDX-License-Identifier: Apache-2.0 */
#include "import-rules.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "marking.h"

static bool refuse(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool refuse(char *text, size_t size, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(text, size, format, args);
	va_end(args);
	return true;
}

/* GraphQL's Int has 32 bits; a fraction, or more, loses the whole object. */
static const struct bound {
	const char *type; /* NULL: any */
	const char *member;
	int64_t min, max;
} bounds[] = {
    {"file", "size", 0, INT32_MAX},
    {"autonomous-system", "number", 0, INT32_MAX},
    {NULL, "x_opencti_score", 0, 100},
    {NULL, "confidence", 0, 100},
};

/* Members that have to be there, with so many characters at least. */
static const struct need {
	const char *type, *member;
	size_t least;
} needs[] = {
    {"identity", "name", 1},         {"location", "name", 2},       {"malware", "name", 2},
    {"vulnerability", "name", 2},    {"attack-pattern", "name", 2}, {"report", "name", 2},
    {"report", "published", 20},     {"note", "content", 2},        {"indicator", "pattern", 5},
    {"indicator", "valid_from", 20}, {"domain-name", "value", 3},   {"ipv4-addr", "value", 7},
    {"ipv6-addr", "value", 2},       {"url", "value", 1},           {"relationship", "relationship_type", 1},
};

static const struct hash {
	const char *name;
	size_t digits;
} hashes[] = {{"MD5", 32}, {"SHA-1", 40}, {"SHA-256", 64}, {"SHA-512", 128}};

/*
 * Section 9: what is allowed beside related-to, for the exact direction. Types that never begin a row here are not
 * judged; "*" stands for every type.
 */
static const struct allowed {
	const char *from, *to, *types;
} allowed[] = {
    {"file", "file", " drops downloads derived-from interpreted-by "},
    {"file", "artifact", " interpreted-by "},
    {"file", "domain-name", " communicates-with "},
    {"file", "ipv4-addr", " communicates-with "},
    {"file", "ipv6-addr", " communicates-with "},
    {"file", "attack-pattern", " uses "},
    {"file", "narrative", " uses "},
    {"file", "vulnerability", " targets demonstrates "},
    {"indicator", "indicator", " derived-from "},
    {"indicator", "malware", " indicates "},
    {"indicator", "attack-pattern", " indicates "},
    {"indicator", "vulnerability", " indicates "},
    {"indicator", "tool", " indicates "},
    {"indicator", "threat-actor", " indicates "},
    {"indicator", "intrusion-set", " indicates "},
    {"indicator", "campaign", " indicates "},
    {"indicator", "incident", " indicates "},
    {"indicator", "infrastructure", " indicates "},
    {"indicator", "*", " based-on "},
    {"malware", "file", " downloads drops "},
    {"malware", "malware", " controls downloads drops uses variant-of derived-from "},
    {"malware", "attack-pattern", " uses "},
    {"malware", "vulnerability", " exploits targets "},
    {"malware", "location", " originates-from targets "},
    {"malware", "domain-name", " communicates-with "},
    {"malware", "ipv4-addr", " communicates-with "},
    {"malware", "ipv6-addr", " communicates-with "},
    {"malware", "url", " communicates-with "},
    {"malware", "identity", " targets "},
    {"domain-name", "domain-name", " resolves-to derived-from "},
    {"domain-name", "hostname", " resolves-to derived-from "},
    {"domain-name", "ipv4-addr", " resolves-to "},
    {"domain-name", "ipv6-addr", " resolves-to "},
    {"domain-name", "identity", " belongs-to "},
    {"ipv4-addr", "location", " located-at "},
    {"ipv6-addr", "location", " located-at "},
    {"ipv4-addr", "autonomous-system", " belongs-to "},
    {"ipv6-addr", "autonomous-system", " belongs-to "},
    {"ipv4-addr", "identity", " belongs-to "},
    {"ipv6-addr", "identity", " belongs-to "},
    {"ipv4-addr", "ipv4-addr", " derived-from communicates-with "},
    {"ipv6-addr", "ipv6-addr", " derived-from "},
    {"ipv4-addr", "mac-addr", " resolves-to "},
    {"ipv6-addr", "mac-addr", " resolves-to "},
    {"url", "url", " derived-from "},
    {"url", "narrative", " uses "},
};

/* An id's type into type. */
static void type_of(struct json_slice id, char *type, size_t size)
{
	const char *end = id.len > 2 ? memmem(id.text, id.len, "--", 2) : NULL;
	snprintf(type, size, "%.*s", end ? (int)(end - id.text - 1) : 0, end ? id.text + 1 : "");
}

static bool is_type(struct json_slice object, const char *type)
{
	struct json_slice value;
	return json_member(object, "type", &value) && json_string_is(value, type);
}

static bool refuses_number(struct json_slice object, char *text, size_t size)
{
	for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
		struct json_slice value;
		int64_t number;
		if ((bounds[i].type && !is_type(object, bounds[i].type)) ||
		    !json_member(object, bounds[i].member, &value) || json_type_of(value) == JSON_NULL)
			continue;
		if (!json_int64(value, &number) || number < bounds[i].min || number > bounds[i].max)
			return refuse(text, size, "%s is no whole number from %lld to %lld", bounds[i].member,
				      (long long)bounds[i].min, (long long)bounds[i].max);
	}
	return false;
}

static bool refuses_text(struct json_slice object, char *text, size_t size)
{
	for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
		struct json_slice value;
		if (!is_type(object, needs[i].type))
			continue;
		if (!json_member(object, needs[i].member, &value) || json_type_of(value) != JSON_STRING ||
		    value.len < needs[i].least + 2)
			return refuse(text, size, "%s is needed, with at least %zu characters", needs[i].member,
				      needs[i].least);
	}
	return false;
}

static bool is_hex(struct json_slice value, size_t digits)
{
	if (json_type_of(value) != JSON_STRING || value.len != digits + 2)
		return false;
	for (size_t i = 1; i <= digits; i++) {
		if (!isxdigit((unsigned char)value.text[i]))
			return false;
	}
	return true;
}

static bool refuses_hashes(struct json_slice object, char *text, size_t size)
{
	struct json_slice value, name, all;
	if (!is_type(object, "file"))
		return false;
	bool any = json_member(object, "hashes", &all) && json_count(all) > 0;
	if (!any && !json_member(object, "name", &name))
		return refuse(text, size, "neither hashes nor a name");
	for (size_t i = 0; any && i < sizeof hashes / sizeof hashes[0]; i++) {
		if (json_member(all, hashes[i].name, &value) && !is_hex(value, hashes[i].digits))
			return refuse(text, size, "%s is not %zu hex digits", hashes[i].name, hashes[i].digits);
	}
	return false;
}

static bool is_allowed(const char *from, const char *to, const char *type)
{
	char word[64];
	bool is_judged = false;
	snprintf(word, sizeof word, " %s ", type);
	for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
		if (strcmp(allowed[i].from, from) != 0)
			continue;
		is_judged = true;
		bool meets = strcmp(allowed[i].to, to) == 0 || strcmp(allowed[i].to, "*") == 0;
		if (meets && strstr(allowed[i].types, word))
			return true;
	}
	return !is_judged;
}

static bool refuses_relationship(struct json_slice object, char *text, size_t size)
{
	static const char *const keys[] = {"source_ref", "target_ref", "relationship_type"};
	struct json_slice values[3];
	char from[48], to[48], type[48];
	if (!is_type(object, "relationship"))
		return false;
	json_members(object, keys, values, 3);
	type_of(values[0], from, sizeof from);
	type_of(values[1], to, sizeof to);
	snprintf(type, sizeof type, "%.*s", (int)values[2].len - 2, values[2].text + 1);
	if (values[0].len == values[1].len && memcmp(values[0].text, values[1].text, values[0].len) == 0)
		return refuse(text, size, "both ends are the same");
	/* An internal id tells no type. */
	if (!from[0] || !to[0] || strcmp(type, "related-to") == 0 || strcmp(type, "revoked-by") == 0 ||
	    is_allowed(from, to, type))
		return false;
	return refuse(text, size, "the relationship type %s is not allowed between %s and %s", type, from, to);
}

bool import_refuses(struct json_slice object, char *text, size_t size)
{
	return refuses_number(object, text, size) || refuses_text(object, text, size) ||
	       refuses_hashes(object, text, size) || refuses_relationship(object, text, size);
}

bool import_is_fixed_marking(const char *id, size_t len)
{
	for (int level = 0; level < MARKING_COUNT; level++) {
		const char *fixed = marking_id((enum marking_level)level);
		if (strlen(fixed) == len && memcmp(fixed, id, len) == 0)
			return true;
	}
	return false;
}
