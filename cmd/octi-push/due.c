/* SPDX-License-Identifier: Apache-2.0 */
#include "due.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit-codes.h"
#include "log.h"
#include "state.h"
#include "timestamp.h"
#include "window.h"
#include "xalloc.h"

/* Windows that are looked at again are the same as they were, so they are never joined. */
#define NEVER_JOINED 1000000

static int64_t mark_or_no_end(int64_t mark)
{
	return mark == STATE_ABSENT ? WINDOW_NO_END : mark;
}

static int64_t next_boundary(const struct push_settings *settings, int64_t previous_end, int64_t now, struct error *err)
{
	int64_t last, next;
	if (previous_end == WINDOW_NO_END &&
	    window_last_boundary(settings->period, now - settings->lag_s, WINDOW_NO_END, &last, err) != 0)
		return -1;
	if (previous_end != WINDOW_NO_END)
		last = previous_end;
	if (window_next_boundary(settings->period, last, &next, err) != 0)
		return -1;
	return next + settings->lag_s;
}

int64_t due_next_run(const struct push_settings *settings, const char *state, int64_t now)
{
	int64_t earliest = -1;
	for (const char *const *country = settings->countries; *country; country++) {
		struct error err;
		int64_t end;
		if (state_mark(state, STATE_WINDOW_END, *country, &end, &err) != 0)
			continue;
		int64_t next = next_boundary(settings, mark_or_no_end(end), now, &err);
		if (next >= 0 && (earliest < 0 || next < earliest))
			earliest = next;
	}
	return earliest;
}

static void put_line(struct out *out, const char *country, struct window window, const char *kind)
{
	char line[128], start[TIMESTAMP_TEXT_MAX], end[TIMESTAMP_TEXT_MAX];
	int len = snprintf(line, sizeof line, "%s\t%s\t%s\t%s", country, timestamp_format(window.start, start),
			   timestamp_format(window.end, end), kind);
	out_put_line(out, line, (size_t)len);
}

static void put_list(struct out *out, const char *country, const struct window_list *list, size_t max, const char *kind)
{
	for (size_t i = 0; i < list->count && i < max; i++)
		put_line(out, country, list->windows[i], kind);
}

static int list_new(const struct push_settings *settings, const char *state, const char *country, int64_t now,
		    struct out *out, struct error *err)
{
	int64_t end;
	struct window_list list;
	if (state_mark(state, STATE_WINDOW_END, country, &end, err) != 0)
		return -1;
	struct window_plan plan = {
	    .period = settings->period,
	    .now = now,
	    .lag_s = settings->lag_s,
	    .previous_end = mark_or_no_end(end),
	    .max_catchup = settings->max_catchup,
	};
	if (window_due(&plan, &list, err) != 0)
		return error_prefix(err, "%s", country);
	put_list(out, country, &list, list.count, "new");
	window_list_release(&list);
	return 0;
}

/*
 * Whether the joined window is the next to be looked at again; then it is *joined. Else *limit is lowered, so that no
 * counted window reaches into it.
 */
static int next_is_joined(const char *state, const char *country, int64_t revisited, int64_t *limit,
			  struct window *joined, bool *is_next, struct error *err)
{
	*is_next = false;
	if (state_mark(state, STATE_JOINED_START, country, &joined->start, err) != 0 ||
	    state_mark(state, STATE_JOINED_END, country, &joined->end, err) != 0)
		return -1;
	if (joined->start == STATE_ABSENT || joined->end <= joined->start || joined->start < revisited)
		return 0;
	*is_next = joined->start == revisited;
	if (!*is_next && *limit > joined->start)
		*limit = joined->start;
	return 0;
}

static int list_again(const struct push_settings *settings, const char *state, const char *country, int64_t now,
		      struct out *out, struct error *err)
{
	int64_t end, revisited;
	bool is_joined;
	struct window joined;
	struct window_list list;
	if (state_mark(state, STATE_WINDOW_END, country, &end, err) != 0 ||
	    state_mark(state, STATE_REVISITED, country, &revisited, err) != 0)
		return -1;
	/* What was not published once cannot be looked at again. */
	int64_t limit = now - duration_approx_seconds(settings->revisit);
	if (end == STATE_ABSENT || revisited == STATE_ABSENT)
		return 0;
	if (limit > end)
		limit = end;
	if (limit <= revisited)
		return 0;
	if (next_is_joined(state, country, revisited, &limit, &joined, &is_joined, err) != 0)
		return -1;
	if (is_joined) {
		if (joined.end <= limit)
			put_line(out, country, joined, "again");
		return 0;
	}
	struct window_plan plan = {
	    .period = settings->period,
	    .now = limit,
	    .previous_end = revisited,
	    .max_catchup = NEVER_JOINED,
	};
	if (window_due(&plan, &list, err) != 0)
		return error_prefix(err, "%s", country);
	put_list(out, country, &list, (size_t)settings->max_catchup, "again");
	window_list_release(&list);
	return 0;
}

typedef int lister(const struct push_settings *settings, const char *state, const char *country, int64_t now,
		   struct out *out, struct error *err);

static void list_countries(bool again, const struct push_settings *settings, const char *state, int64_t now,
			   const struct due_held *held, struct out *out, int *status)
{
	lister *list = again ? list_again : list_new;
	for (const char *const *country = settings->countries; *country; country++) {
		struct error err;
		if (due_is_held(held, *country, again) || list(settings, state, *country, now, out, &err) == 0)
			continue;
		log_failure(&err);
		if (*status == EXIT_DONE)
			*status = err.status;
	}
}

void due_hold(struct due_held *held, const char *country, bool again)
{
	held->items = xreallocarray(held->items, held->count + 1, sizeof *held->items);
	struct due_held_country *item = &held->items[held->count++];
	snprintf(item->country, sizeof item->country, "%s", country);
	item->again = again;
}

bool due_is_held(const struct due_held *held, const char *country, bool again)
{
	for (size_t i = 0; i < held->count; i++) {
		if (strcmp(held->items[i].country, country) == 0 && held->items[i].again == again)
			return true;
	}
	return false;
}

void due_held_release(struct due_held *held)
{
	free(held->items);
	*held = (struct due_held){0};
}

void due_list(const struct push_settings *settings, const char *state, int64_t now, const struct due_held *held,
	      struct out *out, int *status)
{
	*status = EXIT_DONE;
	list_countries(false, settings, state, now, held, out, status);
	if (*status == EXIT_DONE && !duration_is_zero(settings->revisit))
		list_countries(true, settings, state, now, held, out, status);
}
