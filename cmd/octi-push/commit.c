/* SPDX-License-Identifier: Apache-2.0 */
#include "commit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "country.h"
#include "exit-codes.h"
#include "log.h"
#include "state-dir.h"
#include "state.h"
#include "timestamp.h"
#include "window.h"
#include "xalloc.h"

static int misuse(const char *text, struct error *err)
{
	return error_set(err, EXIT_USAGE, "\"%s\" is no window; it is COUNTRY/START/END or COUNTRY/START/END/again",
			 text);
}

static int parse_fields(char *copy, struct commit_window *window)
{
	char *fields[4] = {copy};
	size_t count = 1;
	for (char *at = copy; *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (count == 4)
			return -1;
		fields[count++] = at + 1;
	}
	if (count < 3 || (count == 4 && strcmp(fields[3], "again") != 0) || strlen(fields[0]) != 2 ||
	    !country_find(fields[0]) || timestamp_parse(fields[1], &window->start, NULL) != 0 ||
	    timestamp_parse(fields[2], &window->end, NULL) != 0 || window->start >= window->end)
		return -1;
	snprintf(window->country, sizeof window->country, "%s", country_find(fields[0])->alpha2);
	window->again = count == 4;
	return 0;
}

int commit_parse(const char *text, struct commit_window *window, struct error *err)
{
	char *copy = xstrdup(text);
	int result = parse_fields(copy, window);
	free(copy);
	return result == 0 ? 0 : misuse(text, err);
}

char *commit_format(const struct commit_window *window)
{
	char start[TIMESTAMP_TEXT_MAX], end[TIMESTAMP_TEXT_MAX];
	return xasprintf("%s/%s/%s%s", window->country, timestamp_format(window->start, start),
			 timestamp_format(window->end, end), window->again ? "/again" : "");
}

int commit_allowed(const char *state, const struct commit_window *window, bool planned_absent, bool *allowed,
		   char *reason, size_t reason_size, struct error *err)
{
	int64_t stored;
	char text[TIMESTAMP_TEXT_MAX];
	enum state_mark mark = window->again ? STATE_REVISITED : STATE_WINDOW_END;
	if (state_mark(state, mark, window->country, &stored, err) != 0)
		return -1;
	*allowed = stored == window->start || (stored == STATE_ABSENT && planned_absent && !window->again);
	if (*allowed)
		return 0;
	if (stored == STATE_ABSENT)
		snprintf(reason, reason_size, "the platform has no state for %s any more", window->country);
	else
		snprintf(reason, reason_size, "the platform's state for %s stands at %s, the window begins elsewhere",
			 window->country, timestamp_format(stored, text));
	return 0;
}

/* A window of another length than the period's cannot be found again by counting boundaries. */
static void note_joined(const struct push_settings *settings, const struct commit_window *window,
			struct state_change *change)
{
	int64_t next;
	if (window_next_boundary(settings->period, window->start, &next, NULL) != 0 || next == window->end)
		return;
	change->is_joined = true;
	change->joined_start = window->start;
	change->joined_end = window->end;
}

/* What the window changes in the state. */
static int plan_change(const struct session *session, const struct commit_window *window, struct state_change *change,
		       struct error *err)
{
	int64_t revisited;
	*change = (struct state_change){
	    .country = window->country,
	    .last_run = timestamp_now(),
	    .window_end = window->again ? STATE_ABSENT : window->end,
	    .revisited = window->again ? window->end : STATE_ABSENT,
	};
	if (window->again)
		return 0;
	if (state_mark(session->state, STATE_REVISITED, window->country, &revisited, err) != 0)
		return -1;
	if (duration_is_zero(session->settings->revisit))
		/* Turned on one day, it shall not begin with years that are long gone. */
		change->forget_revisited = revisited != STATE_ABSENT;
	else if (revisited == STATE_ABSENT)
		change->revisited = window->start;
	note_joined(session->settings, window, change);
	return 0;
}

static int store(struct session *session, const struct commit_window *window, bool *moved, struct error *err)
{
	struct state_change change;
	if (plan_change(session, window, &change, err) != 0)
		return -1;
	char *text = state_change(session->state, &change);
	int result = session_store(session, text, moved, err);
	free(text);
	if (result == 0 && !*moved)
		log_warning("state not moved: it was reset in OpenCTI meanwhile");
	return result;
}

int commit_window(struct session *session, const struct commit_window *window, bool planned_absent, bool *moved,
		  struct error *err)
{
	bool allowed;
	char reason[200];
	*moved = false;
	if (session_read(session, err) != 0 ||
	    commit_allowed(session->state, window, planned_absent, &allowed, reason, sizeof reason, err) != 0)
		return -1;
	if (!allowed) {
		log_warning("state not moved: %s", reason);
		return 0;
	}
	return store(session, window, moved, err);
}

static void write_note(FILE *file, const struct push_settings *settings, const char *state)
{
	fprintf(file, "%s\n", settings->connector_id);
	for (const char *const *country = settings->countries; *country; country++) {
		int64_t end;
		bool absent = state_mark(state, STATE_WINDOW_END, *country, &end, NULL) != 0 || end == STATE_ABSENT;
		fprintf(file, "%s %s\n", *country, absent ? "absent" : "present");
	}
}

void commit_note_plan(const struct push_settings *settings, const char *state)
{
	char *path = state_dir_path(settings, "planned");
	if (!path)
		return;
	char *temporary = xasprintf("%s.tmp", path);
	FILE *file = fopen(temporary, "we");
	if (file) {
		write_note(file, settings, state);
		if (fclose(file) != 0 || rename(temporary, path) != 0)
			remove(temporary);
	}
	free(temporary);
	free(path);
}

bool commit_planned_absent(const struct push_settings *settings, const char *country, bool fallback)
{
	char line[128], code[8], word[16];
	bool absent = fallback;
	char *path = state_dir_path(settings, "planned");
	FILE *file = path ? fopen(path, "re") : NULL;
	free(path);
	if (!file)
		return fallback;
	if (fgets(line, sizeof line, file)) {
		line[strcspn(line, "\n")] = '\0';
		bool ours = strcmp(line, settings->connector_id) == 0;
		while (ours && fgets(line, sizeof line, file)) {
			if (sscanf(line, "%7s %15s", code, word) == 2 && strcmp(code, country) == 0)
				absent = strcmp(word, "absent") == 0;
		}
	}
	fclose(file);
	return absent;
}
