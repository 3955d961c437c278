/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a file object that are mapped, found in one pass and borrowed from the record. */
#ifndef VIEW_H
#define VIEW_H

#include "cluster.h"
#include "json-scan.h"
#include "record.h"
#include "vt-file.h"

/* One attribute a row: the name at VirusTotal is in view.c. Those that decide come first. */
enum attribute {
	ATTRIBUTE_MD5 = VT_FILE_MD5,
	ATTRIBUTE_TAGS = VT_FILE_TAGS,
	ATTRIBUTE_CLASSIFICATION = VT_FILE_CLASSIFICATION,
	ATTRIBUTE_SANDBOX = VT_FILE_SANDBOX,
	ATTRIBUTE_SIGNATURE = VT_FILE_SIGNATURE,
	ATTRIBUTE_GTI = VT_FILE_GTI,
	ATTRIBUTE_SHA1 = VT_FILE_KEY_COUNT,
	ATTRIBUTE_SHA256,
	ATTRIBUTE_SSDEEP,
	ATTRIBUTE_TLSH,
	ATTRIBUTE_MEANINGFUL_NAME,
	ATTRIBUTE_NAMES,
	ATTRIBUTE_TYPE_DESCRIPTION,
	ATTRIBUTE_EXIFTOOL,
	ATTRIBUTE_MALWARE_CONFIG,
	ATTRIBUTE_MALWARE_FAMILIES,
	ATTRIBUTE_YARA,
	ATTRIBUTE_SIGMA,
	ATTRIBUTE_IDS,
	ATTRIBUTE_VHASH,
	ATTRIBUTE_PE_INFO,
	ATTRIBUTE_LAST_ANALYSIS_DATE,
	ATTRIBUTE_COUNT
};

/* Where a family's name is from. */
enum family_origin {
	FAMILY_TEXT,  /* engines agree on it, but it is in no list of families */
	FAMILY_KNOWN, /* engines agree on it, and it is a family of the shipped table */
	FAMILY_TOLD   /* an extracted configuration or Google Threat Intelligence names it */
};
struct family {
	char name[64]; /* spelled as the table has it */
	enum family_origin origin;
};
#define FAMILIES_MAX 4 /* of one file */

struct view {
	struct vt_file facts;
	struct json_slice attributes[ATTRIBUTE_COUNT];
	struct json_slice relationships;
	char id[80];                          /* the STIX id of the file */
	char name[260];                       /* a base name that tells something, or the SHA-256 */
	struct family families[FAMILIES_MAX]; /* the first is the one to show */
	size_t family_count;
};

/* Reads a checked file object with attributes. -1 and err as vt_file_read. */
int view_read(struct view *view, struct json_slice object, struct error *err);
/* The same of a record whose attributes of view_names are in view->attributes already. */
int view_read_record(struct view *view, const struct record *record, struct error *err);
extern const char *const view_names[ATTRIBUTE_COUNT];
/* Appends a file object of what is mapped only: it reads as the whole one does, and is much shorter. */
void view_write(const struct view *view, struct buf *out);
/* What the file's family is called, or "". */
const char *view_family(const struct view *view);
/* Appends what makes the file alike to others: its vhash, imphash or TLSH; nothing when it has none. */
void view_likeness(const struct view *view, enum cluster_kind kind, struct buf *out);
/* Appends an attribute's text, cleaned; nothing when it is no string. */
void view_text(const struct view *view, enum attribute attribute, size_t max_len, struct buf *out);

#endif
