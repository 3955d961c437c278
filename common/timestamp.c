/* SPDX-License-Identifier: Apache-2.0 */
#include "timestamp.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "exit-codes.h"

int64_t timestamp_now(void)
{
	return (int64_t)time(NULL);
}

/* Exactly count digits at *at. */
static bool read_digits(const char **at, int count, int *number)
{
	*number = 0;
	for (int i = 0; i < count; i++) {
		char c = (*at)[i];
		if (c < '0' || c > '9')
			return false;
		*number = *number * 10 + (c - '0');
	}
	*at += count;
	return true;
}

static bool read_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && is_leap);
}

static bool read_date(const char **at, struct tm *date)
{
	int year, month, day;
	if (!read_digits(at, 4, &year) || !read_char(at, '-') || !read_digits(at, 2, &month) || !read_char(at, '-') ||
	    !read_digits(at, 2, &day))
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	*date = (struct tm){.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_isdst = -1};
	return true;
}

/* A leap second (:60) is taken as the second after :59. */
static bool read_time(const char **at, struct tm *date)
{
	if (!read_digits(at, 2, &date->tm_hour) || !read_char(at, ':') || !read_digits(at, 2, &date->tm_min) ||
	    !read_char(at, ':') || !read_digits(at, 2, &date->tm_sec))
		return false;
	if (date->tm_hour > 23 || date->tm_min > 59 || date->tm_sec > 60)
		return false;
	if (read_char(at, '.')) {
		int digit;
		if (!read_digits(at, 1, &digit))
			return false;
		while (read_digits(at, 1, &digit))
			continue;
	}
	return true;
}

static bool read_offset(const char **at, int *offset_s)
{
	*offset_s = 0;
	if (read_char(at, 'Z') || read_char(at, 'z'))
		return true;
	int sign = **at == '-' ? -1 : 1;
	int hours, minutes;
	if (**at != '+' && **at != '-')
		return false;
	(*at)++;
	if (!read_digits(at, 2, &hours) || !read_char(at, ':') || !read_digits(at, 2, &minutes) || hours > 23 ||
	    minutes > 59)
		return false;
	*offset_s = sign * (hours * 3600 + minutes * 60);
	return true;
}

int timestamp_parse(const char *text, int64_t *epoch, struct error *err)
{
	const char *at = text;
	struct tm date;
	int offset_s;
	if (!read_date(&at, &date) || (*at != 'T' && *at != 't') || !read_time((at++, &at), &date) ||
	    !read_offset(&at, &offset_s) || *at)
		return error_set(err, EXIT_USAGE, "\"%s\" is no time such as 2026-11-23T13:00:00Z (RFC 3339)", text);
	*epoch = (int64_t)timegm(&date) - offset_s;
	return 0;
}

int timestamp_parse_or_date(const char *text, int64_t *epoch, struct error *err)
{
	const char *at = text;
	struct tm date;
	if (!read_date(&at, &date) || *at) {
		if (timestamp_parse(text, epoch, NULL) == 0)
			return 0;
		return error_set(err, EXIT_USAGE, "\"%s\" is neither a time such as 2026-11-23T13:00:00Z nor a date",
				 text);
	}
	*epoch = timestamp_local_midnight(date.tm_year + 1900, date.tm_mon + 1, date.tm_mday);
	return 0;
}

int64_t timestamp_local_midnight(int year, int month, int day)
{
	struct tm date = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_isdst = -1};
	struct tm wanted = date;
	mktime(&wanted); /* brings day 0 or 32 into the calendar */
	/* From well before the day on to its first second: mktime may be off by the hour that was skipped or repeated.
	 */
	time_t low = mktime(&date) - 6 * 3600;
	time_t high = low + 12 * 3600;
	while (high - low > 1) {
		time_t middle = low + (high - low) / 2;
		struct tm local;
		localtime_r(&middle, &local);
		bool reached =
		    local.tm_year != wanted.tm_year ? local.tm_year > wanted.tm_year : local.tm_yday >= wanted.tm_yday;
		if (reached)
			high = middle;
		else
			low = middle;
	}
	return (int64_t)high;
}

static char *format(int64_t epoch, const char *pattern, char *text)
{
	time_t seconds = (time_t)epoch;
	struct tm date;
	if (!gmtime_r(&seconds, &date) || !strftime(text, TIMESTAMP_TEXT_MAX, pattern, &date))
		text[0] = '\0';
	return text;
}

char *timestamp_format(int64_t epoch, char *text)
{
	return format(epoch, "%Y-%m-%dT%H:%M:%SZ", text);
}

char *timestamp_format_ms(int64_t epoch, char *text)
{
	return format(epoch, "%Y-%m-%dT%H:%M:%S.000Z", text);
}

char *timestamp_format_vt(int64_t epoch, char *text)
{
	return format(epoch, "%Y-%m-%dT%H:%M:%S", text);
}

int timestamp_parse_http(const char *text, int64_t *epoch)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char name[4];
	struct tm date = {.tm_isdst = 0};
	int year;
	if (sscanf(text, "%*3[A-Za-z], %2d %3s %4d %2d:%2d:%2d GMT", &date.tm_mday, name, &year, &date.tm_hour,
		   &date.tm_min, &date.tm_sec) != 6)
		return -1;
	const char *month = strstr(months, name);
	if (!month || (month - months) % 3 != 0 || year < 1970 || date.tm_mday > 31 || date.tm_hour > 23)
		return -1;
	date.tm_mon = (int)(month - months) / 3;
	date.tm_year = year - 1900;
	*epoch = (int64_t)timegm(&date);
	return 0;
}
