/* SPDX-License-Identifier: Apache-2.0 */
#include "family.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text.h"

/* Fewer engines than that may just copy each other's mistake. */
#define ENGINES_MIN 5

static int compare_key(const void *key, const void *row)
{
	return strcmp(key, ((const struct family_name *)row)->key);
}

const char *family_find(const char *name)
{
	char key[64];
	size_t len = 0;
	for (; *name; name++) {
		unsigned char c = (unsigned char)*name;
		if (!isalnum(c))
			continue;
		if (len + 1 == sizeof(key))
			return NULL;
		key[len++] = (char)tolower(c);
	}
	key[len] = '\0';
	const struct family_name *row =
	    bsearch(key, family_names, family_name_count, sizeof(*family_names), compare_key);
	return row ? row->name : NULL;
}

/* Adds a name that is not there yet; false for one that says nothing. */
static bool add_family(struct view *view, const char *name, enum family_origin origin)
{
	struct family family = {.origin = origin};
	struct buf cleaned;
	buf_init(&cleaned, BUF_UNBOUNDED);
	text_clean(&cleaned, name, sizeof(family.name) - 1);
	const char *known = family_find(cleaned.data);
	snprintf(family.name, sizeof(family.name), "%s", known ? known : cleaned.data);
	buf_release(&cleaned);
	if (!text_is_name(family.name) || view->family_count == FAMILIES_MAX)
		return false;
	if (known && origin == FAMILY_TEXT)
		family.origin = FAMILY_KNOWN;
	for (size_t i = 0; i < view->family_count; i++) {
		if (strcasecmp(view->families[i].name, family.name) == 0)
			return false;
	}
	view->families[view->family_count++] = family;
	return true;
}

static void add_slice(struct view *view, struct json_slice value, enum family_origin origin)
{
	char *name = json_string_dup(value);
	if (name)
		add_family(view, name, origin);
	free(name);
}

/* Names as they are, or objects with the name in one of these members. */
static void add_list(struct view *view, struct json_slice list)
{
	static const char *const keys[] = {"family", "name", "value"};
	struct json_iter iter;
	struct json_slice element, value;
	json_iter_init(&iter, list);
	while (json_iter_next(&iter, NULL, &element)) {
		add_slice(view, element, FAMILY_TOLD);
		for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
			if (json_member(element, keys[i], &value))
				add_slice(view, value, FAMILY_TOLD);
		}
	}
}

/* Collections of Google Threat Intelligence: by their name, else by an id such as "malpedia_win_formbook". */
static void add_collections(struct view *view, struct json_slice data)
{
	struct json_iter iter;
	struct json_slice collection, value;
	json_iter_init(&iter, data);
	while (json_iter_next(&iter, NULL, &collection)) {
		if (json_path(collection, &value, "attributes", "name", NULL)) {
			add_slice(view, value, FAMILY_TOLD);
			continue;
		}
		json_member(collection, "id", &value);
		char *id = json_string_dup(value);
		char *name = id && strncmp(id, "malpedia_", 9) == 0 ? strchr(id + 9, '_') : NULL;
		if (name)
			add_family(view, name + 1, FAMILY_TOLD);
		free(id);
	}
}

/* The most agreed upon names come first; a known one is better than a more popular word such as "msil". */
static void add_popular(struct view *view)
{
	struct json_slice list, element, value, best = {NULL, 0};
	struct json_iter iter;
	json_member(view->attributes[ATTRIBUTE_CLASSIFICATION], "popular_threat_name", &list);
	json_iter_init(&iter, list);
	while (json_iter_next(&iter, NULL, &element)) {
		int64_t count = 0;
		if (!json_member(element, "count", &value) || !json_int64_lax(value, &count) || count < ENGINES_MIN)
			continue;
		if (!json_member(element, "value", &value))
			continue;
		char *name = json_string_dup(value);
		bool is_known = name && family_find(name);
		free(name);
		if (!best.text || is_known)
			best = value;
		if (is_known)
			break;
	}
	add_slice(view, best, FAMILY_TEXT);
}

void family_read(struct view *view)
{
	struct json_slice list;
	view->family_count = 0;
	json_member(view->attributes[ATTRIBUTE_MALWARE_CONFIG], "families", &list);
	add_list(view, list);
	add_list(view, view->attributes[ATTRIBUTE_MALWARE_FAMILIES]);
	if (json_path(view->relationships, &list, "malware_families", "data", NULL))
		add_collections(view, list);
	add_popular(view);
}

/* The first element's string member; NULL when there is none. Heap. */
static char *first_text(struct json_slice list, const char *key)
{
	struct json_iter iter;
	struct json_slice element, value;
	json_iter_init(&iter, list);
	if (!json_iter_next(&iter, NULL, &element) || !json_member(element, key, &value))
		return NULL;
	return json_string_dup(value);
}

void family_category(const struct view *view, char *category, size_t size)
{
	struct json_slice list;
	struct buf cleaned;
	json_member(view->attributes[ATTRIBUTE_CLASSIFICATION], "popular_threat_category", &list);
	char *name = first_text(list, "value");
	buf_init(&cleaned, BUF_UNBOUNDED);
	text_clean(&cleaned, name ? name : "", size - 1);
	snprintf(category, size, "%s", cleaned.data);
	buf_release(&cleaned);
	free(name);
}

const char *family_malware_type(const char *category)
{
	/* VirusTotal's categories, and STIX's malware-type-ov as the platform has it (opencti.md section 8.7). */
	static const struct {
		const char *category, *type;
	} rows[] = {
	    {"adware", "adware"},
	    {"backdoor", "backdoor"},
	    {"banker", "trojan"},
	    {"bot", "bot"},
	    {"bootkit", "bootkit"},
	    {"ddos", "ddos"},
	    {"downloader", "downloader"},
	    {"dropper", "dropper"},
	    {"fakeav", "rogue-security-software"},
	    {"keylogger", "keylogger"},
	    {"miner", "resource-exploitation"},
	    {"ransomware", "ransomware"},
	    {"rat", "remote-access-trojan"},
	    {"rootkit", "rootkit"},
	    {"spyware", "spyware"},
	    {"stealer", "spyware"},
	    {"trojan", "trojan"},
	    {"virus", "virus"},
	    {"webshell", "webshell"},
	    {"worm", "worm"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (strcmp(rows[i].category, category) == 0)
			return rows[i].type;
	}
	return NULL;
}
