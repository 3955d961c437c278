/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "utf8.h"

/* U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069 (virustotal.md section 8), and the zero-width ones beside them. */
static bool is_invisible(uint32_t point)
{
	return (point >= 0x200B && point <= 0x200F) || (point >= 0x202A && point <= 0x202E) ||
	       (point >= 0x2060 && point <= 0x2069) || point == 0xFEFF;
}

static bool is_space(uint32_t point)
{
	return point <= 0x20 || (point >= 0x7F && point <= 0xA0) || point == 0x2028 || point == 0x2029;
}

void text_clean(struct buf *out, const char *text, size_t max_len)
{
	struct buf valid;
	size_t start = out->len, len = strlen(text);
	bool space_due = false;
	buf_init(&valid, BUF_UNBOUNDED);
	utf8_append_clean(&valid, text, len);
	for (size_t at = 0; at < valid.len;) {
		uint32_t point;
		size_t size = utf8_decode(valid.data + at, valid.len - at, &point);
		const char *character = valid.data + at;
		at += size;
		if (is_invisible(point))
			continue;
		if (is_space(point)) {
			space_due = out->len > start;
			continue;
		}
		if (out->len - start + space_due + size > max_len)
			break;
		if (space_due)
			buf_add_char(out, ' ');
		space_due = false;
		buf_add(out, character, size);
	}
	buf_release(&valid);
}

void text_clean_slice(struct buf *out, struct json_slice value, size_t max_len)
{
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	if (json_string_append(value, &text) == 0)
		text_clean(out, text.data, max_len);
	buf_release(&text);
}

bool text_is_name(const char *text)
{
	uint32_t point;
	size_t len = strlen(text);
	return len > 1 && utf8_decode(text, len, &point) < len;
}

void text_base_name(struct buf *out, const char *name, size_t max_len)
{
	const char *base = name;
	for (const char *at = name; *at; at++) {
		if ((*at == '/' || *at == '\\') && at[1])
			base = at + 1;
	}
	text_clean(out, base, max_len);
}

static size_t count_of(const char *text, const char *set)
{
	size_t count = 0;
	for (; *text; text++)
		count += strchr(set, *text) != NULL;
	return count;
}

/* A word of hex digits as long as a known hash, with or without a prefix as VirusShare's or an extension. */
static bool holds_hash(const char *name)
{
	size_t run = 0;
	for (;; name++) {
		if (isxdigit((unsigned char)*name)) {
			run++;
			continue;
		}
		if (run == 32 || run == 40 || run == 64)
			return true;
		run = 0;
		if (!*name)
			return false;
	}
}

static bool is_blob(const char *name)
{
	size_t len = strlen(name);
	return len >= 60 && !strpbrk(name, " .") &&
	       count_of(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-") == len;
}

static bool is_temporary(const char *name)
{
	size_t len = strlen(name);
	return (len > 4 && strcasecmp(name + len - 4, ".tmp") == 0) || (strncasecmp(name, "tmp", 3) == 0 && len < 14) ||
	       strncmp(name, "~$", 2) == 0;
}

bool text_name_is_telling(const char *name)
{
	if (strlen(name) < 2 || strstr(name, "://") || strcasestr(name, "%3A%2F"))
		return false;
	if (holds_hash(name) || is_blob(name) || is_temporary(name))
		return false;
	/* At least one letter or digit, or a character of another script that is no replacement. */
	for (const char *at = name; *at && *at != '.'; at++) {
		if (isalnum((unsigned char)*at))
			return true;
		if ((unsigned char)*at >= 0xC3 && strncmp(at, "\xEF\xBF\xBD", 3) != 0)
			return true;
	}
	return false;
}

void text_html(struct buf *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			buf_add_str(out, "&amp;");
			break;
		case '<':
			buf_add_str(out, "&lt;");
			break;
		case '>':
			buf_add_str(out, "&gt;");
			break;
		case '"':
			buf_add_str(out, "&quot;");
			break;
		case '\'':
			buf_add_str(out, "&#39;");
			break;
		default:
			buf_add_char(out, (unsigned char)*text < 0x20 ? ' ' : *text);
		}
	}
}

/* What a Markdown reader would make a link of begins with one of these, whatever stands before it. */
static const char *unlinked(const char *text, size_t *len)
{
	static const struct {
		const char *from, *to;
	} rows[] = {{"://", "\\[:\\]//"}, {"www.", "www\\[.\\]"}, {"@", "\\[@\\]"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		*len = strlen(rows[i].from);
		if (strncasecmp(text, rows[i].from, *len) == 0)
			return rows[i].to;
	}
	return NULL;
}

/* What would begin a list, a heading or a line under one, at the begin of a text; its length. */
static size_t append_begin(struct buf *out, const char *text)
{
	size_t digits = strspn(text, "0123456789");
	if (digits && (text[digits] == '.' || text[digits] == ')')) {
		buf_add(out, text, digits);
		buf_printf(out, "\\%c", text[digits]);
		return digits + 1;
	}
	if (!*text || !strchr("#+-=", *text))
		return 0;
	buf_printf(out, "\\%c", *text);
	return 1;
}

void text_markdown(struct buf *out, const char *text)
{
	for (text += append_begin(out, text); *text; text++) {
		size_t len;
		const char *instead = unlinked(text, &len);
		if (instead) {
			buf_add_str(out, instead);
			text += len - 1;
		} else if (*text == '<') {
			buf_add_str(out, "&lt;");
		} else if (*text == '>') {
			buf_add_str(out, "&gt;");
		} else if (*text == '&') {
			buf_add_str(out, "&amp;");
		} else if (strchr("\\`*_[]|~$", *text)) {
			buf_printf(out, "\\%c", *text);
		} else {
			buf_add_char(out, (unsigned char)*text < 0x20 ? ' ' : *text);
		}
	}
}

void text_code(struct buf *out, const char *text)
{
	if (!*text)
		return;
	buf_add_char(out, '`');
	/* A backtick would end it, and nothing can be escaped in it. */
	for (; *text; text++)
		buf_add_char(out, *text == '`' ? '\'' : (unsigned char)*text < 0x20 ? ' ' : *text);
	buf_add_char(out, '`');
}

void text_defanged(struct buf *out, const char *host)
{
	if (strncasecmp(host, "http", 4) == 0 && strstr(host, "://")) {
		buf_add_str(out, "hxxp");
		host += 4;
	}
	for (; *host; host++) {
		if (*host == '.')
			buf_add_str(out, "[.]");
		else
			buf_add_char(out, *host);
	}
}
