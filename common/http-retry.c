/* SPDX-License-Identifier: Apache-2.0 */
#include "exit-codes.h"
#include "http-internal.h"

const struct http_retry http_retry_default = {
    .max_attempts = 5,
    .first_ms = 1000,
    .ceiling_ms = 30000,
    .retry_after_cap_s = 120,
    .budget_ms = 300000,
};

enum http_verdict http_judge_default(const struct http_response *response, void *data)
{
	(void)data;
	switch (response->status) {
	case 0:
		return response->error.status == EXIT_UNAVAILABLE ? HTTP_RETRY : HTTP_DONE;
	case 408:
	case 424:
	case 429:
	case 500:
	case 502:
	case 503:
	case 504:
		return HTTP_RETRY;
	default:
		return HTTP_DONE;
	}
}

/* xorshift64: chance enough to keep clients apart. */
static uint64_t next_random(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

long http_retry_delay(const struct http_retry *retry, const struct http_response *response, int64_t since_first_ms,
		      uint64_t *random)
{
	if (response->attempts >= retry->max_attempts)
		return -1;
	long delay_ms;
	if (response->retry_after_s >= 0) {
		int64_t wait_s = response->retry_after_s;
		delay_ms = (long)(wait_s < retry->retry_after_cap_s ? wait_s : retry->retry_after_cap_s) * 1000;
	} else {
		bool is_throttled = response->status == 429 && retry->throttled_first_ms;
		delay_ms = is_throttled ? retry->throttled_first_ms : retry->first_ms;
		for (int i = 1; i < response->attempts && delay_ms < retry->ceiling_ms; i++)
			delay_ms *= 2;
		if (delay_ms > retry->ceiling_ms)
			delay_ms = retry->ceiling_ms;
		/* Three to five quarters of it. */
		delay_ms = delay_ms - delay_ms / 4 + (long)(next_random(random) % (uint64_t)(delay_ms / 2 + 1));
	}
	if (retry->budget_ms && since_first_ms + delay_ms > retry->budget_ms)
		return -1;
	return delay_ms;
}
