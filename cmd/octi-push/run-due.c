/* SPDX-License-Identifier: Apache-2.0 */
/* The begin of a run: the connector is alive, what waits is sent, what is due is told. */
#include <unistd.h>

#include "due.h"
#include "exit-codes.h"
#include "journal.h"
#include "log.h"
#include "out.h"
#include "outbox-send.h"
#include "run.h"
#include "stop.h"

/* Over the threshold nothing is fetched: the platform has more to do than it can. */
static int check_queue(const struct session *session)
{
	if (!session->buffering)
		return EXIT_DONE;
	log_warning(
	    "the connector's queue on the platform holds %.1f MB, over the threshold of %.1f MB; nothing is due now",
	    session->queue_mb, session->settings->queue_threshold_mb);
	return EXIT_TRY_LATER;
}

static int list_due(struct run *run, struct session *session, const struct due_held *held, int64_t now)
{
	struct error err;
	struct out out;
	int status;
	if (!run->dry_run)
		commit_note_plan(&run->settings, session->state);
	out_init(&out, STDOUT_FILENO);
	due_list(&run->settings, session->state, now, held, &out, &status);
	int closed = out_close(&out, &err);
	bool reader_left = out.reader_left;
	out_release(&out);
	if (reader_left)
		stop_by_sigpipe();
	return closed == 0 ? status : run_fail(&err);
}

/* Tells the platform that we are here, and when we come again. */
static int greet_platform(struct run *run, struct session *session, int64_t now, struct error *err)
{
	session->next_run = due_next_run(&run->settings, session->state, now);
	if (run->dry_run)
		return 0;
	journal_recover(&session->platform);
	return session_ping(session, err);
}

/* What waits goes first: it may move the state on, and fill the queue. */
static int send_waiting(struct run *run, struct session *session, struct due_held *held, int *refused,
			struct error *err)
{
	*refused = EXIT_DONE;
	if (run->dry_run)
		return outbox_hold(&run->settings, held, err);
	bool sent;
	if (outbox_send(session, held, &sent, refused, err) != 0)
		return -1;
	return sent ? session_read(session, err) : 0;
}

static int plan(struct run *run, struct session *session, struct due_held *held)
{
	struct error err;
	int refused;
	int64_t now = session_now(session);
	if (greet_platform(run, session, now, &err) != 0)
		return run_fail(&err);
	int status = check_queue(session);
	if (status != EXIT_DONE)
		return status;
	if (send_waiting(run, session, held, &refused, &err) != 0)
		return run_fail(&err);
	status = check_queue(session);
	if (status != EXIT_DONE)
		return status;
	status = list_due(run, session, held, now);
	return status == EXIT_DONE ? refused : status;
}

int run_due(struct run *run)
{
	struct error err;
	struct session session;
	struct due_held held = {0};
	if (session_open(&session, &run->settings, run->dry_run, &err) != 0)
		return run_fail(&err);
	int status = plan(run, &session, &held);
	due_held_release(&held);
	session_close(&session);
	return status;
}

int run_ping(struct run *run)
{
	struct error err;
	struct session session;
	if (session_open(&session, &run->settings, run->dry_run, &err) != 0)
		return run_fail(&err);
	int status = greet_platform(run, &session, session_now(&session), &err) == 0 ? EXIT_DONE : run_fail(&err);
	if (status == EXIT_DONE)
		log_info("OpenCTI %s: the connector is %s", session.platform.version_text,
			 run->dry_run ? "not told anything" : "alive");
	session_close(&session);
	return status;
}
