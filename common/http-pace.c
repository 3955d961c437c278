/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "http-internal.h"
#include "xalloc.h"

#define MINUTE_MS 60000
#define RUNNING   (INT64_MAX / 2)

void http_pace_init(struct http_pace *pace, int64_t per_minute)
{
	*pace = (struct http_pace){.ends_ms = NULL};
	if (per_minute <= 0)
		return;
	pace->count = (size_t)per_minute;
	pace->ends_ms = xcalloc(pace->count, sizeof(*pace->ends_ms));
	for (size_t i = 0; i < pace->count; i++)
		pace->ends_ms[i] = INT64_MIN / 2;
}

void http_pace_release(struct http_pace *pace)
{
	free(pace->ends_ms);
	*pace = (struct http_pace){.ends_ms = NULL};
}

int64_t http_pace_ready_ms(const struct http_pace *pace)
{
	return pace->ends_ms ? pace->ends_ms[pace->next] + MINUTE_MS : INT64_MIN;
}

size_t http_pace_begin(struct http_pace *pace)
{
	size_t place = pace->next;
	if (!pace->ends_ms)
		return 0;
	pace->ends_ms[place] = RUNNING;
	pace->next = (place + 1) % pace->count;
	return place;
}

void http_pace_end(struct http_pace *pace, size_t place, int64_t now_ms)
{
	if (pace->ends_ms)
		pace->ends_ms[place] = now_ms;
}
