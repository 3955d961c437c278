/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "report.h"
#include "text.h"

#define NAMES_MAX 5

/* "- **Family**: `Agent Tesla` (12), `Remcos` (9)" */
static void add_line(struct buf *out, const char *title, const struct record_counts *counts)
{
	struct record_count items[NAMES_MAX];
	size_t len = statistics_largest(counts, items, NAMES_MAX);
	if (len == 0)
		return;
	buf_printf(out, "- **%s**: ", title);
	for (size_t i = 0; i < len; i++) {
		buf_add_str(out, i ? ", " : "");
		text_code(out, items[i].name);
		buf_printf(out, " (%" PRId64 ")", items[i].count);
	}
	buf_add_char(out, '\n');
}

static void add_clusters(struct buf *out, const struct clusters *clusters)
{
	struct cluster_row largest;
	size_t total;
	if (clusters_largest(clusters, &largest, 1, &total))
		buf_printf(out, "- **Alike**: %zu group%s of files, the largest of %" PRIu32 "\n", total,
			   total == 1 ? "" : "s", largest.cluster->count);
}

static void add_list(struct buf *out, const char *title, char *lines)
{
	if (!*lines)
		return;
	buf_printf(out, "\n%s:\n\n", title);
	for (char *line; (line = strsep(&lines, "\n")) && *line;) {
		buf_add_str(out, "- ");
		text_markdown(out, line);
		buf_add_char(out, '\n');
	}
}

static void add_lists(struct buf *out, const struct build *build)
{
	struct buf lines;
	buf_init(&lines, BUF_UNBOUNDED);
	report_left_out(build, &lines);
	add_list(out, "Left out", lines.data);
	buf_clear(&lines);
	report_not_seen(build, &lines);
	add_list(out, "Not looked at", lines.data);
	buf_release(&lines);
}

void report_markdown(const struct build *build, const struct report_size *size, struct buf *out)
{
	const struct statistics *statistics = build->statistics;
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	report_sentences(build, &text);
	buf_add_char(&text, ' ');
	report_scope(build, &text);
	text_markdown(out, text.data);
	buf_add_str(out, "\n\n");
	add_line(out, "Severity", &statistics->severities);
	add_line(out, "Category", &statistics->categories);
	add_line(out, "Family", &statistics->families);
	add_line(out, "File type", &statistics->types);
	add_clusters(out, &build->section->stream.clusters);
	if (size->parts > 1)
		buf_printf(out, "\n%" PRIu64 " objects in %d parts: the riskiest files are in this one.\n",
			   size->object_count, size->parts);
	add_lists(out, build);
	buf_release(&text);
}
