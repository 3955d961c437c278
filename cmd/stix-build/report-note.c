/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "report.h"
#include "stix-id.h"
#include "text.h"
#include "timestamp.h"
#include "vt-file.h"

#define FILES_MAX 20

/* "- `invoice.exe` (`0123456789abcdef`), 40 of 60 engines, Remcos" */
static void add_file(const struct view *view, struct buf *out)
{
	buf_add_str(out, "- ");
	text_code(out, view->name);
	buf_printf(out, " (`%.16s`), %" PRId64 " of %" PRId64 " engines", view->facts.sha256, view->facts.malicious,
		   view->facts.engines);
	if (view->family_count) {
		buf_add_str(out, ", ");
		text_code(out, view_family(view));
	}
	buf_add_char(out, '\n');
}

/* The files that were analysed since the first look are the last ones of the index. */
static void add_late(struct build *build, struct buf *out)
{
	struct stream *stream = &build->section->stream;
	size_t late = (size_t)build->statistics->late;
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	for (size_t i = 0; i < late && i < FILES_MAX && !build->bundle->failed; i++) {
		struct view view;
		const struct ranked_file *file = &stream->index[stream->count - late + i];
		if (stream_view(stream, file, &text, &view, &build->bundle->err))
			build->bundle->failed = true;
		else
			add_file(&view, out);
	}
	if (late > FILES_MAX)
		buf_printf(out, "- and %zu more\n", late - FILES_MAX);
	buf_release(&text);
}

static void write_content(struct build *build, struct buf *out)
{
	const struct settings *settings = build->settings;
	char time[TIMESTAMP_TEXT_MAX];
	int64_t late = build->statistics->late;
	buf_printf(
	    out, "%" PRId64 " files are kept, %" PRId64 " of them analysed again since %s, when the window could be ",
	    build->statistics->files, late, timestamp_format(settings->search.window_end + settings->lag_s, time));
	buf_add_str(out, "looked at first.");
	buf_add_str(out, late ? " The riskiest of these:\n\n" : "\n");
	add_late(build, out);
}

/* A second look sends no text that an analyst may have edited since: what there is to say goes into a note. */
void report_note_put(struct build *build, const char *report_id)
{
	const struct settings *settings = build->settings;
	static const char *const types[] = {"analysis", NULL};
	const char *const refs[] = {report_id, NULL};
	char id[STIX_ID_MAX];
	struct buf abstract, content;
	buf_init(&abstract, BUF_UNBOUNDED);
	buf_init(&content, BUF_UNBOUNDED);
	buf_add_str(&abstract, "Second look: ");
	report_name(build, 1, &abstract);
	write_content(build, &content);
	stix_id_note(id, abstract.data, content.data, settings->created);
	bundle_begin_object(build->bundle);
	build_begin(build, "note", id, true);
	json_member_string(&build->json, "created_by_ref", settings->author_id);
	build_markings(build, settings->report_markings);
	json_member_int(&build->json, "confidence", settings->confidence);
	json_member_string(&build->json, "abstract", abstract.data);
	json_member_string(&build->json, "content", content.data);
	build_strings(build, "note_types", types);
	build_strings(build, "object_refs", refs);
	json_end_object(&build->json);
	report_send(build);
	buf_release(&abstract);
	buf_release(&content);
}
