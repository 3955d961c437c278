/* SPDX-License-Identifier: Apache-2.0 */
/* What vt-relate was told: which files are expanded by which relationships, and what is kept of them. */
#ifndef RELATE_SETTINGS_H
#define RELATE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "allowlist.h"
#include "config.h"
#include "vt-file.h"
#include "vt-link.h"

struct relate_link {
	const struct vt_link *link;
	int64_t max; /* related objects kept of one file; 0: all */
};

struct relate_settings {
	struct relate_link *links; /* in the configured order */
	size_t link_count;
	bool severities[VT_SEVERITY_HIGH + 1]; /* of the files that are expanded */
	int64_t expand_max;                    /* 0: all */
	enum vt_severity related_min_severity;
	int64_t unknown_min_positives;
	int64_t contact_min_positives;
	int64_t max_requests; /* 0: no limit */
	int64_t quota_reserve;
	struct allowlist *allowlist;
	int jobs; /* requests at a time */
	bool strict;
	bool explain;
	bool no_cache;
	bool dry_run;
	bool plan; /* tell the cost instead */
};

/* Reads what the configuration says; jobs and the switches are main's. -1 and err (EXIT_CONFIG). */
int relate_settings_read(struct relate_settings *settings, const struct config *config, struct error *err);
void relate_settings_release(struct relate_settings *settings);

#endif
