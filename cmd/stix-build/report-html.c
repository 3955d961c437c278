/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The content: what passes every sanitiser, editor and PDF maker. No style, no script, no picture; bars are text; links
 * go to VirusTotal only, built from hashes; all other text is escaped.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report.h"
#include "text.h"
#include "timestamp.h"

#define ROWS_MAX 10
#define BAR_MAX  20

static void begin_table(struct buf *out, const char *title, const char *const *columns)
{
	buf_printf(out, "<h3>%s</h3>\n<table>\n<tr>", title);
	for (; *columns; columns++)
		buf_printf(out, "<th>%s</th>", *columns);
	buf_add_str(out, "</tr>\n");
}

static void end_table(struct buf *out)
{
	buf_add_str(out, "</table>\n");
}

static void add_bar(struct buf *out, int64_t count, int64_t largest)
{
	int64_t blocks = largest > 0 ? (count * BAR_MAX + largest - 1) / largest : 0;
	buf_add_str(out, "<td>");
	for (int64_t i = 0; i < blocks; i++)
		buf_add_str(out, "\xE2\x96\x88");
	buf_add_str(out, "</td>");
}

static void add_cell(struct buf *out, const char *text)
{
	buf_add_str(out, "<td>");
	text_html(out, text);
	buf_add_str(out, "</td>");
}

static void add_number(struct buf *out, int64_t number)
{
	buf_printf(out, "<td>%" PRId64 "</td>", number);
}

/* The first digits of the hash, as a link to VirusTotal's page. */
static void add_hash(struct buf *out, const char *sha256)
{
	buf_printf(out, "<td><a href=\"https://www.virustotal.com/gui/file/%s\"><code>%.16s</code></a></td>", sha256,
		   sha256);
}

static void add_time(struct buf *out, int64_t epoch)
{
	char time[TIMESTAMP_TEXT_MAX] = "";
	if (epoch != VT_ABSENT)
		timestamp_format(epoch, time);
	buf_printf(out, "<td>%s</td>", time);
}

static void add_counts(struct buf *out, const char *title, const char *column, const struct record_counts *counts)
{
	struct record_count items[ROWS_MAX];
	const char *const columns[] = {column, "Files", "", NULL};
	size_t len = statistics_largest(counts, items, ROWS_MAX);
	if (len == 0)
		return;
	begin_table(out, title, columns);
	for (size_t i = 0; i < len; i++) {
		buf_add_str(out, "<tr>");
		add_cell(out, items[i].name);
		add_number(out, items[i].count);
		add_bar(out, items[i].count, items[0].count);
		buf_add_str(out, "</tr>\n");
	}
	end_table(out);
}

static void add_top_files(struct buf *out, const struct statistics *statistics)
{
	static const char *const columns[] = {"File", "SHA-256", "Engines", "Severity", "Family", "First seen", NULL};
	if (statistics->top_count == 0)
		return;
	begin_table(out, "The riskiest files", columns);
	for (size_t i = 0; i < statistics->top_count; i++) {
		const struct top_file *file = &statistics->top[i];
		bool has_name = strcmp(file->name, file->facts.sha256) != 0;
		buf_add_str(out, "<tr>");
		add_cell(out, has_name ? file->name : "(no name)");
		add_hash(out, file->facts.sha256);
		buf_printf(out, "<td>%" PRId64 " of %" PRId64 "</td>", file->facts.malicious, file->facts.engines);
		add_cell(out, vt_severity_name(file->facts.severity));
		add_cell(out, file->family);
		add_time(out, file->facts.first_submission_date);
		buf_add_str(out, "</tr>\n");
	}
	end_table(out);
}

static void add_kinds(struct buf *out, const bool *kinds)
{
	static const char *const names[] = {
	    [CLUSTER_VHASH] = "vhash", [CLUSTER_IMPHASH] = "imphash", [CLUSTER_TLSH] = "TLSH"};
	const char *before = "<td>";
	for (int i = 0; i < CLUSTER_KIND_COUNT; i++) {
		if (!kinds[i])
			continue;
		buf_printf(out, "%s%s", before, names[i]);
		before = ", ";
	}
	buf_add_str(out, "</td>");
}

static void add_cluster(struct buf *out, struct build *build, const struct cluster_row *row, int64_t largest)
{
	struct view view;
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	if (stream_view(&build->section->stream, &row->cluster->riskiest, &text, &view, &build->bundle->err)) {
		build->bundle->failed = true;
	} else {
		buf_add_str(out, "<tr>");
		add_kinds(out, row->kinds);
		add_number(out, row->cluster->count);
		add_bar(out, row->cluster->count, largest);
		bool has_name = strcmp(view.name, view.facts.sha256) != 0;
		add_cell(out, has_name ? view.name : "(no name)");
		add_hash(out, view.facts.sha256);
		add_cell(out, view_family(&view));
		buf_add_str(out, "</tr>\n");
	}
	buf_release(&text);
}

static void add_clusters(struct buf *out, struct build *build)
{
	static const char *const columns[] = {"The same", "Files",  "",  "The riskiest of them",
					      "SHA-256",  "Family", NULL};
	const struct clusters *clusters = &build->section->stream.clusters;
	struct cluster_row rows[ROWS_MAX];
	size_t total, len = clusters_largest(clusters, rows, ROWS_MAX, &total);
	if (len == 0)
		return;
	begin_table(out, "Files that are alike", columns);
	for (size_t i = 0; i < len; i++)
		add_cluster(out, build, &rows[i], rows[0].cluster->count);
	end_table(out);
	if (total > len)
		buf_printf(out, "<p>%zu more groups are smaller.</p>\n", total - len);
	if (clusters->is_full)
		buf_printf(out, "<p>Only the first %d different values were compared.</p>\n", CLUSTERS_MAX);
}

/* What several files drop; what one alone drops says nothing about a cluster. */
static void add_dropped(struct buf *out, const struct tally *dropped)
{
	static const char *const columns[] = {"Dropped file", "SHA-256", "Engines", "By files", "", NULL};
	if (dropped->count == 0 || dropped->rows[0].files < 2)
		return;
	begin_table(out, "Dropped by several files", columns);
	for (size_t i = 0; i < dropped->count && i < ROWS_MAX && dropped->rows[i].files > 1; i++) {
		const struct tally_row *row = &dropped->rows[i];
		buf_add_str(out, "<tr>");
		add_cell(out, *row->name ? row->name : "(no name)");
		buf_printf(out, "<td><code>%s</code></td>", row->note);
		add_number(out, row->malicious);
		add_number(out, row->files);
		add_bar(out, row->files, dropped->rows[0].files);
		buf_add_str(out, "</tr>\n");
	}
	end_table(out);
}

static void add_hosts(struct buf *out, const struct tally *hosts)
{
	static const char *const columns[] = {"Host or URL", "Verdict", "By files", "", NULL};
	if (hosts->count == 0)
		return;
	begin_table(out, "Contacted hosts", columns);
	for (size_t i = 0; i < hosts->count && i < ROWS_MAX; i++) {
		const struct tally_row *row = &hosts->rows[i];
		struct buf defanged;
		buf_init(&defanged, BUF_UNBOUNDED);
		text_defanged(&defanged, row->name);
		buf_add_str(out, "<tr><td><code>");
		text_html(out, defanged.data);
		buf_add_str(out, "</code></td><td>");
		if (row->malicious >= 0)
			buf_printf(out, "%" PRId64 " engine%s call it malicious", row->malicious,
				   row->malicious == 1 ? "" : "s");
		buf_add_str(out, "</td>");
		add_number(out, row->files);
		add_bar(out, row->files, hosts->rows[0].files);
		buf_add_str(out, "</tr>\n");
		buf_release(&defanged);
	}
	end_table(out);
	if (hosts->count > ROWS_MAX)
		buf_printf(out, "<p>%zu more were contacted by fewer files.</p>\n", hosts->count - ROWS_MAX);
}

static void add_lures(struct buf *out, const struct tally *lures)
{
	static const char *const columns[] = {"Name", "File type", "Files", "", NULL};
	if (lures->count == 0)
		return;
	begin_table(out, "What they are called", columns);
	for (size_t i = 0; i < lures->count && i < ROWS_MAX; i++) {
		const struct tally_row *row = &lures->rows[i];
		buf_add_str(out, "<tr>");
		add_cell(out, row->name);
		add_cell(out, row->note);
		add_number(out, row->files);
		add_bar(out, row->files, lures->rows[0].files);
		buf_add_str(out, "</tr>\n");
	}
	end_table(out);
}

static void add_list(struct buf *out, const char *title, char *lines)
{
	if (!*lines)
		return;
	buf_printf(out, "<h3>%s</h3>\n<ul>\n", title);
	for (char *line; (line = strsep(&lines, "\n")) && *line;) {
		buf_add_str(out, "<li>");
		text_html(out, line);
		buf_add_str(out, "</li>\n");
	}
	buf_add_str(out, "</ul>\n");
}

static void add_heading(struct buf *out, const struct build *build)
{
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	text_clean(&text, build->settings->search.window_label, 80);
	buf_add_str(out, "<h2>");
	text_html(out, settings_country_name(build->settings));
	buf_add_str(out, ", ");
	text_html(out, text.data);
	buf_add_str(out, "</h2>\n<p><strong>");
	buf_clear(&text);
	report_sentences(build, &text);
	text_html(out, text.data);
	buf_add_str(out, "</strong></p>\n<p>");
	buf_clear(&text);
	report_scope(build, &text);
	text_html(out, text.data);
	buf_add_str(out, "</p>\n");
	buf_release(&text);
}

void report_html(struct build *build, struct buf *out)
{
	const struct statistics *statistics = build->statistics;
	struct buf lines;
	buf_init(&lines, BUF_UNBOUNDED);
	add_heading(out, build);
	add_top_files(out, statistics);
	add_clusters(out, build);
	add_dropped(out, &statistics->dropped);
	add_counts(out, "Families", "Family", &statistics->families);
	add_hosts(out, &statistics->hosts);
	add_lures(out, &statistics->lures);
	add_counts(out, "Severity", "Severity", &statistics->severities);
	add_counts(out, "Category", "Category", &statistics->categories);
	add_counts(out, "File types", "Type", &statistics->types);
	report_left_out(build, &lines);
	add_list(out, "Left out", lines.data);
	buf_clear(&lines);
	report_not_seen(build, &lines);
	add_list(out, "Not looked at", lines.data);
	buf_release(&lines);
}
