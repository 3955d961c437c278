/* SPDX-License-Identifier: Apache-2.0 */
/* The platform's own ids (opencti.md section 10). */
#include <stdlib.h>
#include <string.h>

#include "import-rules.h"
#include "stix-id.h"

enum {
	TYPE,
	NAME,
	CLASS,
	LOCATION_TYPE,
	PATTERN,
	PUBLISHED,
	VALUE,
	HASHES,
	MITRE,
	KIND,
	SOURCE,
	TARGET,
	START,
	STOP,
	KEYS
};

/* The first that a file has decides. */
static bool file_id(struct json_slice hashes, char *id)
{
	static const char *const order[] = {"MD5", "SHA-1", "SHA-256", "SHA-512"};
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		struct json_slice value;
		if (!json_member(hashes, order[i], &value))
			continue;
		char *hash = json_string_dup(value);
		if (hash)
			stix_id_file_hash(id, order[i], hash);
		free(hash);
		return hash != NULL;
	}
	return false;
}

static bool is_any(const char *type, const char *const *types)
{
	for (; *types; types++) {
		if (strcmp(type, *types) == 0)
			return true;
	}
	return false;
}

static bool compute(char *const *texts, struct json_slice hashes, char *id)
{
	static const char *const named[] = {"malware",       "vulnerability",  "tool", "campaign",
					    "intrusion-set", "infrastructure", NULL};
	static const char *const valued[] = {"domain-name", "ipv4-addr", "ipv6-addr", "url", NULL};
	const char *type = texts[TYPE];
	if (strcmp(type, "file") == 0)
		return file_id(hashes, id);
	if (is_any(type, named) && texts[NAME])
		return stix_id_named(id, type, texts[NAME]) != NULL;
	if (is_any(type, valued) && texts[VALUE])
		return stix_id_value(id, type, texts[VALUE]) != NULL;
	if (strcmp(type, "identity") == 0 && texts[NAME] && texts[CLASS])
		return stix_id_identity(id, texts[NAME], texts[CLASS]) != NULL;
	if (strcmp(type, "location") == 0 && texts[NAME] && texts[LOCATION_TYPE])
		return stix_id_location(id, texts[NAME], texts[LOCATION_TYPE]) != NULL;
	if (strcmp(type, "indicator") == 0 && texts[PATTERN])
		return stix_id_indicator(id, texts[PATTERN]) != NULL;
	if (strcmp(type, "attack-pattern") == 0 && texts[NAME])
		return stix_id_attack_pattern(id, texts[MITRE], texts[NAME]) != NULL;
	if (strcmp(type, "report") == 0 && texts[NAME] && texts[PUBLISHED])
		return stix_id_report(id, texts[NAME], texts[PUBLISHED]) != NULL;
	if (strcmp(type, "relationship") == 0 && texts[KIND] && texts[SOURCE] && texts[TARGET])
		return stix_id_relationship(id, texts[KIND], texts[SOURCE], texts[TARGET], texts[START], texts[STOP]) !=
		       NULL;
	return false;
}

bool import_id_is_foreign(struct json_slice object, const char *given)
{
	char id[STIX_ID_MAX];
	static const char *const keys[KEYS] = {
	    "type",       "name",     "identity_class", "x_opencti_location_type", "pattern",    "published",
	    "value",      "hashes",   "x_mitre_id",     "relationship_type",       "source_ref", "target_ref",
	    "start_time", "stop_time"};
	struct json_slice values[KEYS];
	char *texts[KEYS];
	json_members(object, keys, values, KEYS);
	for (size_t i = 0; i < KEYS; i++)
		texts[i] = json_string_dup(values[i]);
	bool foreign = texts[TYPE] && compute(texts, values[HASHES], id) && strcmp(id, given) != 0;
	if (foreign && strcmp(texts[TYPE], "attack-pattern") == 0 && texts[MITRE])
		foreign = strcmp(stix_id_attack_pattern_as_written(id, texts[MITRE]), given) != 0;
	for (size_t i = 0; i < KEYS; i++)
		free(texts[i]);
	return foreign;
}
