/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows [start, end) of first-submission time, and which of them are due (design section 3). Boundaries are counted
 * in local time, by TZ as the C library knows it; nothing here looks at the clock or at the configuration.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "duration.h"
#include "error.h"

struct window {
	int64_t start;
	int64_t end;
};

/* Checks that TZ names a zone that exists; the C library would silently take UTC for an unknown one. EXIT_CONFIG. */
int window_check_timezone(struct error *err);
/* The name of the zone for the header: TZ, else what /etc/localtime points to, else "UTC". Into name[size]. */
void window_timezone_name(char *name, size_t size);

#define WINDOW_NO_END INT64_MIN

/*
 * The last boundary of the period at or before limit. previous_end is the end of the window before, or WINDOW_NO_END;
 * it is what weeks, months, multiples of days and periods that do not divide a day are counted from.
 */
int window_last_boundary(struct duration period, int64_t limit, int64_t previous_end, int64_t *boundary,
			 struct error *err);
/* The boundary after (and the one before) the given one. */
int window_next_boundary(struct duration period, int64_t boundary, int64_t *next, struct error *err);
int window_previous_boundary(struct duration period, int64_t boundary, int64_t *previous, struct error *err);

struct window_plan {
	struct duration period;
	int64_t now; /* seconds */
	int64_t lag_s;
	int64_t previous_end; /* WINDOW_NO_END: no state, so the one last full window */
	int max_catchup;      /* at least 1 */
};

struct window_list {
	struct window *windows; /* oldest first */
	size_t count;
};

/* The windows that are due, none to many; more than max_catchup missed ones are joined at the old end. EXIT_CONFIG for
 * an unusable period, EXIT_BAD_INPUT for an end that lies more than a period in the future. */
int window_due(const struct window_plan *plan, struct window_list *list, struct error *err);
void window_list_release(struct window_list *list);

/*
 * How people call the window: "2026-11-23" for a whole local day, "2026-11-17 to 2026-11-23" for whole days, else
 * "2026-11-23 06:00 to 12:00" (with the date again where it differs). Into label[size].
 */
void window_label(struct window window, char *label, size_t size);

#endif
