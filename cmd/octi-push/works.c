/* SPDX-License-Identifier: Apache-2.0 */
#include "works.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit-codes.h"
#include "log.h"
#include "stop.h"
#include "works-announced.h"
#include "works-of-platform.h"
#include "xalloc.h"

#define POLL_FIRST_MS 100
#define POLL_LAST_MS  5000
/* A work on which nothing happens any more for so long has got all that it will get. */
#define STALL_MS 60000
/* How long the end of a push is looked for: small bundles are imported by then. */
#define LOOK_MS 1500
/* What is granted to the farewells after a signal; vt-report waits for eight seconds. */
#define FAREWELL_MS 3000

static struct platform *platform_of(const struct works *works)
{
	return &works->session->platform;
}

void works_init(struct works *works, struct session *session, const char *name)
{
	*works = (struct works){.session = session, .name = name};
}

/* What the journal still has of them is for the next process. */
static void release_list(struct works *works)
{
	for (size_t i = 0; works->list && i < works->count; i++) {
		journal_leave(&works->list[i].journal);
		free(works->list[i].id);
	}
	free(works->list);
	works->list = NULL;
	works->count = 0;
}

void works_release(struct works *works)
{
	release_list(works);
	works_known_release(&works->known);
}

int works_begin(struct works *works, uint64_t objects, uint64_t parts, struct error *err)
{
	struct version version = platform_of(works)->version;
	if (!version_push_has_work_id(version) || objects == 1) {
		works->mode = WORKS_OF_PLATFORM;
		return works_of_platform_begin(works, err);
	}
	bool multi_part = parts > 1 && version_has_multi_part_work(version);
	works->mode = multi_part ? WORKS_MULTI_PART : WORKS_FOR_EACH_PART;
	return 0;
}

void works_take(struct works *works, const char *id, enum journal_stage stage, uint64_t promised)
{
	struct work work = {.id = xstrdup(id), .promised = promised};
	work.journal = journal_open(works->session->settings, id, stage, promised);
	works->list = xreallocarray(works->list, works->count + 1, sizeof *works->list);
	works->list[works->count++] = work;
}

struct twins {
	const struct works *works;
	const char *name;
	const char *own;
};

/* A work of our name that is not ours was opened by a request whose answer was lost. */
static void delete_twin(void *data, const char *id, const char *name, const char *status)
{
	const struct twins *twins = data;
	struct error err;
	if (strcmp(name, twins->name) != 0 || strcmp(id, twins->own) == 0 || strcmp(status, "complete") == 0)
		return;
	if (platform_work_delete(platform_of(twins->works), id, &err) != 0)
		log_warning("cannot delete the work %s, which was opened twice: %s", id, err.text);
}

int works_open(struct works *works, uint64_t promised, struct error *err)
{
	char *id;
	char *name =
	    works->count == 0 ? xstrdup(works->name) : xasprintf("%s, part %zu", works->name, works->count + 1);
	bool multi_part = works->mode == WORKS_MULTI_PART;
	int result = platform_work_add(platform_of(works), name, multi_part, &id, err);
	if (result == 0) {
		works_take(works, id, JOURNAL_OPEN, promised);
		struct twins twins = {works, name, id};
		struct error ignored;
		platform_each_work(platform_of(works), delete_twin, &twins, &ignored);
	}
	free(id);
	free(name);
	return result;
}

static struct work *current(const struct works *works)
{
	return works->count ? &works->list[works->count - 1] : NULL;
}

int works_for_part(struct works *works, const char **id, struct error *err)
{
	*id = NULL;
	if (works->mode == WORKS_OF_PLATFORM)
		return 0;
	struct work *work = current(works);
	/* A part that was refused as too large is cut in two; its work serves for the first half. */
	bool reusable = work && (works->mode == WORKS_MULTI_PART || !work->accepted);
	if (!reusable && works_open(works, 0, err) != 0)
		return -1;
	*id = current(works)->id;
	return 0;
}

static void note(struct works *works, struct work *work, enum journal_stage stage)
{
	journal_note(&work->journal, works->session->settings, work->id, stage, work->announced);
}

/* All was pushed: what is left is bookkeeping, and the next run can do it. */
static void leave_to_next(struct works *works, struct work *work, const char *why)
{
	log_warning("the work %s is left for the next run to end: %s", work->id, why);
	note(works, work, JOURNAL_ACCEPTED);
}

static void to_processed(struct works *works, struct work *work)
{
	struct error err;
	char message[64];
	snprintf(message, sizeof message, "%llu objects were pushed", (unsigned long long)work->announced);
	if (platform_work_to_processed(platform_of(works), work->id, message, false, &err) == 0)
		note(works, work, JOURNAL_ENDED);
	else
		leave_to_next(works, work, err.text);
}

int works_part_accepted(struct works *works, uint64_t objects, bool is_last, struct error *err)
{
	(void)err;
	works->pushes++;
	struct work *work = current(works);
	if (!work)
		return 0;
	work->announced += objects;
	work->settled = false;
	work->accepted = is_last || works->mode == WORKS_FOR_EACH_PART;
	if (works->mode != WORKS_FOR_EACH_PART)
		return 0;
	if (version_platform_splits(platform_of(works)->version))
		to_processed(works, work);
	else
		/* The worker that splits the bundle tells how many objects there are; the work completes by itself. */
		note(works, work, JOURNAL_ENDED);
	return 0;
}

int works_restart(struct works *works, uint64_t objects, uint64_t parts, struct error *err)
{
	struct work *work = current(works);
	bool switches = works->pushes == 0 && work && works->mode == WORKS_FOR_EACH_PART &&
			version_has_multi_part_work(platform_of(works)->version);
	if (works->pushes || (work && !switches))
		return 0;
	if (switches) {
		if (platform_work_delete(platform_of(works), work->id, err) != 0)
			return -1;
		journal_close(&work->journal);
	}
	release_list(works);
	return works_begin(works, objects, parts, err);
}

/* Whether the platform is through with the work, as far as it will ever be. */
static bool is_settled(const struct work *work, bool stalled)
{
	const struct platform_work *seen = &work->seen;
	if (seen->over)
		return true;
	if (work->promised)
		return seen->processed >= 0 && (uint64_t)seen->processed >= work->announced;
	if (seen->expected <= 0 || seen->processed < seen->expected)
		return false;
	return stalled || (uint64_t)seen->expected >= work->announced;
}

static int look_at_works(struct works *works, bool stalled, bool *settled, int64_t *progress, struct error *err)
{
	for (size_t i = 0; i < works->count; i++) {
		struct work *work = &works->list[i];
		/* The work of the part that is to be pushed next waits, and is not waited for. */
		if (!work->announced)
			continue;
		if (!work->settled) {
			if (platform_work_read(platform_of(works), work->id, &work->seen, err) != 0)
				return -1;
			work->settled = is_settled(work, stalled);
		}
		*settled = *settled && work->settled;
		*progress += work->seen.processed + work->seen.expected;
	}
	return 0;
}

static int look(struct works *works, bool stalled, bool *settled, int64_t *progress, struct error *err)
{
	*settled = true;
	*progress = 0;
	if (works->mode == WORKS_OF_PLATFORM)
		return works_of_platform_look(works, settled, progress, err);
	return look_at_works(works, stalled, settled, progress, err);
}

static int stopped(struct error *err)
{
	return error_set(err, EXIT_SIGNAL_BASE + stop_signal(), "ended by a signal");
}

/* Sleeps a while that grows from poll to poll; in between the connector stays alive. */
static int pause_poll(struct works *works, long *interval_ms, struct error *err)
{
	stop_sleep(*interval_ms);
	*interval_ms = *interval_ms * 3 / 2 < POLL_LAST_MS ? *interval_ms * 3 / 2 : POLL_LAST_MS;
	if (stop_signal())
		return stopped(err);
	return session_keep_alive(works->session, err);
}

/* Whether the time for waiting is over. */
static bool give_up(struct works *works)
{
	if (!works->wait_until_ms)
		works->wait_until_ms = graphql_clock_ms() + works->session->settings->wait_ms;
	if (!works->gave_up && graphql_clock_ms() >= works->wait_until_ms) {
		works->gave_up = true;
		log_warning("the platform has not processed all parts within the time of push_wait; going on, so "
			    "the report may miss references until it is pushed again");
	}
	return works->gave_up;
}

int works_wait(struct works *works, struct error *err)
{
	long interval_ms = POLL_FIRST_MS;
	int64_t last_progress = -1, progress, since_ms = graphql_clock_ms();
	while (!give_up(works)) {
		bool settled;
		bool stalled = graphql_clock_ms() - since_ms >= STALL_MS;
		if (look(works, stalled, &settled, &progress, err) != 0)
			return -1;
		if (settled)
			return 0;
		if (progress != last_progress) {
			last_progress = progress;
			since_ms = graphql_clock_ms();
		}
		if (pause_poll(works, &interval_ms, err) != 0)
			return -1;
	}
	return 0;
}

/* Waits until the platform knows how many objects are to come: a worker has split the last part. */
static int wait_announced(struct works *works, struct work *work, bool *announced, struct error *err)
{
	long interval_ms = POLL_FIRST_MS;
	for (;;) {
		if (platform_work_read(platform_of(works), work->id, &work->seen, err) != 0)
			return -1;
		*announced =
		    !work->seen.found || work->seen.complete || (uint64_t)work->seen.expected >= work->announced;
		if (*announced || give_up(works))
			return 0;
		if (pause_poll(works, &interval_ms, err) != 0)
			return -1;
	}
}

void works_finish(struct works *works)
{
	struct work *work = current(works);
	struct error err;
	bool announced = true;
	if (works->mode == WORKS_OF_PLATFORM)
		works_of_platform_adopt(works);
	if (works->mode == WORKS_ANNOUNCED)
		to_processed(works, work);
	if (works->mode != WORKS_MULTI_PART)
		return;
	if (!version_platform_splits(platform_of(works)->version) && wait_announced(works, work, &announced, &err) != 0)
		leave_to_next(works, work, err.text);
	else if (announced)
		to_processed(works, work);
	else
		note(works, work, JOURNAL_ACCEPTED);
}

void works_fail(struct works *works, const char *why)
{
	if (stop_signal())
		platform_farewell(platform_of(works), FAREWELL_MS);
	for (size_t i = 0; i < works->count; i++) {
		struct work *work = &works->list[i];
		struct error err;
		if (work->accepted)
			continue;
		if (work->promised)
			works_announced_fail(works, work, why);
		else if (platform_work_to_processed(platform_of(works), work->id, why, true, &err) == 0)
			journal_close(&work->journal);
		else
			log_warning("cannot close the work %s: %s", work->id, err.text);
	}
}

static void add_up(const struct works *works, struct push_result *result)
{
	bool complete = true;
	result->works = works->count;
	result->expected = result->processed = 0;
	result->errors = (struct work_errors){0};
	for (size_t i = 0; i < works->count; i++) {
		const struct platform_work *seen = &works->list[i].seen;
		complete = complete && seen->complete;
		result->expected += seen->expected;
		result->processed += seen->processed;
		work_errors_join(&result->errors, &seen->errors);
	}
	snprintf(result->work_id, sizeof result->work_id, "%s", current(works)->id);
	snprintf(result->status, sizeof result->status, "%s", complete ? "complete" : "progress");
}

static int look_at_open(struct works *works, struct error *err)
{
	for (size_t i = 0; i < works->count; i++) {
		struct work *work = &works->list[i];
		if (!work->seen.over && platform_work_read(platform_of(works), work->id, &work->seen, err) != 0)
			return -1;
		/* What the others come to is told by the next process. */
		if (work->seen.over)
			journal_close(&work->journal);
	}
	return 0;
}

void works_look(struct works *works, struct push_result *result)
{
	int64_t until_ms = graphql_clock_ms() + LOOK_MS;
	long interval_ms = POLL_FIRST_MS;
	while (works->count) {
		struct error err;
		if (look_at_open(works, &err) != 0) {
			log_debug("%s", err.text);
			return;
		}
		add_up(works, result);
		if (strcmp(result->status, "complete") == 0 || graphql_clock_ms() >= until_ms || stop_signal())
			return;
		stop_sleep(interval_ms);
		interval_ms *= 2;
	}
}
