/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exit-codes.h"
#include "http-internal.h"
#include "xalloc.h"

/* A part of a URL as heap text of libcurl, or NULL. */
static char *part_of(const char *url, CURLUPart part)
{
	char *text = NULL;
	CURLU *parsed = curl_url();
	if (parsed && curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
		curl_url_get(parsed, part, &text, CURLU_DEFAULT_PORT);
	curl_url_cleanup(parsed);
	return text;
}

static bool same_part(const char *left, const char *right, CURLUPart part)
{
	char *a = part_of(left, part), *b = part_of(right, part);
	bool same = a && b && strcasecmp(a, b) == 0;
	curl_free(a);
	curl_free(b);
	return same;
}

bool http_same_origin(const char *left, const char *right)
{
	return same_part(left, right, CURLUPART_SCHEME) && same_part(left, right, CURLUPART_HOST) &&
	       same_part(left, right, CURLUPART_PORT);
}

char *http_resolve(const char *base, const char *location)
{
	char *text = NULL, *resolved = NULL;
	CURLU *url = curl_url();
	if (url && curl_url_set(url, CURLUPART_URL, base, 0) == CURLUE_OK &&
	    curl_url_set(url, CURLUPART_URL, location, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	    curl_url_get(url, CURLUPART_URL, &text, 0) == CURLUE_OK)
		resolved = xstrdup(text);
	curl_free(text);
	curl_url_cleanup(url);
	return resolved;
}

bool http_url_is_loopback(const char *url)
{
	unsigned char address[16];
	char *host = part_of(url, CURLUPART_HOST);
	bool is_loopback = false;
	if (!host)
		return false;
	size_t len = strlen(host);
	if (host[0] == '[' && len > 2) {
		host[len - 1] = '\0';
		is_loopback = strcmp(host + 1, "::1") == 0;
	} else if (inet_pton(AF_INET, host, address) == 1) {
		is_loopback = address[0] == 127;
	} else {
		is_loopback = strcasecmp(host, "localhost") == 0;
	}
	curl_free(host);
	return is_loopback;
}

int http_check_base(const struct http_options *options, struct error *err)
{
	const char *url = options->base_url;
	char *scheme = part_of(url, CURLUPART_SCHEME);
	char *host = part_of(url, CURLUPART_HOST);
	int result = 0;
	if (!scheme || !host)
		result = error_set(err, EXIT_CONFIG, "\"%s\" is no URL", url);
	else if (strcasecmp(scheme, "https") != 0 && strcasecmp(scheme, "http") != 0)
		result = error_set(err, EXIT_CONFIG, "\"%s\": only https is spoken", url);
	else if (strcasecmp(scheme, "http") == 0 && !options->allow_http && !http_url_is_loopback(url))
		result = error_set(err, EXIT_CONFIG, "\"%s\": http is for loopback addresses only; use https", url);
	curl_free(scheme);
	curl_free(host);
	return result;
}

int http_escape(struct buf *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool is_unreserved =
		    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c);
		if (buf_printf(out, is_unreserved ? "%c" : "%%%02X", c))
			return -1;
	}
	return 0;
}
