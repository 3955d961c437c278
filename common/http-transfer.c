/* SPDX-License-Identifier: Apache-2.0 */
/* One attempt of one request on a libcurl easy handle. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exit-codes.h"
#include "http-internal.h"
#include "log.h"
#include "timestamp.h"
#include "xalloc.h"

#define HEADER_BYTES_MAX ((size_t)256 << 10)

static size_t on_body(char *bytes, size_t size, size_t count, void *data)
{
	struct http_request *request = data;
	(void)size;
	if (buf_add(&request->response.body, bytes, count)) {
		request->body_too_large = true;
		return 0;
	}
	return count;
}

/* The header's value when line is "name: value", as heap text. */
static char *header_value(const char *line, size_t len, const char *name)
{
	size_t name_len = strlen(name);
	if (len <= name_len || line[name_len] != ':' || strncasecmp(line, name, name_len) != 0)
		return NULL;
	const char *begin = line + name_len + 1, *end = line + len;
	while (begin < end && (*begin == ' ' || *begin == '\t'))
		begin++;
	while (end > begin && strchr(" \t\r\n", end[-1]))
		end--;
	return xstrndup(begin, (size_t)(end - begin));
}

/* Seconds, or a date, which is known to be so far away when the answer's own date is known too. */
static void note_retry_after(struct http_request *request, const char *text)
{
	char *end;
	long seconds = strtol(text, &end, 10);
	if (end != text && !*end)
		request->response.retry_after_s = seconds >= 0 ? seconds : -1;
	else if (timestamp_parse_http(text, &request->retry_at_epoch))
		request->retry_at_epoch = -1;
}

/* The server's clock made the date, so it is the one to count from: ours may be wrong. */
static void settle_retry_after(struct http_request *request)
{
	struct http_response *response = &request->response;
	if (request->retry_at_epoch < 0)
		return;
	int64_t now = response->date_epoch >= 0 ? response->date_epoch : timestamp_now();
	response->retry_after_s = request->retry_at_epoch > now ? request->retry_at_epoch - now : 0;
}

static size_t on_header(char *line, size_t size, size_t count, void *data)
{
	struct http_request *request = data;
	struct http_response *response = &request->response;
	char *value;
	(void)size;
	request->header_bytes += count;
	if (request->header_bytes > HEADER_BYTES_MAX)
		return 0;
	if (strncmp(line, "HTTP/", 5) == 0) {
		/* A new answer begins: what came before was interim, or a proxy's. */
		response->retry_after_s = -1;
		response->date_epoch = -1;
		request->retry_at_epoch = -1;
		free(request->location);
		request->location = NULL;
	} else if ((value = header_value(line, count, "retry-after"))) {
		note_retry_after(request, value);
		free(value);
	} else if ((value = header_value(line, count, "date"))) {
		if (timestamp_parse_http(value, &response->date_epoch))
			response->date_epoch = -1;
		free(value);
	} else if ((value = header_value(line, count, "location"))) {
		free(request->location);
		request->location = value;
	}
	return count;
}

/* Headers and remarks, never a body, and never the header with the secret. */
static int on_trace(CURL *easy, curl_infotype type, char *text, size_t len, void *data)
{
	const struct http_client *client = data;
	const char *arrow = type == CURLINFO_HEADER_OUT ? ">" : type == CURLINFO_HEADER_IN ? "<" : "*";
	(void)easy;
	if (type != CURLINFO_TEXT && type != CURLINFO_HEADER_OUT && type != CURLINFO_HEADER_IN)
		return 0;
	size_t name_len = client->secret_header ? strcspn(client->secret_header, ":") : 0;
	for (const char *end = text + len; text < end;) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t line_len = newline ? (size_t)(newline - text) : (size_t)(end - text);
		bool is_secret =
		    name_len && line_len > name_len && strncasecmp(text, client->secret_header, name_len) == 0;
		if (is_secret)
			log_debug("%s %.*s: ***", arrow, (int)name_len, text);
		else if (line_len > 1)
			log_debug("%s %.*s", arrow, (int)line_len, text);
		text += line_len + 1;
	}
	return 0;
}

static void set_tls(CURL *easy, const struct http_client *client)
{
	const struct http_options *options = &client->options;
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, options->insecure ? 0L : 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, options->insecure ? 0L : 2L);
	if (client->ca_path)
		curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_path);
	if (client->ca_extra_pem) {
		struct curl_blob blob = {
		    .data = client->ca_extra_pem, .len = strlen(client->ca_extra_pem), .flags = CURL_BLOB_NOCOPY};
		/* The blob takes the place of the bundle; the directory keeps the system's certificates. */
		curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
		curl_easy_setopt(easy, CURLOPT_CAPATH, "/etc/ssl/certs");
	}
}

static void set_limits(CURL *easy, const struct http_options *options)
{
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 options->connect_timeout_ms ? options->connect_timeout_ms : 15000L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, options->low_speed_s ? options->low_speed_s : 60L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, options->total_timeout_ms ? options->total_timeout_ms : 300000L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
}

static void set_headers(CURL *easy, struct http_request *request)
{
	const struct http_client *client = request->client;
	if (!request->headers) {
		struct curl_slist *list = curl_slist_append(NULL, "Accept: application/json");
		if (client->secret_header)
			list = curl_slist_append(list, client->secret_header);
		for (char **header = client->headers; header && *header; header++)
			list = curl_slist_append(list, *header);
		if (request->body) {
			list = curl_slist_append(list, "Content-Type: application/json");
			/* No waiting for 100 Continue, which not every proxy answers. */
			list = curl_slist_append(list, "Expect:");
		}
		request->headers = list;
	}
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, request->headers);
	/* A proxy is not told the secret. */
	curl_easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, client->user_agent);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
}

void http_transfer_start(struct http_request *request)
{
	struct http_client *client = request->client;
	CURL *easy = curl_easy_init();
	if (!easy)
		exit(EXIT_SOFTWARE); /* only out of memory */
	request->easy = easy;
	request->header_bytes = 0;
	request->body_too_large = false;
	request->curl_text[0] = '\0';
	buf_clear(&request->response.body);
	request->response.status = 0;
	/* An attempt without an answer must not inherit the last one's. */
	request->response.retry_after_s = request->response.date_epoch = request->retry_at_epoch = -1;
	request->response.attempts++;
	curl_easy_setopt(easy, CURLOPT_PRIVATE, request);
	curl_easy_setopt(easy, CURLOPT_URL, request->url);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, request->curl_text);
	set_headers(easy, request);
	set_limits(easy, &client->options);
	set_tls(easy, client);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
			 client->options.http2 ? (long)CURL_HTTP_VERSION_2TLS : (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT, client->options.http2 ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, request);
	if (request->body) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->call.body_len);
	}
	if (log_enabled(LOG_LEVEL_DEBUG)) {
		curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
		curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_trace);
		curl_easy_setopt(easy, CURLOPT_DEBUGDATA, client);
	}
	curl_multi_add_handle(client->multi, easy);
	client->request_count++;
}

/* Scheme, host and path, for messages: a query may be long. */
static char *shown_url(const struct http_request *request)
{
	return xstrndup(request->url, strcspn(request->url, "?"));
}

static void fail(struct http_request *request, int status, const char *code, const char *text)
{
	char *url = shown_url(request);
	struct error *err = &request->response.error;
	error_set(err, status, "%s %s: %s", request->method, url, text);
	strncpy(err->code, code, sizeof(err->code) - 1);
	request->response.status = 0;
	buf_clear(&request->response.body);
	free(url);
}

static void fail_by_curl(struct http_request *request, CURLcode result)
{
	const char *text = request->curl_text[0] ? request->curl_text : curl_easy_strerror(result);
	switch (result) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		fail(request, EXIT_CONFIG, "", text);
		return;
	case CURLE_WRITE_ERROR:
		if (request->body_too_large) {
			fail(request, EXIT_BAD_INPUT, "BodyTooLarge", "the answer is larger than we take");
			return;
		}
		if (request->header_bytes > HEADER_BYTES_MAX) {
			fail(request, EXIT_BAD_INPUT, "", "the answer's headers are larger than we take");
			return;
		}
		break;
	default:
		break;
	}
	fail(request, EXIT_UNAVAILABLE, "", text);
}

void http_transfer_finish(struct http_request *request, CURLcode result)
{
	struct http_response *response = &request->response;
	curl_off_t total_us = 0;
	long status = 0;
	curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(request->easy, CURLINFO_TOTAL_TIME_T, &total_us);
	response->total_ms = (long)(total_us / 1000);
	response->status = status;
	response->error = (struct error){.status = 0};
	settle_retry_after(request);
	/* Quota answers were seen that are labelled gzip and are not: the status says enough. */
	bool is_bad_encoding = result == CURLE_BAD_CONTENT_ENCODING;
	if (is_bad_encoding && status >= 400)
		buf_clear(&response->body);
	else if (result != CURLE_OK)
		fail_by_curl(request, result);
	http_transfer_release(request);
}

void http_transfer_release(struct http_request *request)
{
	if (!request->easy)
		return;
	curl_multi_remove_handle(request->client->multi, request->easy);
	curl_easy_cleanup(request->easy);
	request->easy = NULL;
	/* The clock is read in whole milliseconds: rounded up. */
	http_pace_end(&request->client->pace, request->pace_place, http_now_ms() + 1);
}
