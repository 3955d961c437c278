/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One relationship of one file: what is kept of the related objects, page by page, and the member that the record gets
 * for it (vt-record(5)). Only the best max objects are held, whatever VirusTotal has.
 */
#ifndef RELATION_H
#define RELATION_H

#include "buf.h"
#include "cache.h"
#include "id-set.h"
#include "record.h"
#include "relate-settings.h"
#include "vt-api.h"

/* Pages read of one relationship: a common file has tens of thousands of parents. */
#define RELATION_PAGES_MAX 10

enum relation_state {
	RELATION_WAITING, /* not asked yet, or asked and not answered */
	RELATION_DONE,
	RELATION_FAILED /* error_code and error_text say why */
};

struct related; /* a kept object with its rank */

struct relation {
	const struct relate_settings *settings;
	const struct relate_link *link;
	const char *file_id; /* the file's SHA-256; borrowed */
	enum relation_state state;
	bool is_cached; /* answered without a request */
	bool is_sure;   /* VirusTotal says that something in it has detections: asked first, without a plan */
	struct related *items;
	size_t count, cap;
	struct id_set seen;
	int64_t found; /* distinct objects met */
	int64_t told;  /* VirusTotal's own count, -1 when it told none */
	bool is_cut;   /* there was more than we asked for */
	int pages;
	struct vt_cursor_guard cursors;
	struct record_counts rejected;
	struct buf tree;            /* behaviour_mitre_trees: the answer's data */
	struct buf explained;       /* with --explain: a line for each object that is left out */
	struct cache_answer answer; /* for the cache */
	char error_code[64];
	char error_text[320];
};

void relation_init(struct relation *relation, const struct relate_settings *settings, const struct relate_link *link,
		   const char *file_id);
void relation_release(struct relation *relation);

/* Takes a page's objects or, where those say enough, descriptors. */
void relation_take(struct relation *relation, struct json_slice data);
/* Whether enough was found, so that another page would not be worth its request. */
bool relation_has_enough(const struct relation *relation);
/*
 * Whether the descriptors alone settle it: nothing is there, or each is left out by its id already, or no verdict is
 * asked for. Then they can be taken in place of objects.
 */
bool relation_descriptors_suffice(const struct relation *relation, struct json_slice descriptors);
/* Takes the answer of behaviour_mitre_trees. */
void relation_take_tree(struct relation *relation, struct json_slice data);
void relation_fail(struct relation *relation, const char *code, const char *text);
/* Tells what was left out, as far as that was gathered. */
void relation_explain(const struct relation *relation);
/* Appends the member's value. */
void relation_write(const struct relation *relation, struct buf *out);

#endif
