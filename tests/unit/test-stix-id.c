/* SPDX-License-Identifier: Apache-2.0 */
/* Ids by the table of known ones, and with a path, every reference vector that follows the platform's rule. */
#include <stdio.h>
#include <stdlib.h>

#include "marking.h"
#include "stix-id.h"
#include "vectors.h"

static void known_ids(void)
{
	char id[STIX_ID_MAX];
	CHECK_TEXT(stix_id_identity(id, " VirusTotal\t", "Organization"),
		   "identity--173c879a-bfb3-5dee-9f1f-3fffd76a8756");
	CHECK_TEXT(stix_id_location(id, "France", "Country"), "location--b8d0549f-de06-5ebd-a6e9-d31a581dba5d");
	CHECK_TEXT(stix_id_named(id, "malware", "Emotet"), "malware--36297121-bf18-56e1-b200-d39c9f9f5cee");
	CHECK_TEXT(stix_id_named(id, "vulnerability", "CVE-2021-44228"),
		   "vulnerability--693c68fd-9a33-5d6d-b44e-407b6a48b05b");
	CHECK_TEXT(stix_id_attack_pattern(id, "T1059", NULL), "attack-pattern--2564d78f-c102-5432-99eb-c6bb50177e94");
	CHECK_TEXT(stix_id_attack_pattern_as_written(id, "T1059"),
		   "attack-pattern--bab942ff-7c9c-5062-9e92-3392bfb2fd74");
	CHECK_TEXT(stix_id_value(id, "ipv4-addr", "198.51.100.7"), "ipv4-addr--12592121-be4c-5a93-a813-5a5af16e50db");
	CHECK_TEXT(stix_id_value(id, "domain-name", "Example.COM"),
		   "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7");
	CHECK_TEXT(stix_id_value(id, "url", "http://example.com/a"), "url--90a682b4-db61-5016-9aaa-eb700579af05");
	CHECK_TEXT(stix_id_autonomous_system(id, 64500), "autonomous-system--0a5f7072-df00-5729-9f0a-4eb18631a446");
	CHECK_TEXT(stix_id_file_hash(id, "MD5", "d41d8cd98f00b204e9800998ecf8427e"),
		   "file--02fff920-f614-527c-81d1-6353633a6d21");
	CHECK_TEXT(stix_id_file_hash(id, "SHA-256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
		   "file--22f8ff52-8f62-5f03-a53a-6f50f54fd74c");
	CHECK_TEXT(stix_id_indicator(id, "[file:hashes.'SHA-256' = "
					 "'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855']"),
		   "indicator--8d30e978-c6dd-5439-9ed0-bd61238915c3");
	CHECK_TEXT(stix_id_report(id, "VirusTotal risky files - FR ", "2026-01-01T00:00:00.000Z"),
		   "report--0273919a-47e7-5eb5-a291-1ebec379b0a0");
	CHECK_TEXT(stix_id_note(id, "abs", " hello", "2026-01-01T00:00:00.000Z"),
		   "note--161ae344-ddd7-575b-b6b1-2d700995e32f");
	CHECK_TEXT(stix_id_relationship(id, "related-to", "file--x", "url--y", NULL, NULL),
		   "relationship--977c036e-a75a-5bc2-a161-64280c9e5589");
}

static void patterns(void)
{
	struct buf out;
	buf_init(&out, BUF_UNBOUNDED);
	stix_pattern_append(&out, "file:name", "it's C:\\x");
	CHECK_TEXT(out.data, "[file:name = 'it\\'s C:\\\\x']");
	buf_release(&out);
}

/*
 * Why a reference vector is not ours to reproduce. stix2 and pycti are libraries; where they differ from what the
 * platform computes (opencti.md section 10), the platform's rule is ours.
 */
enum reason {
	COMPARED,
	NOT_EMITTED,      /* a type, or a property beside the ones we send, that we never emit */
	NUL,              /* U+0000: cannot stand in a C string, and text_clean lets none through */
	EMPTY,            /* an empty text: the platform leaves it out of an id, the libraries do not */
	NO_ID,            /* pycti gives no id: nothing to compare */
	PYTHON_TIME,      /* a date object, printed in Python's form; or a text that is not in the platform's form */
	HASH_NAME,        /* "sha256" for "SHA-256": stix2 renames it, the platform does not, and we never write it */
	HASH_ORDER,       /* without MD5 to SHA-512 stix2 takes the first inserted, the platform a fixed order */
	NAME_BESIDE_HASH, /* the platform ignores a file's name beside a hash, stix2 counts it */
	DOMAIN_CASE,      /* the platform lower-cases a domain, stix2 does not */
	IDENTITY_CLASS,   /* the platform trims the class, pycti does not */
	BLANKS_KEPT,      /* the platform trims a kill chain's names, pycti does not */
	TEXT_NUMBER,      /* an AS number as text, which stix2 turns into a number */
	REASON_COUNT
};
static const char *const reason_names[REASON_COUNT] = {
    [COMPARED] = "compared",
    [NOT_EMITTED] = "never emitted",
    [NUL] = "U+0000",
    [EMPTY] = "an empty text",
    [NO_ID] = "no id",
    [PYTHON_TIME] = "a time in Python's form",
    [HASH_NAME] = "a hash name that stix2 renames",
    [HASH_ORDER] = "hashes in stix2's order",
    [NAME_BESIDE_HASH] = "a file's name beside a hash",
    [DOMAIN_CASE] = "a domain that stix2 does not lower-case",
    [IDENTITY_CLASS] = "an identity_class that pycti does not trim",
    [BLANKS_KEPT] = "a phase that pycti does not trim",
    [TEXT_NUMBER] = "a number given as text",
};

/* One vector in work; every function below answers with the id, or with a reason. */
struct vector {
	const char *type, *text; /* text: the vector as JSON */
	const cJSON *input;
	char id[STIX_ID_MAX];
};

static const char *input_of(const struct vector *vector, const char *name)
{
	return json_get_string(vector->input, name);
}

static enum reason file_id(struct vector *vector)
{
	static const char *const order[] = {"MD5",      "SHA-1",  "SHA-256", "SHA-512", "SHA3-256",
					    "SHA3-512", "SSDEEP", "SDHASH",  "TLSH",    "LZJD"};
	const cJSON *hashes = json_get(vector->input, "hashes");
	int properties = cJSON_GetArraySize(vector->input);
	if (!hashes && properties == 1)
		return stix_id_file_name(vector->id, input_of(vector, "name")), COMPARED;
	if (input_of(vector, "name") && hashes)
		return NAME_BESIDE_HASH;
	if (json_get(vector->input, "extensions") || !hashes)
		return NOT_EMITTED;
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		const char *value = json_get_string(hashes, order[i]);
		if (!value)
			continue;
		if (i > 3 && strcmp(hashes->child->string, order[i]) != 0)
			return HASH_ORDER;
		return stix_id_file_hash(vector->id, order[i], value), COMPARED;
	}
	return HASH_NAME;
}

static enum reason domain_id(struct vector *vector)
{
	const char *value = input_of(vector, "value");
	stix_id_value(vector->id, "domain-name", value);
	for (const char *at = value; *at; at++) {
		if ((*at >= 'A' && *at <= 'Z') || *at == ' ')
			return DOMAIN_CASE;
	}
	return COMPARED;
}

static enum reason value_id(struct vector *vector)
{
	return stix_id_value(vector->id, vector->type, input_of(vector, "value")), COMPARED;
}

static enum reason named_id(struct vector *vector)
{
	return stix_id_named(vector->id, vector->type, input_of(vector, "name")), COMPARED;
}

static enum reason identity_id(struct vector *vector)
{
	const char *identity_class = input_of(vector, "identity_class");
	if (strchr(identity_class, ' '))
		return IDENTITY_CLASS;
	return stix_id_identity(vector->id, input_of(vector, "name"), identity_class), COMPARED;
}

static enum reason location_id(struct vector *vector)
{
	const char *location_type = input_of(vector, "x_opencti_location_type");
	/* The platform and pycti differ over areas, and a position is told by its coordinates: we emit countries. */
	if (strcmp(location_type, "Position") == 0)
		return NOT_EMITTED;
	return stix_id_location(vector->id, input_of(vector, "name"), location_type), COMPARED;
}

static enum reason attack_pattern_id(struct vector *vector)
{
	stix_id_attack_pattern(vector->id, input_of(vector, "x_mitre_id"), input_of(vector, "name"));
	return COMPARED;
}

static enum reason indicator_id(struct vector *vector)
{
	return stix_id_indicator(vector->id, input_of(vector, "pattern")), COMPARED;
}

static enum reason report_id(struct vector *vector)
{
	const char *published = input_of(vector, "published");
	if (!published)
		return PYTHON_TIME;
	return stix_id_report(vector->id, input_of(vector, "name"), published), COMPARED;
}

static enum reason note_id(struct vector *vector)
{
	if (json_get(vector->input, "created") && !cJSON_IsNull(json_get(vector->input, "created")) &&
	    !input_of(vector, "created"))
		return PYTHON_TIME;
	stix_id_note(vector->id, input_of(vector, "abstract"), input_of(vector, "content"),
		     input_of(vector, "created"));
	return COMPARED;
}

static enum reason relationship_id(struct vector *vector)
{
	static const char *const times[] = {"start_time", "stop_time"};
	for (size_t i = 0; i < 2; i++) {
		const cJSON *time = json_get(vector->input, times[i]);
		if (time && !cJSON_IsNull(time) && !cJSON_IsString(time))
			return PYTHON_TIME;
	}
	stix_id_relationship(vector->id, input_of(vector, "relationship_type"), input_of(vector, "source_ref"),
			     input_of(vector, "target_ref"), input_of(vector, "start_time"),
			     input_of(vector, "stop_time"));
	return COMPARED;
}

static enum reason external_reference_id(struct vector *vector)
{
	stix_id_external_reference(vector->id, input_of(vector, "url"), input_of(vector, "source_name"),
				   input_of(vector, "external_id"));
	return COMPARED;
}

static enum reason kill_chain_phase_id(struct vector *vector)
{
	const char *name = input_of(vector, "phase_name");
	size_t len = strlen(name);
	if (*name == ' ' || (len > 3 && strcmp(name + len - 3, "\xE3\x80\x80") == 0))
		return BLANKS_KEPT;
	return stix_id_kill_chain_phase(vector->id, input_of(vector, "kill_chain_name"), name), COMPARED;
}

static enum reason autonomous_system_id(struct vector *vector)
{
	int64_t number;
	if (!json_get_int(vector->input, "number", &number))
		return TEXT_NUMBER;
	return stix_id_autonomous_system(vector->id, (uint32_t)number), COMPARED;
}

/* The markings that a configuration can name; others are not ours to make. */
static enum reason marking_definition_id(struct vector *vector)
{
	enum marking_level level;
	const char *definition = input_of(vector, "definition");
	if (strcmp(input_of(vector, "definition_type"), "TLP") != 0 || !marking_parse(definition, &level) ||
	    (strcmp(definition, marking_name(level)) != 0 && strcmp(definition, "TLP:WHITE") != 0))
		return NOT_EMITTED;
	snprintf(vector->id, sizeof(vector->id), "%s", marking_id(level));
	return COMPARED;
}

static const struct {
	const char *type;
	enum reason (*make)(struct vector *);
} makers[] = {
    {"attack-pattern", attack_pattern_id},
    {"autonomous-system", autonomous_system_id},
    {"domain-name", domain_id},
    {"external-reference", external_reference_id},
    {"file", file_id},
    {"identity", identity_id},
    {"indicator", indicator_id},
    {"ipv4-addr", value_id},
    {"ipv6-addr", value_id},
    {"kill-chain-phase", kill_chain_phase_id},
    {"location", location_id},
    {"malware", named_id},
    {"marking-definition", marking_definition_id},
    {"note", note_id},
    {"relationship", relationship_id},
    {"report", report_id},
    {"url", value_id},
    {"vulnerability", named_id},
};

static bool has_empty_text(const cJSON *input)
{
	for (const cJSON *item = input ? input->child : NULL; item; item = item->next) {
		if (cJSON_IsString(item) && !*item->valuestring)
			return true;
	}
	return false;
}

static enum reason make_id(struct vector *vector)
{
	for (size_t i = 0; i < sizeof(makers) / sizeof(*makers); i++) {
		if (strcmp(makers[i].type, vector->type) != 0)
			continue;
		/* json_parse has put U+FFFD in the place of U+0000; no vector holds a U+FFFD of its own. */
		if (strstr(vector->text, "\xEF\xBF\xBD"))
			return NUL;
		enum reason reason = makers[i].make(vector);
		bool may_be_empty = strcmp(vector->type, "attack-pattern") == 0;
		return reason == COMPARED && !may_be_empty && has_empty_text(vector->input) ? EMPTY : reason;
	}
	return NOT_EMITTED;
}

static void vectors(const char *path)
{
	cJSON *list = vectors_read(path);
	int counts[REASON_COUNT] = {0};
	const cJSON *item;
	cJSON_ArrayForEach(item, list)
	{
		const char *want = json_get_string(item, "id");
		char *text = cJSON_PrintUnformatted(item);
		struct vector vector = {
		    .type = json_get_string(item, "type"), .text = text, .input = json_get(item, "input")};
		enum reason reason = want ? make_id(&vector) : NO_ID;
		counts[reason]++;
		if (reason == COMPARED && !CHECK_TEXT(vector.id, want))
			fprintf(stderr, "  %s\n", text);
		cJSON_free(text);
	}
	for (int i = 0; i < REASON_COUNT; i++)
		printf("%d %s\n", counts[i], reason_names[i]);
	/* A vector that is left out without need would not be missed otherwise. */
	CHECK_INT(counts[COMPARED], 275);
	cJSON_Delete(list);
}

int main(int argc, char **argv)
{
	known_ids();
	patterns();
	if (argc > 1)
		vectors(argv[1]);
	return check_result();
}
