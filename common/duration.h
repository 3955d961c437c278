/* SPDX-License-Identifier: Apache-2.0 */
/* ISO 8601 durations: P1D, PT6H, P1W, P1M, P1DT12H. Calendar parts stay apart from the seconds. */
#ifndef DURATION_H
#define DURATION_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct duration {
	int32_t months;  /* years and months */
	int32_t days;    /* weeks and days */
	int64_t seconds; /* hours, minutes, seconds */
};

/*
 * Whole non-negative numbers only; a zero duration ("PT0S", "0") is valid and duration_is_zero. Refused with a clear
 * text: no designator, wrong order, fractions, negative, more than 10 years.
 */
int duration_parse(const char *text, struct duration *duration, struct error *err);
bool duration_is_zero(struct duration duration);
/* Months as 30 days and days as 86400 seconds: for comparisons, never for boundaries. */
int64_t duration_approx_seconds(struct duration duration);

#endif
