/* SPDX-License-Identifier: Apache-2.0 */
/* Pushing what comes on standard input; a whole bundle that a platform which is down does not take is kept. */
#include <stdlib.h>
#include <unistd.h>

#include "exit-codes.h"
#include "graphql-fault.h"
#include "input.h"
#include "journal.h"
#include "log.h"
#include "outbox.h"
#include "run.h"
#include "state.h"

static bool absent_in(const struct run *run, const char *state)
{
	int64_t end;
	return state_mark(state, STATE_WINDOW_END, run->delivery.window.country, &end, NULL) == 0 &&
	       end == STATE_ABSENT;
}

/* *whole tells whether the bundle was there as a whole and good to be pushed, whatever came then. */
static int push_session(struct run *run, struct session *session, struct bundle_spool *bundle, bool *whole,
			struct error *err)
{
	struct delivery *delivery = &run->delivery;
	if (delivery->has_window)
		delivery->planned_absent =
		    commit_planned_absent(&run->settings, delivery->window.country, absent_in(run, session->state));
	journal_recover(&session->platform);
	if (input_read(STDIN_FILENO, bundle, session, err) != 0 || delivery_check(delivery, bundle, err) != 0)
		return -1;
	*whole = true;
	return delivery_run(delivery, session, bundle, err);
}

/*
 * The platform has gone. What is whole, or at hand as a whole, is kept; what the stages before us would still have to
 * ask for is not: they end with us.
 */
static int keep(struct run *run, struct bundle_spool *bundle, bool whole, const struct error *why)
{
	struct error err;
	char *path;
	log_failure(why);
	if (!whole && (input_read_at_hand(STDIN_FILENO, bundle, &err) != 0))
		return err.status == EXIT_BAD_INPUT ? run_fail(&err) : why->status;
	if (!whole && delivery_check(&run->delivery, bundle, &err) != 0)
		return run_fail(&err);
	if (outbox_keep(&run->settings, bundle, &run->delivery, &path, &err) != 0)
		return run_fail(&err);
	log_warning("the bundle is kept as \"%s\"; octi-push --due sends it when the platform is there again", path);
	free(path);
	return EXIT_TRY_LATER;
}

static int conclude(struct run *run, struct bundle_spool *bundle, bool whole, const struct error *err)
{
	return graphql_error_may_pass(err) ? keep(run, bundle, whole, err) : run_fail(err);
}

int run_push(struct run *run)
{
	struct error err;
	struct session session;
	struct bundle_spool bundle;
	bool whole = false;
	int status = EXIT_DONE;
	bundle_spool_init(&bundle);
	if (session_open(&session, &run->settings, false, &err) != 0) {
		/* Nobody knows the state now; only what was planned by --due is known to have had none. */
		if (run->delivery.has_window)
			run->delivery.planned_absent =
			    commit_planned_absent(&run->settings, run->delivery.window.country, false);
		status = conclude(run, &bundle, whole, &err);
	} else {
		if (push_session(run, &session, &bundle, &whole, &err) != 0)
			status = conclude(run, &bundle, whole, &err);
		else if (session.refused)
			status = EXIT_REJECTED;
		session_close(&session);
	}
	bundle_spool_release(&bundle);
	return status;
}
