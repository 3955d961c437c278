/* SPDX-License-Identifier: Apache-2.0 */
#include "delivery.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>

#include "due.h"
#include "exit-codes.h"
#include "log.h"
#include "push.h"
#include "send-directory.h"
#include "stop.h"
#include "timestamp.h"
#include "xalloc.h"

/* What is granted to the commit of a push that a signal overtook. */
#define COMMIT_FAREWELL_MS 3000

char *delivery_window_text(const struct delivery *delivery)
{
	char start[TIMESTAMP_TEXT_MAX], end[TIMESTAMP_TEXT_MAX];
	const struct commit_window *window = &delivery->window;
	if (!delivery->has_window)
		return xstrdup("");
	return xasprintf(" %s %s/%s%s", window->country, timestamp_format(window->start, start),
			 timestamp_format(window->end, end), window->again ? " again" : "");
}

int delivery_check(const struct delivery *delivery, const struct bundle_spool *bundle, struct error *err)
{
	if (delivery->has_window && bundle->partial)
		return error_set(err, EXIT_BAD_INPUT,
				 "the bundle's report is partial, so it cannot stand for its window; push it without "
				 "--window");
	if (bundle->incompatible)
		log_warning("%llu object%s that OpenCTI has no place for left out, such as \"%s\"",
			    (unsigned long long)bundle->incompatible, bundle->incompatible == 1 ? " is" : "s are",
			    bundle->first_incompatible);
	if (bundle->outside)
		log_info("%llu reference%s to objects outside the bundle, such as \"%s\"",
			 (unsigned long long)bundle->outside, bundle->outside == 1 ? "" : "s", bundle->first_outside);
	return 0;
}

/*
 * No two works have a name in common: one of the same name is taken for a twin that an answer which was lost has opened
 * (works.c), and processes of one connector may begin in the same moment, on two machines even.
 */
static char *work_name(const struct delivery *delivery, const struct push_settings *settings)
{
	uint32_t tag;
	char now[TIMESTAMP_TEXT_MAX];
	if (getrandom(&tag, sizeof tag, 0) != (ssize_t)sizeof tag)
		exit(EXIT_SOFTWARE); /* not on a kernel that knows the call */
	char *window = delivery_window_text(delivery);
	char *name = xasprintf("%s%s run @ %s %08" PRIx32, settings->connector_name, window,
			       timestamp_format(timestamp_now(), now), tag);
	free(window);
	return name;
}

static void tell(const struct delivery *delivery, const struct push_result *result)
{
	char *window = delivery_window_text(delivery);
	char *what = xasprintf("pushed%s", window);
	push_tell(result, what);
	free(what);
	free(window);
}

static int push(const struct delivery *delivery, struct session *session, struct bundle_spool *bundle,
		struct error *err)
{
	if (bundle->count == 0) {
		log_info("the bundle has no objects: nothing to push");
		return 0;
	}
	if (session->settings->directory && send_to_directory(session, bundle, err) != 0)
		return -1;
	if (!session->settings->to_queue) {
		log_info("nothing is sent to the platform: connector.send_to_queue is false");
		return 0;
	}
	struct push_result result;
	char *name = work_name(delivery, session->settings);
	int pushed = push_protocol_find(session->settings->queue_protocol)->push(session, bundle, name, &result, err);
	free(name);
	if (pushed != 0)
		return -1;
	tell(delivery, &result);
	session->refused += work_errors_failed(&result.errors);
	return 0;
}

static int commit(const struct delivery *delivery, struct session *session, struct error *err)
{
	bool moved;
	if (!delivery->has_window || !delivery->commit)
		return 0;
	if (stop_signal())
		platform_farewell(&session->platform, COMMIT_FAREWELL_MS);
	session->next_run = due_next_run(session->settings, session->state, session_now(session));
	return commit_window(session, &delivery->window, delivery->planned_absent, &moved, err);
}

int delivery_run(const struct delivery *delivery, struct session *session, struct bundle_spool *bundle,
		 struct error *err)
{
	if (push(delivery, session, bundle, err) != 0)
		return -1;
	return commit(delivery, session, err);
}
