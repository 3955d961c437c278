/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stream between the programs (design section 2): one header, file records, one summary, one JSON object a line.
 * This is all that the programs share. Reading borrows from the line; nothing here prints.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "json-scan.h"

enum record_kind { RECORD_SEARCH, RECORD_FILE, RECORD_SUMMARY, RECORD_OTHER };

struct record {
	enum record_kind kind;
	struct json_slice whole;
	struct json_slice id; /* string with quotes; {NULL, 0} when absent */
	struct json_slice attributes;
	struct json_slice relationships;
	struct json_slice error; /* the member of an object unknown to VirusTotal */
};

/*
 * Checks a line as JSON (json_check) and tells what it is. -1 and err (EXIT_BAD_INPUT) for what is no JSON object with
 * a string "type"; the text for a line that looks like a piece of pretty-printed JSON ("{", "}", "[") says to use jq
 * -c.
 */
int record_read(struct json_slice line, struct record *record, struct error *err);
/* The same, and the attributes of these names are found in the same pass. */
int record_read_attributes(struct json_slice line, struct record *record, const char *const *names,
			   struct json_slice *values, size_t count, struct error *err);

/* The header. Texts are heap, freed by record_search_release. */
struct record_search {
	char *id; /* COUNTRY/START/END */
	char *country;
	int64_t window_start, window_end, as_of; /* seconds */
	char *window_label;
	char *timezone;
	char *query;
};
int record_search_read(const struct record *record, struct record_search *search, struct error *err);
void record_search_release(struct record_search *search);
/* Appends the header's line, without newline. */
void record_search_write(const struct record_search *search, struct buf *out);
/* COUNTRY/START/END of a window, heap. */
char *record_search_id(const char *country, int64_t window_start, int64_t window_end);

/* What later stages need of the summary; the whole stays available as text. */
struct record_summary {
	char *id;
	int64_t total_hits; /* -1 when null or absent */
	int64_t files_seen, files_emitted, requests;
	bool complete;
	char *error;                      /* NULL when null */
	struct json_slice files_rejected; /* object of counts, borrowed from the record */
	bool has_relate;
	bool relate_complete;
	struct json_slice relate; /* borrowed */
};
int record_summary_read(const struct record *record, struct record_summary *summary, struct error *err);
void record_summary_release(struct record_summary *summary);

/* Counts by a short name, in order of first use: files_rejected and the like. */
struct record_counts {
	struct record_count {
		char name[48];
		int64_t count;
	} * items;
	size_t len;
};
void record_counts_add(struct record_counts *counts, const char *name, int64_t number);
int64_t record_counts_total(const struct record_counts *counts);
/* Appends {"name":n,…}. */
void record_counts_write(const struct record_counts *counts, struct buf *out);
void record_counts_release(struct record_counts *counts);

#endif
