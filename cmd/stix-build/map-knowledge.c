/* SPDX-License-Identifier: Apache-2.0 */
/* Families, techniques and vulnerabilities: objects that belong to everybody on the platform (design section 6). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "build.h"
#include "family.h"
#include "stix-id.h"
#include "text.h"

/*
 * Nothing of what is there may change: no confidence would count as 100, so it is 1, and there is neither author nor
 * description nor marking.
 */
static void begin_shared(struct build *build, const char *type, const char *id, const char *name)
{
	build_begin(build, type, id, true);
	json_member_string(&build->json, "name", name);
	json_member_int(&build->json, "confidence", 1);
	if (build->settings->mark_all)
		build_markings(build, build->settings->file_markings);
}

bool map_wants_family(const struct build *build, const struct family *family)
{
	static const enum family_origin least[] = {
	    [FAMILIES_CONFIG] = FAMILY_TOLD, [FAMILIES_KNOWN] = FAMILY_KNOWN, [FAMILIES_ALL] = FAMILY_TEXT};
	enum families wanted = build->settings->families;
	return wanted != FAMILIES_NONE && family->origin >= least[wanted];
}

static void map_family(struct build *build, const struct view *view, const struct family *family)
{
	char id[STIX_ID_MAX], category[64];
	stix_id_named(id, "malware", family->name);
	if (!build_has(build, id)) {
		family_category(view, category, sizeof(category));
		const char *const types[] = {family_malware_type(category), NULL};
		begin_shared(build, "malware", id, family->name);
		json_member_bool(&build->json, "is_family", true);
		build_strings(build, "malware_types", types);
		build_end(build, BUNDLE_RELATED, id, true);
	}
	map_relationship(build, "related-to", view->id, id, "The file is a sample of the family.", true);
}

void map_families(struct build *build, const struct view *view)
{
	for (size_t i = 0; i < view->family_count; i++) {
		if (map_wants_family(build, &view->families[i]))
			map_family(build, view, &view->families[i]);
	}
}

/* "cve-2017-11882" into "CVE-2017-11882"; false for another tag. */
static bool read_cve(struct json_slice tag, char *name, size_t size)
{
	char *text = json_string_dup(tag);
	bool is_cve = text && strlen(text) < size && strncasecmp(text, "cve-", 4) == 0;
	size_t year = is_cve ? strspn(text + 4, "0123456789") : 0;
	if (is_cve && year == 4 && text[8] == '-') {
		size_t number = strspn(text + 9, "0123456789");
		is_cve = number >= 4 && !text[9 + number];
	} else {
		is_cve = false;
	}
	if (is_cve)
		snprintf(name, size, "CVE%s", text + 3);
	free(text);
	return is_cve;
}

void map_vulnerabilities(struct build *build, const struct view *view)
{
	struct json_iter iter;
	struct json_slice tag;
	json_iter_init(&iter, view->attributes[ATTRIBUTE_TAGS]);
	while (json_iter_next(&iter, NULL, &tag)) {
		char id[STIX_ID_MAX], name[40];
		if (!read_cve(tag, name, sizeof(name)))
			continue;
		stix_id_named(id, "vulnerability", name);
		if (!build_has(build, id)) {
			begin_shared(build, "vulnerability", id, name);
			build_end(build, BUNDLE_RELATED, id, true);
		}
		map_relationship(build, "targets", view->id, id, "The file holds what exploits it.", true);
	}
}

static bool is_severe(struct json_slice signatures, enum attack_severity least)
{
	static const char *const names[] = {"INFO", "LOW", "MEDIUM", "HIGH"};
	struct json_iter iter;
	struct json_slice signature, severity;
	json_iter_init(&iter, signatures);
	while (json_iter_next(&iter, NULL, &signature)) {
		json_member(signature, "severity", &severity);
		for (int i = (int)least; i <= ATTACK_HIGH; i++) {
			if (json_string_is(severity, names[i]))
				return true;
		}
	}
	return false;
}

static void technique_id(const struct build *build, const char *code, char *id)
{
	if (build->settings->technique_ids_as_written)
		stix_id_attack_pattern_as_written(id, code);
	else
		stix_id_attack_pattern(id, code, NULL);
}

static void map_technique(struct build *build, const struct view *view, const char *tactic, struct json_slice technique)
{
	static const char *const keys[] = {"id", "name", "signatures"};
	struct json_slice values[3];
	char id[STIX_ID_MAX];
	struct buf name, code;
	json_members(technique, keys, values, 3);
	if (!is_severe(values[2], build->settings->attack_min_severity))
		return;
	buf_init(&code, BUF_UNBOUNDED);
	buf_init(&name, BUF_UNBOUNDED);
	text_clean_slice(&code, values[0], 20);
	text_clean_slice(&name, values[1], 120);
	if (!technique_is_id(code.data)) {
		record_counts_add(&build->statistics->left_out, "not_a_technique", 1);
	} else if (!techniques_add(&build->techniques, code.data, text_is_name(name.data) ? name.data : code.data,
				   tactic)) {
		record_counts_add(&build->statistics->left_out, "too_many_techniques", 1);
	} else {
		technique_id(build, code.data, id);
		bundle_refer(build->bundle, id);
		map_relationship(build, "uses", view->id, id, "A sandbox saw the file use it.", true);
	}
	buf_release(&code);
	buf_release(&name);
}

static void map_tactic(struct build *build, const struct view *view, struct json_slice tactic)
{
	struct json_iter techniques;
	struct json_slice list, technique, value;
	struct buf id;
	buf_init(&id, BUF_UNBOUNDED);
	json_member(tactic, "id", &value);
	text_clean_slice(&id, value, 20);
	json_member(tactic, "techniques", &list);
	json_iter_init(&techniques, list);
	while (json_iter_next(&techniques, NULL, &technique))
		map_technique(build, view, id.data, technique);
	buf_release(&id);
}

/* sandbox -> tactics -> techniques; a sandbox may be null (virustotal.md section 4). */
void map_attack(struct build *build, const struct view *view, struct json_slice trees)
{
	struct json_iter sandboxes, tactics;
	struct json_slice sandbox, list, tactic;
	json_iter_init(&sandboxes, trees);
	while (json_iter_next(&sandboxes, NULL, &sandbox)) {
		json_member(sandbox, "tactics", &list);
		json_iter_init(&tactics, list);
		while (json_iter_next(&tactics, NULL, &tactic))
			map_tactic(build, view, tactic);
	}
}

/* No external reference: that is added whatever the confidence, and the platform's own technique has it anyway. */
void map_techniques(struct build *build)
{
	for (size_t i = 0; i < build->techniques.count; i++) {
		const struct technique *technique = &build->techniques.items[i];
		char id[STIX_ID_MAX];
		technique_id(build, technique->code, id);
		begin_shared(build, "attack-pattern", id, technique->name);
		technique_put_phases(technique, &build->json);
		json_member_string(&build->json, "x_mitre_id", technique->code);
		build_end(build, BUNDLE_RELATED, id, false);
	}
}
