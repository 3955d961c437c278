/* SPDX-License-Identifier: Apache-2.0 */
#include "uri.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define UNRESERVED "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
#define SUB_DELIMS "!$&'()*+,;="

static bool is_escape(const char *text)
{
	return text[0] == '%' && isxdigit((unsigned char)text[1]) && isxdigit((unsigned char)text[2]);
}

/* Up to len bytes; what is neither unreserved nor in allowed nor an escape already becomes one. */
static void append_encoded(struct buf *out, const char *text, size_t len, const char *allowed)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		bool is_good = strchr(UNRESERVED, c) || strchr(allowed, c) || is_escape(text + i);
		if (is_good)
			buf_add_char(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}

/* The scheme and its colon; its length, or 0. */
static size_t scheme_length(const char *text)
{
	size_t len = 0;
	if (!isalpha((unsigned char)*text))
		return 0;
	while (isalnum((unsigned char)text[len]) || (text[len] && strchr("+-.", text[len])))
		len++;
	return text[len] == ':' ? len + 1 : 0;
}

/* "[2001:db8::1]"; its length with the brackets, or 0. */
static size_t literal_length(const char *text, size_t len)
{
	char address[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	const char *close = memchr(text, ']', len);
	size_t inner = close ? (size_t)(close - text) - 1 : sizeof(address);
	if (*text != '[' || inner >= sizeof(address))
		return 0;
	memcpy(address, text + 1, inner);
	address[inner] = '\0';
	return inet_pton(AF_INET6, address, bytes) == 1 ? inner + 2 : 0;
}

/* [userinfo "@"] host [":" port] */
static bool append_authority(struct buf *out, const char *text, size_t len)
{
	const char *at = memrchr(text, '@', len);
	if (at) {
		append_encoded(out, text, (size_t)(at - text), SUB_DELIMS ":");
		buf_add_char(out, '@');
		len -= (size_t)(at + 1 - text);
		text = at + 1;
	}
	bool is_literal = len && *text == '[';
	size_t host_len = is_literal ? literal_length(text, len) : 0;
	if (is_literal) {
		buf_add(out, text, host_len);
	} else {
		const char *colon = memchr(text, ':', len);
		host_len = colon ? (size_t)(colon - text) : len;
		append_encoded(out, text, host_len, SUB_DELIMS);
	}
	if (host_len == 0)
		return false;
	if (host_len == len)
		return true;
	size_t digits = strspn(text + host_len + 1, "0123456789");
	buf_add(out, text + host_len, len - host_len);
	return text[host_len] == ':' && host_len + 1 + digits >= len;
}

bool uri_append(struct buf *out, const char *text)
{
	size_t scheme = scheme_length(text);
	if (!scheme || !text[scheme])
		return false;
	buf_add(out, text, scheme);
	text += scheme;
	if (strncmp(text, "//", 2) == 0) {
		size_t len = strcspn(text + 2, "/?#");
		buf_add_str(out, "//");
		if (!append_authority(out, text + 2, len))
			return false;
		text += 2 + len;
	}
	size_t path = strcspn(text, "#");
	append_encoded(out, text, path, SUB_DELIMS ":@/?");
	text += path;
	if (*text) {
		buf_add_char(out, '#');
		append_encoded(out, text + 1, strlen(text + 1), SUB_DELIMS ":@/?");
	}
	return true;
}
