/* SPDX-License-Identifier: Apache-2.0 */
/* From records to objects: what all mappings share. Each map_* function puts objects into the bundle and nothing else.
 */
#ifndef BUILD_H
#define BUILD_H

#include "bundle.h"
#include "json-write.h"
#include "settings.h"
#include "statistics.h"
#include "stream.h"
#include "technique.h"
#include "view.h"

/* One search of the input, and the report about it. */
struct section {
	struct settings settings;
	struct stream stream;
	struct statistics statistics;
	struct spool refs; /* ids for the report's object_refs */
};

struct build {
	struct bundle *bundle;
	struct techniques techniques;
	struct buf text; /* the object in work */
	struct json_writer json;
	/* of the section in work */
	struct section *section;
	const struct settings *settings;
	struct statistics *statistics;
	struct center { /* the riskiest file of the cluster that was looked up last */
		uint64_t offset;
		char id[80];
		char sha256[65];
	} center;
};

void build_init(struct build *build, struct bundle *bundle);
void build_release(struct build *build);
/* From now on everything is of this section. */
void build_enter(struct build *build, struct section *section);

/* Begins an object in build->json with type, spec_version and id; of SDOs and SROs also created and modified. */
void build_begin(struct build *build, const char *type, const char *id, bool has_dates);
/* object_marking_refs of the chosen levels; nothing when none is chosen. */
void build_markings(struct build *build, const bool *levels);
/* A member with an array of strings (NULL-terminated); nothing for an empty one. */
void build_strings(struct build *build, const char *key, const char *const *list);
/* Ends the object and puts it into the bundle. */
void build_end(struct build *build, enum bundle_class object_class, const char *id, bool in_report);
/* The same with the ends of a relationship, or of what an indicator is about. */
void build_end_between(struct build *build, enum bundle_class object_class, const char *id, bool in_report,
		       const char *source, const char *target);

/* Whether an object of the id was put already; it then goes into the report in work all the same. */
bool build_has(struct build *build, const char *id);

/* Markings, author and country: what everything else refers to. */
void map_first(struct build *build);
/* A published file of the search, with everything around it. */
void map_hit(struct build *build, const struct view *view);

/* The file object itself. is_hit: with author, labels, description and reference. */
void map_file(struct build *build, const struct view *view, bool is_hit);
/* Puts a relationship; its id goes into the report unless it is the one to the country. */
void map_relationship(struct build *build, const char *type, const char *source, const char *target,
		      const char *description, bool in_report);
/* All of a hit's VirusTotal relationships. */
void map_relationships(struct build *build, const struct view *view);
/*
 * A host or URL: false when it was left out. id[80] receives the STIX id. is_contact: it counts among those of the
 * report.
 */
bool map_host(struct build *build, struct json_slice object, bool is_contact, char *id);
void map_families(struct build *build, const struct view *view);
/* Whether the file's i-th family becomes a malware object. */
bool map_wants_family(const struct build *build, const struct family *family);
void map_vulnerabilities(struct build *build, const struct view *view);
/* trees: the data of behaviour_mitre_trees */
void map_attack(struct build *build, const struct view *view, struct json_slice trees);
/* The techniques that map_attack met, merged: once everything else is mapped. */
void map_techniques(struct build *build);
/* Only for files that qualify. */
void map_indicator(struct build *build, const struct view *view);

#endif
