/* SPDX-License-Identifier: Apache-2.0 */
#include "build.h"

#include "stix-id.h"

/* Author and markings are the same for ever, so their dates are too. */
#define AUTHOR_CREATED "2026-01-01T00:00:00.000Z"

void build_init(struct build *build, struct bundle *bundle)
{
	*build = (struct build){.bundle = bundle};
	buf_init(&build->text, BUF_UNBOUNDED);
}

void build_release(struct build *build)
{
	techniques_release(&build->techniques);
	buf_release(&build->text);
}

void build_enter(struct build *build, struct section *section)
{
	build->section = section;
	build->settings = &section->settings;
	build->statistics = &section->statistics;
	build->bundle->refs = &section->refs;
	build->center = (struct center){.offset = UINT64_MAX};
}

bool build_has(struct build *build, const char *id)
{
	if (!bundle_has(build->bundle, id))
		return false;
	bundle_refer(build->bundle, id);
	return true;
}

void build_begin(struct build *build, const char *type, const char *id, bool has_dates)
{
	buf_clear(&build->text);
	json_writer_init(&build->json, &build->text);
	json_begin_object(&build->json);
	json_member_string(&build->json, "type", type);
	json_member_string(&build->json, "spec_version", "2.1");
	json_member_string(&build->json, "id", id);
	if (has_dates) {
		json_member_string(&build->json, "created", build->settings->created);
		json_member_string(&build->json, "modified", build->settings->created);
	}
}

void build_markings(struct build *build, const bool *levels)
{
	bool any = false;
	for (int i = 0; i < MARKING_COUNT; i++)
		any |= levels[i];
	if (!any)
		return;
	json_key(&build->json, "object_marking_refs");
	json_begin_array(&build->json);
	for (int i = 0; i < MARKING_COUNT; i++) {
		if (levels[i])
			json_put_string(&build->json, marking_id((enum marking_level)i));
	}
	json_end_array(&build->json);
}

void build_strings(struct build *build, const char *key, const char *const *list)
{
	if (!list || !*list)
		return;
	json_key(&build->json, key);
	json_begin_array(&build->json);
	for (; *list; list++)
		json_put_string(&build->json, *list);
	json_end_array(&build->json);
}

void build_end_between(struct build *build, enum bundle_class object_class, const char *id, bool in_report,
		       const char *source, const char *target)
{
	json_end_object(&build->json);
	bundle_put(build->bundle, object_class, id, build->text.data, build->text.len, in_report, source, target);
}

void build_end(struct build *build, enum bundle_class object_class, const char *id, bool in_report)
{
	build_end_between(build, object_class, id, in_report, NULL, NULL);
}

static void map_markings(struct build *build)
{
	for (int i = 0; i < MARKING_COUNT; i++) {
		enum marking_level level = (enum marking_level)i;
		if (!build->settings->report_markings[i] && !build->settings->file_markings[i])
			continue;
		buf_clear(&build->text);
		json_writer_init(&build->json, &build->text);
		marking_write(level, &build->json);
		bundle_put(build->bundle, BUNDLE_FIRST, marking_id(level), build->text.data, build->text.len, false,
			   NULL, NULL);
	}
}

static void map_author(struct build *build)
{
	const struct settings *settings = build->settings;
	build_begin(build, "identity", settings->author_id, false);
	json_member_string(&build->json, "created", AUTHOR_CREATED);
	json_member_string(&build->json, "modified", AUTHOR_CREATED);
	json_member_string(&build->json, "name", settings->author);
	json_member_string(&build->json, "identity_class", "organization");
	build_end(build, BUNDLE_FIRST, settings->author_id, false);
}

/* Shared by everybody on the platform: it makes references resolve and changes nothing that is there (design section
 * 6). */
static void map_country(struct build *build)
{
	const struct settings *settings = build->settings;
	build_begin(build, "location", settings->location_id, true);
	json_member_string(&build->json, "name", settings_country_name(settings));
	json_member_string(&build->json, "country", settings->search.country);
	json_member_int(&build->json, "confidence", 1);
	if (settings->mark_all)
		build_markings(build, settings->file_markings);
	json_member_string(&build->json, "x_opencti_location_type", "Country");
	if (settings->country) {
		const char *const aliases[] = {settings->country->alpha3, settings->country->alpha2, NULL};
		build_strings(build, "x_opencti_aliases", aliases);
	}
	build_end(build, BUNDLE_FIRST, settings->location_id, true);
}

void map_first(struct build *build)
{
	map_markings(build);
	map_author(build);
	map_country(build);
}

static void map_country_relation(struct build *build, const struct view *view)
{
	const struct settings *settings = build->settings;
	struct buf description;
	if (settings->country_relation_none ||
	    (!settings->country_relation_all && view->facts.severity != VT_SEVERITY_HIGH))
		return;
	buf_init(&description, BUF_UNBOUNDED);
	buf_printf(&description, "Submitted to VirusTotal from %s; says nothing about the victim.",
		   settings_country_name(settings));
	map_relationship(build, "related-to", view->id, settings->location_id, description.data, false);
	buf_release(&description);
}

void map_hit(struct build *build, const struct view *view)
{
	map_file(build, view, true);
	map_country_relation(build, view);
	map_families(build, view);
	map_vulnerabilities(build, view);
	map_relationships(build, view);
	map_indicator(build, view);
}
