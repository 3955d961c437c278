/* SPDX-License-Identifier: Apache-2.0 */
#include "works-announced.h"

#include "exit-codes.h"
#include "graphql-fault.h"
#include "log.h"
#include "stop.h"

#define TRIES_MAX 5
#define PAUSE_MS  500

/*
 * Brings what the work expects to number. Adding is no operation to be repeated blindly, so what the platform holds is
 * read before and after.
 */
static int set_expected(struct platform *platform, struct work *work, int64_t number, struct error *err)
{
	for (int tries = 0; tries < TRIES_MAX; tries++) {
		if (platform_work_read(platform, work->id, &work->seen, err) != 0)
			return -1;
		if (work->seen.expected == number || !work->seen.found)
			return 0;
		if (platform_work_expect(platform, work->id, number - work->seen.expected, err) != 0 &&
		    !graphql_error_may_pass(err))
			return -1;
		if (tries > 0)
			stop_sleep(PAUSE_MS);
	}
	return error_set(err, EXIT_UNAVAILABLE, "opencti: addExpectations: the work %s does not take them", work->id);
}

int works_announce(struct works *works, uint64_t objects, struct error *err)
{
	works->mode = WORKS_ANNOUNCED;
	if (works_open(works, objects, err) != 0)
		return -1;
	return set_expected(&works->session->platform, &works->list[0], (int64_t)objects, err);
}

const char *works_announced_id(const struct works *works)
{
	return works->list[0].id;
}

void works_announced_confirmed(struct works *works, uint64_t objects)
{
	works->list[0].announced += objects;
	works->list[0].settled = false;
	works->list[0].accepted = works->list[0].announced == works->list[0].promised;
}

/* Whether the workers will end it, or have. */
static bool will_end(const struct work *work)
{
	const struct platform_work *seen = &work->seen;
	return !seen->found || seen->complete || seen->processed < seen->expected;
}

void works_announced_fail(struct works *works, struct work *work, const char *why)
{
	struct platform *platform = &works->session->platform;
	struct error err;
	if (set_expected(platform, work, (int64_t)work->announced, &err) == 0 &&
	    platform_work_to_processed(platform, work->id, why, true, &err) == 0 &&
	    platform_work_read(platform, work->id, &work->seen, &err) == 0 && will_end(work)) {
		journal_close(&work->journal);
		return;
	}
	/* Some whose confirm was lost may have been processed as well; when the queue is empty it can be told. */
	log_warning("the work %s is left for the next run to end", work->id);
}
