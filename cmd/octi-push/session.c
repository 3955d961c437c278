/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "state.h"
#include "timestamp.h"

/* pycti's rhythm; the platform calls a connector active for five minutes after a ping. */
#define PING_EVERY_MS 40000
#define SKEW_MAX_S    300

static int greet(struct session *session, bool read_only, struct error *err)
{
	const char *odd;
	struct platform *platform = &session->platform;
	if (platform_about(platform, &odd, err) != 0)
		return -1;
	if (odd)
		log_warning("OpenCTI %s: %s", platform->version_text, odd);
	log_debug("OpenCTI %s at %s", platform->version_text, session->settings->url);
	if (!read_only && platform_register(platform, err) != 0)
		return -1;
	return session_read(session, err);
}

int session_open(struct session *session, const struct push_settings *settings, bool read_only, struct error *err)
{
	*session = (struct session){.settings = settings, .next_run = -1};
	if (platform_open(&session->platform, settings, err) != 0)
		return -1;
	if (greet(session, read_only, err) != 0) {
		session_close(session);
		return -1;
	}
	session->platform.bulk.idle = session_keep_alive_in_passing;
	session->platform.bulk.idle_data = session;
	return 0;
}

void session_close(struct session *session)
{
	platform_close(&session->platform);
	free(session->state);
	session->state = NULL;
}

int session_read(struct session *session, struct error *err)
{
	struct platform_connector connector;
	if (platform_read_connector(&session->platform, &connector, err) != 0)
		return -1;
	free(session->state);
	session->state = connector.state;
	connector.state = NULL;
	/* pycti counts a megabyte as a million bytes (opencti.md section 5). */
	session->queue_mb = connector.queue_bytes / 1e6;
	platform_connector_release(&connector);
	session->buffering = session->queue_mb >= session->settings->queue_threshold_mb;
	session->last_contact_ms = graphql_clock_ms();
	return 0;
}

static int send_state(struct session *session, const char *text, char **stored, struct error *err)
{
	int64_t last_run = state_last_run(text);
	struct platform_info info = {
	    .buffering = session->buffering,
	    .queue_threshold_mb = session->settings->queue_threshold_mb,
	    .queue_mb = session->queue_mb,
	    .last_run = last_run == STATE_ABSENT ? -1 : last_run,
	    .next_run = session->next_run,
	};
	session->last_contact_ms = graphql_clock_ms();
	if (platform_ping(&session->platform, state_exists(text) ? text : NULL, &info, stored, err) == 0)
		return 0;
	/* Somebody deleted the connector: it is made anew, without a state. */
	if (!err || strcmp(err->code, "FUNCTIONAL_ERROR") != 0)
		return -1;
	log_warning("the connector was deleted on the platform; registering it again");
	if (platform_register(&session->platform, err) != 0)
		return -1;
	*stored = NULL;
	return 0;
}

static void take_stored(struct session *session, char *stored)
{
	free(session->state);
	session->state = stored;
}

int session_ping(struct session *session, struct error *err)
{
	char *stored;
	if (session_read(session, err) != 0 || send_state(session, session->state, &stored, err) != 0)
		return -1;
	if (!state_equal(session->state, stored)) {
		log_warning("the connector's state was reset in OpenCTI");
		session->reset = true;
	}
	take_stored(session, stored);
	return 0;
}

int session_keep_alive_in(const struct session *session)
{
	int64_t left = session->last_contact_ms + PING_EVERY_MS - graphql_clock_ms();
	return left > 0 ? (int)left : 0;
}

int session_keep_alive(struct session *session, struct error *err)
{
	return session_keep_alive_in(session) > 0 ? 0 : session_ping(session, err);
}

/* While a push is under way, which must not wait for a ping's retries; the push finds out itself what is wrong. */
void session_keep_alive_in_passing(void *data)
{
	struct session *session = data;
	struct http_retry retry = session->platform.api.retry;
	struct error err;
	session->platform.api.retry.max_attempts = 1;
	if (session_keep_alive(session, &err) != 0) {
		log_warning("no ping: %s", err.text);
		session->last_contact_ms = graphql_clock_ms();
	}
	session->platform.api.retry = retry;
}

int session_store(struct session *session, const char *text, bool *stored, struct error *err)
{
	char *answer;
	bool was_absent = !state_exists(session->state);
	*stored = false;
	if (send_state(session, text, &answer, err) != 0)
		return -1;
	/*
	 * A reset that lies before our reading has left a mark that makes the platform ignore one ping: the state was
	 * absent when we read it, and the next ping is taken. A reset after our reading is somebody's will.
	 */
	if (!state_equal(text, answer) && was_absent && !state_exists(answer)) {
		free(answer);
		if (send_state(session, text, &answer, err) != 0)
			return -1;
	}
	*stored = state_equal(text, answer);
	if (!*stored)
		session->reset = true;
	take_stored(session, answer);
	return 0;
}

int64_t session_now(const struct session *session)
{
	int64_t here = timestamp_now();
	int64_t there = session->platform.date_epoch;
	if (there < 0)
		return here;
	int64_t skew = here > there ? here - there : there - here;
	if (skew > SKEW_MAX_S)
		log_warning("this machine's clock is %lld s %s the platform's", (long long)skew,
			    here > there ? "ahead of" : "behind");
	return here < there ? here : there;
}
