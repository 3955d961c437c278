/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "stix-id.h"
#include "text.h"
#include "uri.h"

#define VALUE_MAX 8000

/*
 * opencti.md section 8.5: a dot, labels of at most 63; and STIX 2.1 section 6.4: names of RFC 1034, or of RFC 5890 in
 * their own script. The DNS itself knows others, such as with an underscore, which would make the bundle invalid.
 */
static bool is_domain(const char *name)
{
	size_t label = 0, labels = 1, len = strlen(name);
	if (len < 4 || len > 253)
		return false;
	for (const char *at = name; *at; at++) {
		bool is_edge = label == 0 || !at[1] || at[1] == '.';
		if (*at == '.') {
			if (label == 0)
				return false;
			label = 0;
			labels++;
		} else if (++label > 63 || (*at == '-' && is_edge) ||
			   ((unsigned char)*at < 0x80 && !isalnum((unsigned char)*at) && *at != '-')) {
			return false;
		}
	}
	return labels > 1 && label >= 2;
}

/* The STIX type of a host, by what it is and not by what it is called; rewrites addresses into their usual form. NULL:
 * none. */
static const char *type_of_host(char *value, size_t size)
{
	unsigned char address[16];
	size_t len = strlen(value);
	if (inet_pton(AF_INET, value, address) == 1)
		return "ipv4-addr";
	if (inet_pton(AF_INET6, value, address) == 1) {
		inet_ntop(AF_INET6, address, value, (socklen_t)size);
		return "ipv6-addr";
	}
	if (len && value[len - 1] == '.')
		value[len - 1] = '\0';
	for (char *c = value; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	return is_domain(value) ? "domain-name" : NULL;
}

/* The text of a URL, heap; NULL when the object has none. */
static char *url_text(struct json_slice object)
{
	struct json_slice value;
	if (!json_path(object, &value, "attributes", "url", NULL) &&
	    !json_path(object, &value, "context_attributes", "url", NULL))
		return NULL;
	return json_string_dup(value);
}

static int64_t malicious_of(struct json_slice object)
{
	struct json_slice value;
	int64_t count = 0;
	if (!json_path(object, &value, "attributes", "last_analysis_stats", "malicious", NULL) ||
	    !json_int64(value, &count))
		return -1;
	return count;
}

static bool put_value(struct build *build, const char *type, const char *value, char *id)
{
	stix_id_value(id, type, value);
	if (build_has(build, id))
		return true;
	build_begin(build, type, id, false);
	json_member_string(&build->json, "value", value);
	if (build->settings->mark_all)
		build_markings(build, build->settings->file_markings);
	build_end(build, BUNDLE_RELATED, id, true);
	return true;
}

static bool is_benign(struct build *build, enum allowlist_verdict verdict)
{
	if (verdict == ALLOWLIST_UNKNOWN)
		return false;
	record_counts_add(&build->statistics->left_out,
			  verdict == ALLOWLIST_BENIGN ? "allow_listed_host" : "reserved_address", 1);
	return true;
}

/* A URL is evidence (virustotal.md section 8): only what no URI can hold is encoded, and none is cut. */
static bool map_url(struct build *build, struct json_slice object, bool is_contact, char *id)
{
	struct buf url;
	char *text = url_text(object);
	bool is_put = false;
	buf_init(&url, BUF_UNBOUNDED);
	if (!text || !*text)
		record_counts_add(&build->statistics->left_out, "url_without_text", 1);
	else if (!uri_append(&url, text) || url.len > VALUE_MAX)
		record_counts_add(&build->statistics->left_out, "not_a_url", 1);
	else if (!is_benign(build, allowlist_check_url(build->settings->allowlist, url.data))) {
		is_put = put_value(build, "url", url.data, id);
		if (is_contact)
			tally_add(&build->statistics->hosts, url.data, url.data, "", malicious_of(object));
	}
	free(text);
	buf_release(&url);
	return is_put;
}

/* Neither controls nor blanks nor what is invisible, and valid. */
static bool is_clean(const char *host)
{
	struct buf cleaned;
	buf_init(&cleaned, BUF_UNBOUNDED);
	text_clean(&cleaned, host, strlen(host));
	bool is_same = *host && strcmp(cleaned.data, host) == 0;
	buf_release(&cleaned);
	return is_same;
}

/* More than STIX takes: with underscores, and with dashes anywhere. */
static bool is_dns_name(const char *host)
{
	const char *at = host;
	while (isalnum((unsigned char)*at) || (unsigned char)*at >= 0x80 || (*at && strchr("-_.", *at)))
		at++;
	return !*at && strchr(host, '.') && !strstr(host, "..");
}

bool map_host(struct build *build, struct json_slice object, bool is_contact, char *id)
{
	struct json_slice type, value;
	char host[300];
	json_member(object, "type", &type);
	if (json_string_is(type, "url"))
		return map_url(build, object, is_contact, id);
	json_member(object, "id", &value);
	char *text = json_string_dup(value);
	/* Room is left for what type_of_host may write in its place: an address in its own spelling. */
	bool fits = text && strlen(text) < sizeof(host) - INET6_ADDRSTRLEN;
	if (fits)
		snprintf(host, sizeof(host), "%s", text);
	free(text);
	if (!fits || !is_clean(host)) {
		record_counts_add(&build->statistics->left_out, "not_a_host", 1);
		return false;
	}
	const char *stix_type = type_of_host(host, sizeof(host));
	if (is_benign(build, allowlist_check(build->settings->allowlist, host)))
		return false;
	/* What STIX has no object for, but the DNS has, is evidence all the same. */
	if (is_contact && (stix_type || is_dns_name(host)))
		tally_add(&build->statistics->hosts, host, host, "", malicious_of(object));
	if (!stix_type)
		record_counts_add(&build->statistics->left_out, "not_a_host_name", 1);
	return stix_type && put_value(build, stix_type, host, id);
}
