/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the programs decide by, read from a VirusTotal file object without building a tree: for filters, ranks and
 * scores. Everything may be missing (virustotal.md section 5).
 */
#ifndef VT_FILE_H
#define VT_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "json-scan.h"

enum vt_severity {
	VT_SEVERITY_ABSENT,
	VT_SEVERITY_UNKNOWN,
	VT_SEVERITY_NONE,
	VT_SEVERITY_LOW,
	VT_SEVERITY_MEDIUM,
	VT_SEVERITY_HIGH
};

#define VT_ABSENT INT64_MIN /* of a number that is not there */

struct vt_file {
	char sha256[65];     /* the object's id, lower case */
	bool has_attributes; /* false: a descriptor, or an object unknown to VirusTotal */
	enum vt_severity severity;
	int64_t first_submission_date; /* seconds, or VT_ABSENT */
	int64_t unique_sources;
	int64_t size;
	int64_t malicious;    /* engines that detect it: last_analysis_stats.malicious, else positives; 0 when absent */
	int64_t engines;      /* malicious + suspicious + undetected + harmless: those that count */
	int64_t threat_score; /* gti_assessment.threat_score.value, or VT_ABSENT */
	bool sandbox_malicious; /* a sandbox's verdict is malicious */
	bool trusted_tag;       /* tagged known-distributor or legit */
	bool signed_valid;      /* signature_info.verified is "Signed" */
	bool eicar;             /* the EICAR test file, by its hash or its name in the threat classification */
	struct json_slice attributes;
};

/* The attributes that this is read from, for who looks for others in the same pass: an index and a name each. */
enum vt_file_key {
	VT_FILE_SEVERITY,
	VT_FILE_STATS,
	VT_FILE_FIRST,
	VT_FILE_SOURCES,
	VT_FILE_SIZE,
	VT_FILE_POSITIVES,
	VT_FILE_GTI,
	VT_FILE_SANDBOX,
	VT_FILE_TAGS,
	VT_FILE_SIGNATURE,
	VT_FILE_CLASSIFICATION,
	VT_FILE_MD5,
	VT_FILE_KEY_COUNT
};
/* clang-format off */
#define VT_FILE_KEYS \
	[VT_FILE_SEVERITY] = "threat_severity", \
	[VT_FILE_STATS] = "last_analysis_stats", \
	[VT_FILE_FIRST] = "first_submission_date", \
	[VT_FILE_SOURCES] = "unique_sources", \
	[VT_FILE_SIZE] = "size", \
	[VT_FILE_POSITIVES] = "positives", \
	[VT_FILE_GTI] = "gti_assessment", \
	[VT_FILE_SANDBOX] = "sandbox_verdicts", \
	[VT_FILE_TAGS] = "tags", \
	[VT_FILE_SIGNATURE] = "signature_info", \
	[VT_FILE_CLASSIFICATION] = "popular_threat_classification", \
	[VT_FILE_MD5] = "md5"
/* clang-format on */
extern const char *const vt_file_keys[VT_FILE_KEY_COUNT];

/* Reads a checked file object. -1 and err (EXIT_BAD_INPUT) when it has no string "id" of 64 hex digits. */
int vt_file_read(struct json_slice object, struct vt_file *file, struct error *err);
/* The same of an object's members: values are those of vt_file_keys in attributes. */
int vt_file_read_values(struct json_slice id, struct json_slice attributes, const struct json_slice *values,
			struct vt_file *file, struct error *err);

/* "HIGH" and so on, case ignored, with or without "SEVERITY_"; false for another word. */
bool vt_severity_parse(const char *text, enum vt_severity *severity);
const char *vt_severity_name(enum vt_severity severity); /* "HIGH", "UNKNOWN", "ABSENT" … */

/* Orders by risk: severity, then detections, then sources, then newest, then id (so the order is total). <0 when a is
 * riskier. */
int vt_file_compare_risk(const struct vt_file *a, const struct vt_file *b);

/*
 * Design section 6: the GTI score unchanged, else the severity's band and the detection ratio's place in it. 0 to 100.
 */
int vt_file_score(const struct vt_file *file);

enum vt_rejection {
	VT_KEEP,
	VT_REJECT_SEVERITY_NONE,
	VT_REJECT_SEVERITY_LOW,
	VT_REJECT_SEVERITY_MEDIUM,
	VT_REJECT_SEVERITY_HIGH,
	VT_REJECT_LOW_SINGLE_SOURCE,
	VT_REJECT_FEW_SOURCES,
	VT_REJECT_UNKNOWN_UNDETECTED, /* no level, and not wanted without one, or neither enough detections nor a
					 malicious sandbox verdict */
	VT_REJECT_TRUSTED,
	VT_REJECT_EICAR,
	VT_REJECT_SIZE,
	VT_REJECT_TYPE,
	VT_REJECT_SCORE,
	VT_REJECTION_COUNT
};

/* Which files are worth to go on with. What an object does not tell keeps it, but for severity and type. */
struct vt_filter {
	/* Submitters that a file of this severity needs; -1: not wanted at all. Of UNKNOWN for absent ones too. */
	int64_t min_sources[VT_SEVERITY_HIGH + 1];
	int64_t unknown_min_positives;
	int64_t min_size, max_size;
	int64_t min_score;
	const char *const *types; /* type tags, NULL-terminated, borrowed; NULL: all */
};
/* The filter of design section 6, last paragraph but two. */
void vt_filter_init(struct vt_filter *filter, int64_t unknown_min_positives);
/*
 * Takes one part of a severity rule, "HIGH" or "LOW:2" (at least two submitters), into the filter. False for another
 * word; filter may be NULL.
 */
bool vt_filter_add_severity(struct vt_filter *filter, const char *part);
enum vt_rejection vt_filter_judge(const struct vt_filter *filter, const struct vt_file *file);
/* The same by vt_filter_init's filter. */
enum vt_rejection vt_file_filter(const struct vt_file *file, int64_t unknown_min_positives);
/* The name in the summary's files_rejected, such as "severity_none". */
const char *vt_rejection_name(enum vt_rejection rejection);

#endif
