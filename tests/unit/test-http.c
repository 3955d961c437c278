/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of URLs and of repeating a request; what goes over the wire is tested through the programs. */
#include <stdlib.h>

#include "check.h"
#include "exit-codes.h"
#include "http-internal.h"
#include "vt-api.h"

static void origins(void)
{
	CHECK(http_same_origin("https://a.example/x", "https://A.EXAMPLE:443/y?z"));
	CHECK(!http_same_origin("https://a.example/x", "http://a.example/x"));
	CHECK(!http_same_origin("https://a.example/x", "https://a.example:444/x"));
	CHECK(!http_same_origin("https://a.example/x", "https://a.example.evil.org/x"));
	CHECK(!http_same_origin("https://a.example/x", "https://a.example@evil.org/x"));
	CHECK(!http_same_origin("https://a.example/x", "nonsense"));
	CHECK(http_url_is_loopback("http://127.0.0.1:8080/x"));
	CHECK(http_url_is_loopback("http://[::1]/x"));
	CHECK(http_url_is_loopback("http://localhost"));
	CHECK(!http_url_is_loopback("http://127.0.0.1.evil.org/"));
	CHECK(!http_url_is_loopback("http://10.0.0.1/"));
}

static void check_location(const char *location, const char *want)
{
	char *got = http_resolve("https://a.example/api/v3/files/1?x=1", location);
	CHECK_TEXT(got, want);
	free(got);
}

static void locations(void)
{
	check_location("/other", "https://a.example/other");
	check_location("2?y=2", "https://a.example/api/v3/files/2?y=2");
	check_location("//evil.org/x", "https://evil.org/x");
	check_location("https://b.example/", "https://b.example/");
}

static void escapes(void)
{
	struct buf out;
	buf_init(&out, BUF_UNBOUNDED);
	http_escape(&out, "p:5+ fs:2026-11-23T00:00:00- \"a&b\"~._\xC3\xA4");
	CHECK_TEXT(out.data, "p%3A5%2B%20fs%3A2026-11-23T00%3A00%3A00-%20%22a%26b%22~._%C3%A4");
	buf_release(&out);
}

static long delay_of(long status, int64_t retry_after_s, int attempts, int64_t since_first_ms)
{
	uint64_t random = 88172645463325252u;
	struct http_response response = {.status = status, .retry_after_s = retry_after_s, .attempts = attempts};
	return http_retry_delay(&http_retry_default, &response, since_first_ms, &random);
}

static void delays(void)
{
	CHECK_INT(delay_of(503, 7, 1, 0), 7000);
	CHECK_INT(delay_of(503, 86400, 1, 0), 120000);
	CHECK_INT(delay_of(503, -1, 5, 0), -1);
	CHECK_INT(delay_of(503, 60, 1, 299000), -1);
	long first = delay_of(500, -1, 1, 0), third = delay_of(500, -1, 3, 0);
	CHECK(first >= 750 && first <= 1250);
	CHECK(third >= 3000 && third <= 5000);
}

/* What VirusTotal's allowance of a minute asks for: 60 s in sum at least, whatever chance makes of them. */
static void throttled_delays(void)
{
	uint64_t random = 88172645463325252u;
	for (int round = 0; round < 1000; round++) {
		long sum_ms = 0, delay_ms;
		struct http_response response = {.status = 429, .retry_after_s = -1, .attempts = 1};
		while ((delay_ms = http_retry_delay(&vt_api_retry, &response, sum_ms, &random)) >= 0) {
			sum_ms += delay_ms;
			response.attempts++;
		}
		CHECK_INT(response.attempts, 4);
		CHECK(sum_ms >= 60000 && sum_ms <= 150000);
	}
}

/* What a retry of VirusTotal's answers may mend. */
static enum http_verdict vt_verdict(long status, int64_t retry_after_s, const char *body)
{
	struct http_response response = {.status = status, .retry_after_s = retry_after_s};
	buf_init(&response.body, BUF_UNBOUNDED);
	buf_add_str(&response.body, body);
	enum http_verdict verdict = vt_api_judge(&response, NULL);
	buf_release(&response.body);
	return verdict;
}

static void vt_verdicts(void)
{
	CHECK_INT(vt_verdict(200, -1, " \n{\"data\": []}"), HTTP_DONE);
	CHECK_INT(vt_verdict(200, -1, "<html>"), HTTP_RETRY);
	CHECK_INT(vt_verdict(200, -1, ""), HTTP_RETRY);
	CHECK_INT(vt_verdict(204, -1, ""), HTTP_RETRY);
	CHECK_INT(vt_verdict(429, -1, "{}"), HTTP_RETRY);
	CHECK_INT(vt_verdict(429, 120, "{}"), HTTP_RETRY);
	CHECK_INT(vt_verdict(429, 121, "{}"), HTTP_DONE);
	CHECK_INT(vt_verdict(503, 3600, "{}"), HTTP_RETRY);
	CHECK_INT(vt_verdict(404, -1, "<html>"), HTTP_DONE);
}

/* Never more than the number in any minute, however the requests fall and however long each takes. */
static void pace(void)
{
	struct http_pace pace;
	int64_t ends[200], now_ms = 5;
	uint64_t random = 88172645463325252u;
	http_pace_init(&pace, 7);
	for (size_t i = 0; i < 200; i++) {
		random ^= random << 13, random ^= random >> 7, random ^= random << 17;
		now_ms += (int64_t)(random % 20000);
		if (now_ms < http_pace_ready_ms(&pace))
			now_ms = http_pace_ready_ms(&pace);
		/* Between its begin and its end the service may have seen it at any time. */
		CHECK(i < 7 || now_ms - ends[i - 7] >= 60000);
		size_t place = http_pace_begin(&pace);
		ends[i] = now_ms + (int64_t)(random >> 32) % 5000;
		http_pace_end(&pace, place, ends[i]);
	}
	/* And no slower than that: seven at once after a pause, then the next a minute after the first has ended. */
	now_ms += 600000;
	size_t places[7];
	for (size_t i = 0; i < 7; i++) {
		CHECK(http_pace_ready_ms(&pace) <= now_ms);
		places[i] = http_pace_begin(&pace);
	}
	http_pace_end(&pace, places[6], now_ms + 100);
	CHECK(http_pace_ready_ms(&pace) > now_ms + 3600000);
	http_pace_end(&pace, places[0], now_ms + 500);
	CHECK_INT(http_pace_ready_ms(&pace), now_ms + 500 + 60000);
	http_pace_release(&pace);
	http_pace_init(&pace, 0);
	http_pace_end(&pace, http_pace_begin(&pace), now_ms);
	CHECK(http_pace_ready_ms(&pace) <= 0);
	http_pace_release(&pace);
}

static void verdicts(void)
{
	static const long repeated[] = {408, 424, 429, 500, 502, 503, 504},
			  final[] = {200, 204, 301, 400, 401, 403, 404};
	for (size_t i = 0; i < 7; i++) {
		struct http_response response = {.status = repeated[i]};
		CHECK_INT(http_judge_default(&response, NULL), HTTP_RETRY);
		response.status = final[i];
		CHECK_INT(http_judge_default(&response, NULL), HTTP_DONE);
	}
	struct http_response response = {.error = {.status = EXIT_UNAVAILABLE}};
	CHECK_INT(http_judge_default(&response, NULL), HTTP_RETRY);
	response.error.status = EXIT_CONFIG;
	CHECK_INT(http_judge_default(&response, NULL), HTTP_DONE);
}

int main(void)
{
	origins();
	locations();
	escapes();
	delays();
	throttled_delays();
	vt_verdicts();
	pace();
	verdicts();
	return check_result();
}
