/* SPDX-License-Identifier: Apache-2.0 */
#include "window.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "exit-codes.h"
#include "timestamp.h"
#include "xalloc.h"

#define DAY_S        86400
#define ZONE_DIR     "/usr/share/zoneinfo/"
#define PERIOD_MIN_S 60

/* "AEST-10", "<+0330>-3:30": POSIX's own form, which needs no file. */
static bool is_posix_zone(const char *zone)
{
	size_t letters = 0;
	if (*zone == '<') {
		const char *close = strchr(zone, '>');
		return close && close - zone > 3 && (isdigit((unsigned char)close[1]) || strchr("+-", close[1]));
	}
	while (isalpha((unsigned char)zone[letters]))
		letters++;
	if (letters < 3)
		return false;
	zone += letters;
	if (*zone == '+' || *zone == '-')
		zone++;
	return isdigit((unsigned char)*zone);
}

int window_check_timezone(struct error *err)
{
	const char *zone = getenv("TZ");
	if (!zone || !*zone)
		return 0;
	if (*zone == ':')
		zone++;
	if (strcmp(zone, "UTC") == 0 || strcmp(zone, "GMT") == 0 || is_posix_zone(zone))
		return 0;
	char *path = *zone == '/' ? xstrdup(zone) : xasprintf(ZONE_DIR "%s", zone);
	bool exists = !strstr(zone, "..") && access(path, R_OK) == 0;
	free(path);
	if (exists)
		return 0;
	return error_set(err, EXIT_CONFIG, "environment TZ: there is no time zone \"%s\"", zone);
}

void window_timezone_name(char *name, size_t size)
{
	char target[PATH_MAX];
	const char *zone = getenv("TZ");
	if (zone && *zone) {
		snprintf(name, size, "%s", *zone == ':' ? zone + 1 : zone);
		return;
	}
	ssize_t len = zone ? -1 : readlink("/etc/localtime", target, sizeof(target) - 1);
	if (len > 0) {
		target[len] = '\0';
		const char *found = strstr(target, "zoneinfo/");
		if (found) {
			snprintf(name, size, "%s", found + strlen("zoneinfo/"));
			return;
		}
	}
	snprintf(name, size, "UTC");
}

/* How a period finds its boundaries. */
enum kind { DAILY, DIVIDES_DAY, CALENDAR, ROLLING };

static enum kind kind_of(struct duration period)
{
	if (period.months == 0 && period.seconds == 0 && period.days == 1)
		return DAILY;
	if (period.seconds == 0)
		return CALENDAR;
	if (period.months == 0 && period.days == 0 && DAY_S % period.seconds == 0)
		return period.seconds == DAY_S ? DAILY : DIVIDES_DAY;
	return ROLLING;
}

static int check_period(struct duration period, struct error *err)
{
	if (duration_approx_seconds(period) < PERIOD_MIN_S)
		return error_set(err, EXIT_CONFIG, "a duration period has to be at least a minute");
	return 0;
}

static struct tm local_of(int64_t epoch)
{
	time_t seconds = (time_t)epoch;
	struct tm local;
	localtime_r(&seconds, &local);
	return local;
}

/* The begin of the local day that is so many months and days away from the day that holds epoch. */
static int64_t day_start(int64_t epoch, int months, int days)
{
	struct tm local = local_of(epoch);
	int month = local.tm_mon + months;
	int year = local.tm_year + 1900 + (month >= 0 ? month / 12 : -((11 - month) / 12));
	month = (month % 12 + 12) % 12;
	/* January 31 and a month is the last day of February, not a day in March. */
	int day = local.tm_mday;
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	int length = lengths[month] + (month == 1 && is_leap);
	if (months && day > length)
		day = length;
	return timestamp_local_midnight(year, month + 1, day + days);
}

/* The same time of day, months and days away; seconds count as elapsed. */
static int64_t roll(int64_t epoch, struct duration period, int sign)
{
	if (period.months == 0 && period.days == 0)
		return epoch + sign * period.seconds;
	int64_t into_day = epoch - day_start(epoch, 0, 0);
	return day_start(epoch, sign * period.months, sign * period.days) + into_day + sign * period.seconds;
}

int window_next_boundary(struct duration period, int64_t boundary, int64_t *next, struct error *err)
{
	if (check_period(period, err))
		return -1;
	int64_t today = day_start(boundary, 0, 0);
	int64_t tomorrow = day_start(boundary, 0, 1);
	switch (kind_of(period)) {
	case DAILY:
		*next = tomorrow;
		break;
	case DIVIDES_DAY:
		*next = today + ((boundary - today) / period.seconds + 1) * period.seconds;
		if (*next > tomorrow)
			*next = tomorrow;
		break;
	case CALENDAR:
		*next = boundary == today ? day_start(boundary, period.months, period.days) : tomorrow;
		break;
	case ROLLING:
		*next = roll(boundary, period, 1);
		break;
	}
	return 0;
}

int window_previous_boundary(struct duration period, int64_t boundary, int64_t *previous, struct error *err)
{
	if (check_period(period, err))
		return -1;
	int64_t day = day_start(boundary - 1, 0, 0);
	switch (kind_of(period)) {
	case DAILY:
		*previous = day;
		break;
	case DIVIDES_DAY:
		*previous = day + (boundary - 1 - day) / period.seconds * period.seconds;
		break;
	case CALENDAR:
		*previous = day_start(boundary, -period.months, -period.days);
		break;
	case ROLLING:
		*previous = roll(boundary, period, -1);
		break;
	}
	return 0;
}

int window_last_boundary(struct duration period, int64_t limit, int64_t previous_end, int64_t *boundary,
			 struct error *err)
{
	if (check_period(period, err))
		return -1;
	enum kind kind = kind_of(period);
	*boundary = day_start(limit, 0, 0);
	if (kind == DIVIDES_DAY)
		*boundary += (limit - *boundary) / period.seconds * period.seconds;
	if (kind == DAILY || kind == DIVIDES_DAY || previous_end == WINDOW_NO_END || previous_end > limit)
		return 0;
	*boundary = previous_end;
	for (int64_t next = previous_end; next <= limit;) {
		*boundary = next;
		if (window_next_boundary(period, *boundary, &next, err))
			return -1;
	}
	return 0;
}

static void append(struct window_list *list, int64_t start, int64_t end)
{
	list->windows = xreallocarray(list->windows, list->count + 1, sizeof(*list->windows));
	list->windows[list->count++] = (struct window){start, end};
}

/* Makes one window of the oldest, so that max are left. */
static void join_oldest(struct window_list *list, size_t max)
{
	if (list->count <= max)
		return;
	size_t joined = list->count - max;
	list->windows[joined].start = list->windows[0].start;
	memmove(list->windows, list->windows + joined, max * sizeof(*list->windows));
	list->count = max;
}

int window_due(const struct window_plan *plan, struct window_list *list, struct error *err)
{
	*list = (struct window_list){.windows = NULL};
	int64_t limit = plan->now - plan->lag_s;
	int64_t start = plan->previous_end, end;
	if (check_period(plan->period, err))
		return -1;
	if (start == WINDOW_NO_END) {
		if (window_last_boundary(plan->period, limit, WINDOW_NO_END, &end, err) ||
		    window_previous_boundary(plan->period, end, &start, err))
			return -1;
		append(list, start, end);
		return 0;
	}
	if (start - plan->now > duration_approx_seconds(plan->period)) {
		char text[TIMESTAMP_TEXT_MAX];
		return error_set(err, EXIT_BAD_INPUT,
				 "the last window ended at %s, which lies in the future: is the clock right?",
				 timestamp_format(start, text));
	}
	for (;;) {
		if (window_next_boundary(plan->period, start, &end, err)) {
			window_list_release(list);
			return -1;
		}
		if (end > limit)
			break;
		append(list, start, end);
		start = end;
	}
	join_oldest(list, plan->max_catchup > 1 ? (size_t)plan->max_catchup : 1);
	return 0;
}

void window_list_release(struct window_list *list)
{
	free(list->windows);
	*list = (struct window_list){.windows = NULL};
}

void window_label(struct window window, char *label, size_t size)
{
	char first[32], last[32];
	struct tm start = local_of(window.start);
	bool whole_days = day_start(window.start, 0, 0) == window.start && day_start(window.end, 0, 0) == window.end;
	struct tm end = local_of(whole_days ? window.end - 1 : window.end);
	bool same_day = start.tm_year == end.tm_year && start.tm_yday == end.tm_yday;
	strftime(first, sizeof(first), whole_days ? "%Y-%m-%d" : "%Y-%m-%d %H:%M", &start);
	strftime(last, sizeof(last), whole_days ? "%Y-%m-%d" : same_day ? "%H:%M" : "%Y-%m-%d %H:%M", &end);
	if (whole_days && same_day)
		snprintf(label, size, "%s", first);
	else
		snprintf(label, size, "%s to %s", first, last);
}
