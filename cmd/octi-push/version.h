/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platform's version, and what it decides. 6.x counts semantically, from 7 on the scheme is 7.YYMMDD.n; both are
 * compared field by field as integers (opencti.md, "Version timeline").
 */
#ifndef VERSION_H
#define VERSION_H

#include <stdbool.h>
#include <stdint.h>

struct version {
	int64_t field[3];
};

/*
 * Reads "6.5.1", "7.260817.0", also with fields missing (0) or with a suffix ("7.260817.0-rc1"). False when the text
 * does not begin with a number; *version is then the newest there can be.
 */
bool version_parse(const char *text, struct version *version);
/* Below 0, 0 or above 0, as strcmp. */
int version_compare(struct version a, struct version b);
bool version_at_least(struct version version, int64_t major, int64_t minor, int64_t patch);

/* stixBundlePush takes work_id, so the connector opens the work itself. */
bool version_push_has_work_id(struct version version);
/* workAdd takes isMultiPartWork. */
bool version_has_multi_part_work(struct version version);
/* The platform splits what is pushed before it answers; before that a worker does it some time later. */
bool version_platform_splits(struct version version);
/* The ids of ATT&CK techniques are made from the lower-cased x_mitre_id. */
bool version_lowers_mitre_ids(struct version version);
/* Older than the oldest release that we were written for. */
bool version_is_too_old(struct version version);

#endif
