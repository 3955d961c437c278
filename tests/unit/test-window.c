/* SPDX-License-Identifier: Apache-2.0 */
/* Windows: boundaries in local time over daylight saving, catching up, and that they tile time without gap or overlap.
 */
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "duration.h"
#include "exit-codes.h"
#include "timestamp.h"
#include "window.h"

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static int64_t at(const char *text)
{
	int64_t epoch = 0;
	struct error err;
	if (!CHECK(timestamp_parse_or_date(text, &epoch, &err) == 0))
		fprintf(stderr, "  %s\n", err.text);
	return epoch;
}

static struct duration period_of(const char *text)
{
	struct duration period;
	CHECK_INT(duration_parse(text, &period, NULL), 0);
	return period;
}

static void check_time(int64_t got, const char *want)
{
	char text[TIMESTAMP_TEXT_MAX];
	CHECK_TEXT(timestamp_format(got, text), want);
}

static void durations(void)
{
	static const char *const wrong[] = {"",    "P",    "PT",    "1D",  "P1",   "P1DT",   "P-1D", "P1.5D",
					    "P1H", "PT1D", "P1D1W", "p1d", "P99Y", "PT1M1H", "P1D ", "P99999999999D"};
	struct error err;
	struct duration duration;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		if (!CHECK(duration_parse(wrong[i], &duration, &err) == -1))
			fprintf(stderr, "  %s\n", wrong[i]);
		CHECK_INT(err.status, EXIT_CONFIG);
	}
	duration = period_of("P1Y2M1W3DT4H5M6S");
	CHECK_INT(duration.months, 14);
	CHECK_INT(duration.days, 10);
	CHECK_INT(duration.seconds, 4 * 3600 + 5 * 60 + 6);
	CHECK(duration_is_zero(period_of("PT0S")) && duration_is_zero(period_of("0")));
	CHECK_INT(duration_approx_seconds(period_of("P1D")), 86400);
}

static void times(void)
{
	int64_t epoch;
	set_zone("Australia/Sydney");
	check_time(at("2026-11-23T13:00:00Z"), "2026-11-23T13:00:00Z");
	check_time(at("2026-11-24T00:00:00+11:00"), "2026-11-23T13:00:00Z");
	check_time(at("2026-11-24"), "2026-11-23T13:00:00Z");
	check_time(at("2024-02-29T23:59:59.999Z"), "2024-02-29T23:59:59Z");
	static const char *const wrong[] = {"2026-02-29",           "2026-13-01", "2026-11-23T24:00:00Z",
					    "2026-11-23T13:00:00",  "yesterday",  "2026-11-23T13:00Z",
					    "2026-11-23 13:00:00Z", "1969-12-31", "2026-11-23T13:00:00.Z"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		CHECK(timestamp_parse_or_date(wrong[i], &epoch, NULL) == -1);
	CHECK(timestamp_parse_http("Sun, 06 Nov 1994 08:49:37 GMT", &epoch) == 0 && epoch == 784111777);
	CHECK(timestamp_parse_http("120", &epoch) == -1);
}

static struct window first_window(const char *period, const char *now)
{
	struct window_plan plan = {
	    .period = period_of(period), .now = at(now), .previous_end = WINDOW_NO_END, .max_catchup = 7};
	struct window_list list;
	struct error err;
	struct window window = {0, 0};
	if (CHECK(window_due(&plan, &list, &err) == 0 && list.count == 1))
		window = list.windows[0];
	window_list_release(&list);
	return window;
}

static void local_days(void)
{
	char label[64];
	set_zone("Australia/Sydney");
	struct window window = first_window("P1D", "2026-11-24T05:00:00+11:00");
	check_time(window.start, "2026-11-22T13:00:00Z");
	check_time(window.end, "2026-11-23T13:00:00Z");
	window_label(window, label, sizeof(label));
	CHECK_TEXT(label, "2026-11-23");
	/* 2026-10-04 has 23 hours there, 2026-04-05 has 25. */
	window = first_window("P1D", "2026-10-05T01:00:00+11:00");
	CHECK_INT(window.end - window.start, 23 * 3600);
	window = first_window("P1D", "2026-04-06T01:00:00+10:00");
	CHECK_INT(window.end - window.start, 25 * 3600);
	/* Midnight of 2018-11-04 did not exist in Sao Paulo: the day began at 01:00. */
	set_zone("America/Sao_Paulo");
	window = first_window("P1D", "2018-11-05T12:00:00-02:00");
	check_time(window.start, "2018-11-04T03:00:00Z");
	check_time(window.end, "2018-11-05T02:00:00Z");
	window_label(window, label, sizeof(label));
	CHECK_TEXT(label, "2018-11-04");
}

/* Days that the calendar lacks, and clocks that move by half an hour: no gap, no empty window. */
static void odd_days(void)
{
	struct window_list list;
	char label[64];
	/* Apia went over the date line: 2011-12-30 was no day there. */
	set_zone("Pacific/Apia");
	struct window window = first_window("P1D", "2011-12-31T01:00:00+14:00");
	check_time(window.start, "2011-12-29T10:00:00Z");
	check_time(window.end, "2011-12-30T10:00:00Z");
	window_label(window, label, sizeof(label));
	CHECK_TEXT(label, "2011-12-29");
	struct window_plan plan = {.period = period_of("PT6H"),
				   .now = at("2012-01-01T00:00:00+14:00"),
				   .previous_end = window.start,
				   .max_catchup = 100};
	CHECK_INT(window_due(&plan, &list, NULL), 0);
	CHECK_INT(list.count, 8);
	for (size_t i = 0; i < list.count; i++)
		CHECK_INT(list.windows[i].end - list.windows[i].start, 6 * 3600);
	window_list_release(&list);
	set_zone("Australia/Lord_Howe");
	window = first_window("P1D", "2026-10-05T01:00:00+11:00");
	CHECK_INT(window.end - window.start, 23 * 3600 + 1800);
	window = first_window("P1D", "2026-04-06T01:00:00+10:30");
	CHECK_INT(window.end - window.start, 24 * 3600 + 1800);
	/* The last hour of the day that is repeated belongs to it twice. */
	set_zone("America/Havana");
	window = first_window("P1D", "2025-11-03T12:00:00-05:00");
	check_time(window.start, "2025-11-02T04:00:00Z");
	CHECK_INT(window.end - window.start, 25 * 3600);
}

static void parts_of_a_day(void)
{
	char label[64];
	set_zone("Australia/Sydney");
	/* Four windows of six elapsed hours; the last of a day of 23 hours has five. */
	struct window window = first_window("PT6H", "2026-10-05T00:30:00+11:00");
	CHECK_INT(window.end - window.start, 5 * 3600);
	check_time(window.end, "2026-10-04T13:00:00Z");
	set_zone("UTC");
	window = first_window("PT6H", "2026-11-23T13:10:00Z");
	window_label(window, label, sizeof(label));
	CHECK_TEXT(label, "2026-11-23 06:00 to 12:00");
}

static void longer_periods(void)
{
	char label[64];
	set_zone("UTC");
	struct window window = first_window("P1W", "2026-11-24T03:00:00Z");
	check_time(window.start, "2026-11-17T00:00:00Z");
	check_time(window.end, "2026-11-24T00:00:00Z");
	window_label(window, label, sizeof(label));
	CHECK_TEXT(label, "2026-11-17 to 2026-11-23");
	int64_t next;
	CHECK_INT(window_next_boundary(period_of("P1M"), at("2026-01-31"), &next, NULL), 0);
	check_time(next, "2026-02-28T00:00:00Z");
	CHECK_INT(window_next_boundary(period_of("P1Y"), at("2024-02-29"), &next, NULL), 0);
	check_time(next, "2025-02-28T00:00:00Z");
	CHECK_INT(window_next_boundary(period_of("P1DT12H"), at("2026-11-01T06:00:00Z"), &next, NULL), 0);
	check_time(next, "2026-11-02T18:00:00Z");
	CHECK_INT(window_previous_boundary(period_of("P2M"), at("2026-01-15"), &next, NULL), 0);
	check_time(next, "2025-11-15T00:00:00Z");
}

static size_t count_due(const char *period, const char *previous, const char *now, int max, struct window_list *list)
{
	struct window_plan plan = {.period = period_of(period),
				   .now = at(now),
				   .lag_s = 10800,
				   .previous_end = at(previous),
				   .max_catchup = max};
	struct error err;
	CHECK_INT(window_due(&plan, list, &err), 0);
	return list->count;
}

static void catching_up(void)
{
	struct window_list list;
	set_zone("UTC");
	CHECK_INT(count_due("P1D", "2026-11-23", "2026-11-24T02:59:59Z", 7, &list), 0);
	CHECK_INT(count_due("P1D", "2026-11-23", "2026-11-24T03:00:00Z", 7, &list), 1);
	window_list_release(&list);
	CHECK_INT(count_due("P1D", "2026-11-01", "2026-11-24T12:00:00Z", 7, &list), 7);
	check_time(list.windows[0].start, "2026-11-01T00:00:00Z");
	check_time(list.windows[0].end, "2026-11-18T00:00:00Z");
	check_time(list.windows[6].end, "2026-11-24T00:00:00Z");
	window_list_release(&list);
	/* After a change of the period or the zone one shorter window leads to the new boundary. */
	CHECK_INT(count_due("P1D", "2026-11-22T18:00:00Z", "2026-11-24T12:00:00Z", 7, &list), 2);
	check_time(list.windows[0].end, "2026-11-23T00:00:00Z");
	window_list_release(&list);
	CHECK_INT(count_due("P1W", "2026-11-09T11:00:00Z", "2026-11-24T12:00:00Z", 7, &list), 3);
	check_time(list.windows[0].end, "2026-11-10T00:00:00Z");
	check_time(list.windows[1].end, "2026-11-17T00:00:00Z");
	window_list_release(&list);
	struct window_plan plan = {
	    .period = period_of("P1D"), .now = at("2026-11-24"), .previous_end = at("2026-11-26"), .max_catchup = 7};
	struct error err;
	CHECK(window_due(&plan, &list, &err) == -1 && err.status == EXIT_BAD_INPUT);
	plan.period = period_of("PT0S");
	CHECK(window_due(&plan, &list, &err) == -1 && err.status == EXIT_CONFIG);
}

/* Whatever the zone and the period: each window begins where the one before ended, and a run now or later agrees. */
static void tiling(void)
{
	static const char *const zones[] = {"UTC",          "Australia/Sydney",    "America/Sao_Paulo",
					    "Africa/Cairo", "Asia/Beirut",         "America/St_Johns",
					    "Pacific/Apia", "Australia/Lord_Howe", "Antarctica/Troll"};
	static const char *const periods[] = {"P1D", "PT1H", "PT6H",    "PT8H", "PT24H", "P2D",
					      "P1W", "P1M",  "P1DT12H", "PT7H", "PT45M"};
	uint64_t random = 88172645463325252u;
	for (size_t zone = 0; zone < sizeof(zones) / sizeof(*zones); zone++) {
		set_zone(zones[zone]);
		for (size_t i = 0; i < sizeof(periods) / sizeof(*periods); i++) {
			struct duration period = period_of(periods[i]);
			random ^= random << 13, random ^= random >> 7, random ^= random << 17;
			int64_t start = 1262304000 + (int64_t)(random % 500000000), limit = start + 40 * 86400,
				boundary, last;
			CHECK_INT(window_last_boundary(period, start, WINDOW_NO_END, &boundary, NULL), 0);
			CHECK(boundary <= start);
			int64_t first = boundary;
			for (int64_t next = boundary; next <= limit; boundary = next) {
				if (!CHECK(window_next_boundary(period, boundary, &next, NULL) == 0 && next > boundary))
					break;
				if (next > limit)
					break;
			}
			CHECK_INT(window_last_boundary(period, limit, first, &last, NULL), 0);
			if (!CHECK_INT(last, boundary))
				fprintf(stderr, "  %s %s\n", zones[zone], periods[i]);
		}
	}
}

static void zones(void)
{
	struct error err;
	static const char *const good[] = {"UTC", "Australia/Sydney", ":Europe/Berlin", "AEST-10", "<+0330>-3:30", ""};
	static const char *const wrong[] = {"Mars/Olympus", "Australia/Sidney", "XYZ", "../../etc/passwd"};
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		setenv("TZ", good[i], 1);
		CHECK_INT(window_check_timezone(&err), 0);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		setenv("TZ", wrong[i], 1);
		CHECK(window_check_timezone(&err) == -1 && err.status == EXIT_CONFIG);
	}
}

int main(void)
{
	durations();
	times();
	local_days();
	odd_days();
	parts_of_a_day();
	longer_periods();
	catching_up();
	tiling();
	zones();
	return check_result();
}
