/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report.h"
#include "text.h"
#include "timestamp.h"

static const char *plural(int64_t count)
{
	return count == 1 ? "" : "s";
}

static int64_t count_named(const struct record_counts *counts, const char *name)
{
	for (size_t i = 0; i < counts->len; i++) {
		if (strcmp(counts->items[i].name, name) == 0)
			return counts->items[i].count;
	}
	return 0;
}

/* "640 of 812 files that VirusTotal first saw from … to … were kept, 160 of them of high severity." */
static void say_how_many(const struct build *build, struct buf *out)
{
	const struct record_search *search = &build->settings->search;
	const struct statistics *statistics = build->statistics;
	const struct stream *stream = &build->section->stream;
	char start[TIMESTAMP_TEXT_MAX], end[TIMESTAMP_TEXT_MAX];
	buf_printf(out, "%" PRId64 " ", statistics->files);
	if (stream->has_summary)
		buf_printf(out, "of %" PRId64 " ", stream->summary.files_seen);
	buf_printf(out, "files that VirusTotal first saw from %s to %s and that were submitted from %s ",
		   timestamp_format(search->window_start, start), timestamp_format(search->window_end, end),
		   settings_country_name(build->settings));
	buf_printf(out, "were kept, %" PRId64 " of them of high severity.",
		   count_named(&statistics->severities, "HIGH"));
}

static void say_what(const struct build *build, struct buf *out)
{
	const struct statistics *statistics = build->statistics;
	struct record_count category, family;
	bool has_category = statistics_largest(&statistics->categories, &category, 1) > 0;
	bool has_family = statistics_largest(&statistics->families, &family, 1) > 0;
	if (!has_category && !has_family)
		buf_add_str(out, "Engines agree on neither a category nor a family for any of them.");
	if (has_category)
		buf_printf(out, "The category seen most is %s, in %" PRId64 " file%s", category.name, category.count,
			   plural(category.count));
	if (has_category && !has_family)
		buf_add_str(out, "; engines agree on no family.");
	if (has_family)
		buf_printf(out, "%s family seen most is %s, in %" PRId64 " file%s.", has_category ? ", and the" : "The",
			   family.name, family.count, plural(family.count));
}

static void say_contacts(const struct build *build, struct buf *out)
{
	const struct tally *hosts = &build->statistics->hosts;
	if (hosts->count == 0) {
		buf_add_str(out, "No suspicious host that any of them contacted is known.");
		return;
	}
	int64_t count = (int64_t)hosts->count;
	buf_printf(out, "They contacted %s%" PRId64 " suspicious host%s and URL%s; the one that most of them share, ",
		   hosts->overflow ? "more than " : "", count, plural(count), plural(count));
	text_defanged(out, hosts->rows[0].name);
	buf_printf(out, ", was contacted by %" PRId64 " file%s.", hosts->rows[0].files, plural(hosts->rows[0].files));
}

void report_sentences(const struct build *build, struct buf *out)
{
	say_how_many(build, out);
	buf_add_char(out, ' ');
	say_what(build, out);
	buf_add_char(out, ' ');
	say_contacts(build, out);
}

void report_scope(const struct build *build, struct buf *out)
{
	const struct record_search *search = &build->settings->search;
	char as_of[TIMESTAMP_TEXT_MAX];
	struct buf label, zone, query;
	buf_init(&label, BUF_UNBOUNDED);
	buf_init(&zone, BUF_UNBOUNDED);
	buf_init(&query, BUF_UNBOUNDED);
	text_clean(&label, search->window_label, 80);
	text_clean(&zone, search->timezone, 80);
	text_clean(&query, search->query, 2000);
	buf_printf(out, "The period is %s (time zone %s). First seen means anywhere in the world; submitted means ",
		   label.data, zone.data);
	buf_printf(out, "by the time of the search, %s, and says nothing about the victim. ",
		   timestamp_format(search->as_of, as_of));
	if (query.len)
		buf_printf(out, "The query was: %s. ", query.data);
	buf_add_str(out, "VirusTotal's agreement governs the sharing of this report.");
	buf_release(&label);
	buf_release(&zone);
	buf_release(&query);
}

/* What is counted, one of it and several. */
struct noun {
	const char *one, *several;
};

static const struct noun a_file = {"file", "files"};
static const struct noun a_related_object = {"related object", "related objects"};
static const struct noun an_alone_file = {"file without its relationships", "files without their relationships"};

/* "severity_none" reads as "severity none". */
static void add_reason(struct buf *out, int64_t count, struct noun noun, char *reason)
{
	for (char *c = reason; *c; c++)
		*c = *c == '_' ? ' ' : *c;
	buf_printf(out, "%" PRId64 " %s: %s\n", count, count == 1 ? noun.one : noun.several, reason);
}

static void add_reasons(struct buf *out, struct noun noun, struct json_slice counts)
{
	struct json_iter iter;
	struct json_slice name, value;
	json_iter_init(&iter, counts);
	if (!iter.is_object)
		return;
	while (json_iter_next(&iter, &name, &value)) {
		struct buf text;
		int64_t count;
		if (!json_int64(value, &count) || count <= 0)
			continue;
		buf_init(&text, BUF_UNBOUNDED);
		text_clean_slice(&text, name, 60);
		add_reason(out, count, noun, text.data);
		buf_release(&text);
	}
}

static void add_counts(struct buf *out, struct noun noun, const struct record_counts *counts)
{
	for (size_t i = 0; i < counts->len; i++) {
		char name[48];
		snprintf(name, sizeof name, "%s", counts->items[i].name);
		add_reason(out, counts->items[i].count, noun, name);
	}
}

void report_left_out(const struct build *build, struct buf *out)
{
	const struct statistics *statistics = build->statistics;
	const struct stream *stream = &build->section->stream;
	const struct record_summary *summary = &stream->summary;
	struct json_slice value;
	if (stream->has_summary) {
		add_reasons(out, a_file, summary->files_rejected);
		if (statistics->files < summary->files_emitted)
			buf_printf(out, "%" PRId64 " of %" PRId64 ", filtered\n", statistics->files,
				   summary->files_emitted);
	}
	int64_t unpublished = statistics->files - statistics->published;
	if (unpublished > 0)
		buf_printf(out, "%" PRId64 " file%s of lower rank, in the attached table only\n", unpublished,
			   plural(unpublished));
	if (stream->has_summary && summary->has_relate && json_member(summary->relate, "related_rejected", &value))
		add_reasons(out, a_related_object, value);
	add_counts(out, a_related_object, &statistics->left_out);
	if (statistics->malformed)
		buf_printf(out, "%" PRId64 " record%s that could not be read\n", statistics->malformed,
			   plural(statistics->malformed));
}

void report_not_seen(const struct build *build, struct buf *out)
{
	const struct stream *stream = &build->section->stream;
	const struct record_summary *summary = &stream->summary;
	struct json_slice value;
	if (build->settings->partial)
		buf_add_str(out, "This report is partial: the search was not complete.\n");
	if (!stream->has_summary || !summary->has_relate)
		return;
	if (json_member(summary->relate, "not_expanded", &value))
		add_reasons(out, an_alone_file, value);
	if (!summary->relate_complete)
		buf_add_str(out, "Not all relationships could be asked for.\n");
}
