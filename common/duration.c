/* SPDX-License-Identifier: Apache-2.0 */
#include "duration.h"

#include <stddef.h>
#include <string.h>

#include "exit-codes.h"

#define DAY_S       86400
#define TEN_YEARS_S ((int64_t)3660 * DAY_S)

/* Designators in the only order that ISO 8601 allows, with what each adds. */
static const struct unit {
	char designator;
	bool is_time;
	int32_t months, days;
	int64_t seconds;
} units[] = {
    {'Y', false, 12, 0, 0},  {'M', false, 1, 0, 0}, {'W', false, 0, 7, 0}, {'D', false, 0, 1, 0},
    {'H', true, 0, 0, 3600}, {'M', true, 0, 0, 60}, {'S', true, 0, 0, 1},
};
#define UNIT_COUNT (sizeof(units) / sizeof(*units))

static int refuse(const char *text, const char *why, struct error *err)
{
	return error_set(err, EXIT_CONFIG, "\"%s\" is no ISO 8601 duration such as P1D or PT6H: %s", text, why);
}

/* A whole number at *at, at most seven digits. -1 when there is none. */
static int64_t read_number(const char **at)
{
	int64_t number = 0;
	int digits = 0;
	for (; **at >= '0' && **at <= '9'; (*at)++) {
		if (++digits > 9)
			return -1;
		number = number * 10 + (**at - '0');
	}
	return digits ? number : -1;
}

int duration_parse(const char *text, struct duration *duration, struct error *err)
{
	*duration = (struct duration){.months = 0};
	if (strcmp(text, "0") == 0)
		return 0;
	const char *at = text;
	if (*at++ != 'P')
		return refuse(text, "it does not begin with P", err);
	size_t next_unit = 0;
	bool in_time = false;
	bool has_part = false;
	int64_t months = 0, days = 0;
	while (*at) {
		if (*at == 'T') {
			if (in_time || !at[1])
				return refuse(text, "nothing follows T", err);
			in_time = true;
			at++;
			continue;
		}
		int64_t number = read_number(&at);
		if (number < 0)
			return refuse(text, "only whole numbers are understood", err);
		while (next_unit < UNIT_COUNT &&
		       (units[next_unit].is_time != in_time || units[next_unit].designator != *at))
			next_unit++;
		if (next_unit == UNIT_COUNT)
			return refuse(text, *at ? "an unknown or misplaced unit" : "a number without a unit", err);
		const struct unit *unit = &units[next_unit++];
		months += number * unit->months;
		days += number * unit->days;
		duration->seconds += number * unit->seconds;
		has_part = true;
		at++;
	}
	if (!has_part)
		return refuse(text, "it is empty", err);
	if (months * 30 * DAY_S + days * DAY_S + duration->seconds > TEN_YEARS_S)
		return refuse(text, "it is longer than ten years", err);
	duration->months = (int32_t)months;
	duration->days = (int32_t)days;
	return 0;
}

bool duration_is_zero(struct duration duration)
{
	return duration.months == 0 && duration.days == 0 && duration.seconds == 0;
}

int64_t duration_approx_seconds(struct duration duration)
{
	return ((int64_t)duration.months * 30 + duration.days) * DAY_S + duration.seconds;
}
