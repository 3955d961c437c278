/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "text.h"
#include "timestamp.h"
#include "xalloc.h"

#define CSV_PIECE ((size_t)48 << 10) /* a multiple of three, so that base64 pieces join */

void report_csv_heading(struct buf *out)
{
	buf_add_str(out, "sha256,sha1,md5,name,type,malicious,engines,severity,family,first_seen,why_listed\r\n");
}

/* A cell in quotes; what a spreadsheet would take for a formula gets an apostrophe in front. */
static void add_cell(struct buf *out, const char *text, char end)
{
	buf_add_str(out, *text && strchr("=+-@\t\r", *text) ? "\"'" : "\"");
	for (const char *quote; (quote = strchr(text, '"')); text = quote + 1) {
		buf_add(out, text, (size_t)(quote - text));
		buf_add_str(out, "\"\"");
	}
	buf_add_str(out, text);
	buf_add_str(out, end == '\n' ? "\"\r\n" : "\",");
}

static void add_attribute(struct buf *out, const struct view *view, enum attribute attribute)
{
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	view_text(view, attribute, 200, &text);
	add_cell(out, text.data, ',');
	buf_release(&text);
}

void report_csv_row(const struct view *view, struct buf *out)
{
	const struct vt_file *file = &view->facts;
	char time[TIMESTAMP_TEXT_MAX] = "", number[32], why[80];
	add_cell(out, file->sha256, ',');
	add_attribute(out, view, ATTRIBUTE_SHA1);
	add_attribute(out, view, ATTRIBUTE_MD5);
	add_cell(out, view->name, ',');
	add_attribute(out, view, ATTRIBUTE_TYPE_DESCRIPTION);
	snprintf(number, sizeof(number), "%" PRId64, file->malicious);
	add_cell(out, number, ',');
	snprintf(number, sizeof(number), "%" PRId64, file->engines);
	add_cell(out, number, ',');
	add_cell(out, vt_severity_name(file->severity), ',');
	add_cell(out, view_family(view), ',');
	if (file->first_submission_date != VT_ABSENT)
		timestamp_format(file->first_submission_date, time);
	add_cell(out, time, ',');
	if (file->severity > VT_SEVERITY_UNKNOWN)
		snprintf(why, sizeof(why), "severity %s", vt_severity_name(file->severity));
	else if (file->sandbox_malicious)
		snprintf(why, sizeof(why), "a sandbox calls it malicious");
	else
		snprintf(why, sizeof(why), "%" PRId64 " engines detect it", file->malicious);
	add_cell(out, why, '\n');
}

/* Up to len bytes of the table from offset on: the heading, then the rows. */
static int read_csv(struct stream *stream, const struct buf *heading, uint64_t offset, size_t len, struct buf *out,
		    struct error *err)
{
	if (offset < heading->len) {
		size_t from_heading = heading->len - (size_t)offset < len ? heading->len - (size_t)offset : len;
		buf_add(out, heading->data + offset, from_heading);
		offset += from_heading;
		len -= from_heading;
	}
	return len ? spool_read(&stream->csv, offset - heading->len, len, out, err) : 0;
}

void report_csv_put_data(struct bundle *bundle, struct stream *stream)
{
	struct buf heading, piece;
	unsigned char *encoded = xmalloc(CSV_PIECE / 3 * 4 + 4);
	buf_init(&heading, BUF_UNBOUNDED);
	buf_init(&piece, BUF_UNBOUNDED);
	report_csv_heading(&heading);
	uint64_t total = heading.len + stream->csv.len;
	for (uint64_t at = 0; at < total && !bundle->failed;) {
		size_t len = total - at < CSV_PIECE ? (size_t)(total - at) : CSV_PIECE;
		buf_clear(&piece);
		if (read_csv(stream, &heading, at, len, &piece, &bundle->err)) {
			bundle->failed = true;
			break;
		}
		int encoded_len = EVP_EncodeBlock(encoded, (const unsigned char *)piece.data, (int)piece.len);
		bundle_write(bundle, (const char *)encoded, (size_t)encoded_len);
		at += len;
	}
	free(encoded);
	buf_release(&heading);
	buf_release(&piece);
}
