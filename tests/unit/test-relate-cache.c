/* SPDX-License-Identifier: Apache-2.0 */
/* How long an answer is good: 12 hours when it was got within 48 hours of the file's first submission, else days. */
#include "../../cmd/vt-relate/cache.h"
#include "check.h"
#include "vt-file.h"

#define HOUR 3600
#define DAY  (24 * HOUR)

static const struct {
	const char *what;
	int64_t asked_after_s; /* the first submission */
	int64_t age_s;
	int64_t days;
	bool is_good;
} cases[] = {
    {"just asked", 0, 0, 7, true},
    {"the window's own run, twelve hours less a second old", 3 * HOUR, 12 * HOUR - 1, 7, true},
    {"the same, twelve hours old", 3 * HOUR, 12 * HOUR, 7, false},
    {"asked a second before the 48 hours are over", 2 * DAY - 1, 12 * HOUR, 7, false},
    {"asked when they are", 2 * DAY, 12 * HOUR, 7, true},
    {"a week less a second old", 3 * DAY, 7 * DAY - 1, 7, true},
    {"a week old", 3 * DAY, 7 * DAY, 7, false},
    {"a day old, kept for a day", 30 * DAY, DAY, 1, false},
    {"from the future", 3 * DAY, -1, 7, false},
    {"submitted after it was asked", -HOUR, 11 * HOUR, 7, true},
    {"the same, older", -HOUR, 13 * HOUR, 7, false},
};

int main(void)
{
	const int64_t asked_at = 1800000000;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bool is_good = cache_is_good(asked_at, asked_at + cases[i].age_s, asked_at - cases[i].asked_after_s,
					     cases[i].days);
		if (!CHECK(is_good == cases[i].is_good))
			fprintf(stderr, "  %s\n", cases[i].what);
	}
	/* When it is not known, the file may be new. */
	CHECK(cache_is_good(asked_at, asked_at + 11 * HOUR, VT_ABSENT, 7));
	CHECK(!cache_is_good(asked_at, asked_at + 12 * HOUR, VT_ABSENT, 7));
	return check_result();
}
