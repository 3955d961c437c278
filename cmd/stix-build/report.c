/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "stix-id.h"
#include "text.h"

#define PIECE 4096

void report_name(const struct build *build, int part, struct buf *out)
{
	const struct settings *settings = build->settings;
	struct buf label;
	buf_init(&label, BUF_UNBOUNDED);
	text_clean(&label, settings->search.window_label, 80);
	buf_printf(out, "Files first seen and submitted from %s (%s), %s", settings_country_name(settings),
		   settings->search.country, label.data);
	if (part > 1)
		buf_printf(out, " (part %d)", part);
	if (settings->partial)
		buf_add_str(out, " (partial)");
	buf_release(&label);
}

/* The ids of the section, each once, without relationships that lost an end. */
struct refs {
	struct bundle *bundle;
	struct id_set seen;
	struct buf piece;
	size_t at;       /* in piece */
	uint64_t offset; /* of what follows piece */
	char id[STIX_ID_MAX];
};

static void refs_open(struct refs *refs, struct bundle *bundle)
{
	*refs = (struct refs){.bundle = bundle};
	id_set_init(&refs->seen);
	buf_init(&refs->piece, BUF_UNBOUNDED);
}

static void refs_close(struct refs *refs)
{
	id_set_release(&refs->seen);
	buf_release(&refs->piece);
}

/* The next line into refs->id. */
static bool read_line(struct refs *refs)
{
	struct bundle *bundle = refs->bundle;
	const char *newline = memchr(refs->piece.data + refs->at, '\n', refs->piece.len - refs->at);
	if (!newline) {
		uint64_t left = bundle->refs->len - refs->offset;
		size_t len = left < PIECE ? (size_t)left : PIECE;
		buf_drop_front(&refs->piece, refs->at);
		refs->at = 0;
		if (len == 0)
			return false;
		if (spool_read(bundle->refs, refs->offset, len, &refs->piece, &bundle->err)) {
			bundle->failed = true;
			return false;
		}
		refs->offset += len;
		newline = memchr(refs->piece.data, '\n', refs->piece.len);
	}
	const char *begin = refs->piece.data + refs->at;
	snprintf(refs->id, sizeof(refs->id), "%.*s", (int)(newline - begin), begin);
	refs->at += (size_t)(newline - begin) + 1;
	return true;
}

static bool refs_next(struct refs *refs)
{
	while (!refs->bundle->failed && read_line(refs)) {
		struct id_key key = id_key_of(refs->id, strlen(refs->id));
		if (!id_set_has(&refs->bundle->dropped, key) && id_set_add(&refs->seen, key))
			return true;
	}
	return false;
}

static uint64_t count_refs(struct bundle *bundle)
{
	struct refs refs;
	uint64_t count = 0;
	refs_open(&refs, bundle);
	while (refs_next(&refs))
		count++;
	refs_close(&refs);
	return count;
}

void report_send(struct build *build)
{
	bundle_write(build->bundle, build->text.data, build->text.len);
	buf_clear(&build->text);
}

static void put_files(struct build *build)
{
	struct buf name;
	buf_init(&name, BUF_UNBOUNDED);
	buf_printf(&name, "%s-%s.csv", build->settings->search.country, build->settings->search.window_label);
	for (char *c = name.data; *c; c++)
		*c = *c == ' ' || *c == ':' || *c == '/' ? '_' : *c;
	json_key(&build->json, "x_opencti_files");
	json_begin_array(&build->json);
	json_begin_object(&build->json);
	json_member_string(&build->json, "name", name.data);
	json_member_string(&build->json, "mime_type", "text/csv");
	build_markings(build, build->settings->report_markings);
	json_member_bool(&build->json, "no_trigger_import", true);
	json_key(&build->json, "data");
	json_put_raw(&build->json, "\"", 1);
	report_send(build);
	report_csv_put_data(build->bundle, &build->section->stream);
	buf_add_char(&build->text, '"');
	json_end_object(&build->json);
	json_end_array(&build->json);
	buf_release(&name);
}

static void put_labels(struct build *build)
{
	static const char *const partial[] = {"partial", NULL};
	json_key(&build->json, "labels");
	json_begin_array(&build->json);
	for (char **label = build->settings->report_labels; *label; label++)
		json_put_string(&build->json, *label);
	if (build->settings->partial)
		json_put_string(&build->json, partial[0]);
	json_end_array(&build->json);
}

static void put_texts(struct build *build, const struct report_size *size, int part)
{
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	if (part == 1) {
		report_markdown(build, size, &text);
		json_member_string(&build->json, "description", text.data);
		buf_clear(&text);
		if (!build->settings->no_content) {
			report_html(build, &text);
			json_member_string(&build->json, "x_opencti_content", text.data);
		}
		put_files(build);
	} else {
		buf_add_str(&text, "More objects of ");
		report_name(build, 1, &text);
		json_member_string(&build->json, "description", text.data);
	}
	buf_release(&text);
}

static void put_refs(struct build *build, struct refs *refs, int64_t max)
{
	json_key(&build->json, "object_refs");
	json_begin_array(&build->json);
	for (int64_t left = max; left > 0 && refs_next(refs); left--) {
		json_put_string(&build->json, refs->id);
		if (build->text.len >= PIECE)
			report_send(build);
	}
	json_end_array(&build->json);
}

static void put_part(struct build *build, struct refs *refs, const struct report_size *size, int part, char *id)
{
	const struct settings *settings = build->settings;
	struct buf name;
	buf_init(&name, BUF_UNBOUNDED);
	report_name(build, part, &name);
	stix_id_report(id, name.data, settings->created);
	bundle_begin_object(build->bundle);
	build_begin(build, "report", id, true);
	json_member_string(&build->json, "created_by_ref", settings->author_id);
	build_markings(build, settings->report_markings);
	json_member_int(&build->json, "confidence", settings->confidence);
	json_member_string(&build->json, "name", name.data);
	json_member_string(&build->json, "published", settings->created);
	build_strings(build, "report_types", settings->threat_types);
	json_member_string(&build->json, "x_opencti_reliability", settings->reliability);
	if (!settings->again) {
		put_labels(build);
		put_texts(build, size, part);
	}
	put_refs(build, refs, settings->report_max_objects);
	json_end_object(&build->json);
	report_send(build);
	buf_release(&name);
}

void report_put(struct build *build)
{
	uint64_t max = (uint64_t)build->settings->report_max_objects;
	char first_id[STIX_ID_MAX] = "", id[STIX_ID_MAX] = "";
	struct report_size size = {.object_count = count_refs(build->bundle)};
	struct refs refs;
	size.parts = (int)((size.object_count + max - 1) / max);
	statistics_sort(build->statistics);
	refs_open(&refs, build->bundle);
	for (int part = 1; part <= size.parts && !build->bundle->failed; part++)
		put_part(build, &refs, &size, part, part == 1 ? first_id : id);
	refs_close(&refs);
	if (build->settings->again && size.parts && !build->bundle->failed)
		report_note_put(build, first_id);
}
