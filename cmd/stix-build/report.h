/* SPDX-License-Identifier: Apache-2.0 */
/* The report: what a person reads first. */
#ifndef REPORT_H
#define REPORT_H

#include "build.h"

/*
 * Puts the report on the section that build is in, in parts when it would be too large, and with --again the note.
 * Everything else must be in the bundle.
 */
void report_put(struct build *build);

/* How large the report is. */
struct report_size {
	uint64_t object_count;
	int parts;
};

/* Appends the report's name; of a later part with its number. */
void report_name(const struct build *build, int part, struct buf *out);

/* report-text.c: plain text, which whoever shows it escapes. */
/* Three sentences that say what the day was like. */
void report_sentences(const struct build *build, struct buf *out);
/* What the period means and what was asked. */
void report_scope(const struct build *build, struct buf *out);
/* What was left out and why; what could not be looked at. A line each, ended by newlines. */
void report_left_out(const struct build *build, struct buf *out);
void report_not_seen(const struct build *build, struct buf *out);

/* report-markdown.c: the description. */
void report_markdown(const struct build *build, const struct report_size *size, struct buf *out);
/* report-html.c: the content; elements h2 h3 p ul li table tr th td a strong code only. */
void report_html(struct build *build, struct buf *out);

/* report-csv.c: the table of all kept files. */
void report_csv_heading(struct buf *out);
void report_csv_row(const struct view *view, struct buf *out);
/* Writes it to the bundle in base64. */
void report_csv_put_data(struct bundle *bundle, struct stream *stream);

/* report-note.c: what a second look found. */
void report_note_put(struct build *build, const char *report_id);

/* Lets what is in build->text go, for an object that is written in pieces. */
void report_send(struct build *build);

#endif
