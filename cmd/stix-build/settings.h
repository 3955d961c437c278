/* SPDX-License-Identifier: Apache-2.0 */
/* What the configuration says about the report, read once; and who and where it is about. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>

#include "allowlist.h"
#include "config.h"
#include "country.h"
#include "marking.h"
#include "record.h"
#include "vt-file.h"

enum families { FAMILIES_NONE, FAMILIES_CONFIG, FAMILIES_KNOWN, FAMILIES_ALL };
enum attack_severity { ATTACK_INFO, ATTACK_LOW, ATTACK_MEDIUM, ATTACK_HIGH };

struct settings {
	/* from options */
	bool partial, again, strict, no_content, mark_all, pretty;
	const char *since, *until; /* of a stream without header; NULL */
	/* from the configuration; texts are its own */
	const char *author;
	const char *const *threat_types;
	const char *reliability;
	const char *const *tag_labels;
	const char *const *country_list;
	int64_t confidence, publish_max, report_max_objects, names_max;
	int64_t indicator_min_positives, indicator_days; /* days 0: the platform's own lifetime */
	int64_t lag_s;                                   /* between a window's end and the first search for it */
	enum vt_severity indicators;                     /* VT_SEVERITY_NONE: none */
	enum families families;
	enum attack_severity attack_min_severity;
	bool technique_ids_as_written; /* as platforms before 7.260529.0 make them */
	bool country_relation_all, country_relation_none;
	bool report_markings[MARKING_COUNT], file_markings[MARKING_COUNT];
	struct allowlist *allowlist;
	/* known once the header was read */
	struct record_search search;
	const struct country *country;       /* NULL for a code that no table has */
	char **report_labels, **file_labels; /* NULL-terminated, {country} and {cc} put in */
	char author_id[80];
	char location_id[80];
	char created[32]; /* the window's end with milliseconds: of all that is made in this run */
};

/* -1 and err (EXIT_CONFIG) for an allow-list that cannot be read. */
int settings_read(struct settings *settings, const struct config *config, struct error *err);
/*
 * Makes of a copy of the settings those of one search: takes the header over, and releases only that again. The
 * original must outlive it.
 */
void settings_take_search(struct settings *settings, const struct config *config, struct record_search *search);
void settings_release_search(struct settings *settings);
void settings_release(struct settings *settings);
/* The country's name, or its code when no table has it. */
const char *settings_country_name(const struct settings *settings);

#endif
