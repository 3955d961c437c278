/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text from outside is hostile: control characters, bidirectional overrides, markup, formulas. Everything that goes
 * into a bundle as text passes here. All results are valid UTF-8 without U+0000.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "json-scan.h"

/*
 * Appends text without C0, C1 and bidirectional controls, runs of white space as one blank, trimmed, at most max_len
 * bytes (cut at a character).
 */
void text_clean(struct buf *out, const char *text, size_t max_len);
/* The same of a JSON string; nothing for another value. */
void text_clean_slice(struct buf *out, struct json_slice value, size_t max_len);

/* Whether text is long enough for a name: the platform wants two characters. */
bool text_is_name(const char *text);
/* Appends a file's base name, behind the last / or \ of a cleaned name. */
void text_base_name(struct buf *out, const char *name, size_t max_len);
/* Whether a base name tells a person anything: no hash, base64 blob, URL, temporary name or replacement characters
 * alone. */
bool text_name_is_telling(const char *name);

/*
 * Appends text with what HTML or Markdown would read as markup escaped. Line breaks do not survive. Markdown readers
 * that make links of bare addresses do so behind all escapes: "://", "www." and "@" are taken apart.
 */
void text_html(struct buf *out, const char *text);
void text_markdown(struct buf *out, const char *text);
/* Appends text as Markdown code, in which nothing is markup and nothing becomes a link; nothing for an empty text. */
void text_code(struct buf *out, const char *text);
/* Appends a host or URL that nobody can click by accident: hxxp, [.]; not escaped. */
void text_defanged(struct buf *out, const char *host);

#endif
