/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queue protocol "api": whole bundles by stixBundlePush (opencti.md section 2.8). One part when it fits a request;
 * else parts in dependency order, and a part that refers to what the platform has not processed yet waits: a missing
 * end is an error there, and any other missing reference is silently left out after a few seconds.
 */
#include <stdlib.h>

#include "bundle-object.h"
#include "exit-codes.h"
#include "id-set.h"
#include "log.h"
#include "part.h"
#include "push.h"
#include "stop.h"
#include "works.h"

struct pusher {
	struct session *session;
	struct bundle_spool *bundle;
	struct part_limits limits;
	struct works works;
	struct push_result *result;
	struct key_table unsettled; /* pushed, and not known to be processed */
	struct id_set in_part;
	bool depends; /* the part refers to something unsettled */
};

static int note_object(void *data, struct json_slice object, struct error *err)
{
	struct pusher *pusher = data;
	struct bundle_object read;
	struct bundle_refs refs;
	const char *id;
	size_t len;
	if (bundle_object_read(object, &read, err) != 0)
		return -1;
	id_set_add(&pusher->in_part, read.key);
	bundle_refs_init(&refs, object);
	while (!pusher->depends && bundle_refs_next(&refs, &id, &len))
		pusher->depends = key_table_has(&pusher->unsettled, bundle_key_of(id, len));
	return 0;
}

/* The request's body, and whether its part has to wait. */
static int build(struct pusher *pusher, const struct part *part, const char *work_id, struct buf *body,
		 struct error *err)
{
	/* A bundle in one part needs no book of its ids. */
	bool keeps_books = part->count < pusher->bundle->count;
	id_set_release(&pusher->in_part);
	id_set_init(&pusher->in_part);
	pusher->depends = false;
	buf_clear(body);
	platform_push_begin(&pusher->session->platform, body, work_id);
	return part_write(pusher->bundle, part, body, keeps_books ? note_object : NULL, pusher, err);
}

static int wait_for_dependencies(struct pusher *pusher, struct error *err)
{
	if (key_table_check(&pusher->unsettled, err) != 0)
		return -1;
	if (!pusher->depends)
		return 0;
	log_debug("waiting until the platform has processed what was pushed");
	if (works_wait(&pusher->works, err) != 0)
		return -1;
	key_table_release(&pusher->unsettled);
	key_table_init(&pusher->unsettled);
	return 0;
}

static void merge_unsettled(struct pusher *pusher)
{
	for (size_t i = 0; i < pusher->in_part.cap; i++) {
		struct id_key key = pusher->in_part.slots[i];
		if (key.high || key.low)
			key_table_add(&pusher->unsettled, key);
	}
}

/* The platform, or a proxy before it, takes no request of this size: half of it from now on. */
static int halve(struct pusher *pusher, const struct part *part, uint64_t body_len, struct error *err)
{
	/* The first part keeps two objects (part.h). */
	if (part->count < 2 || (part->count == 2 && part->first == 0))
		return error_prefix(err, "object %llu cannot be pushed", (unsigned long long)part->first + part->count);
	if (part->count == 2)
		pusher->limits.objects_max = 1;
	else
		pusher->limits.body_max = body_len / 2;
	uint64_t parts;
	log_info("a request of %llu bytes is too large for the platform; pushing smaller parts",
		 (unsigned long long)body_len);
	if (bundle_spool_order(pusher->bundle, err) != 0 ||
	    part_count(pusher->bundle, &pusher->limits, &parts, err) != 0)
		return -1;
	return works_restart(&pusher->works, pusher->bundle->count, parts, err);
}

/* Pushes the part that begins at *first and moves *first behind it; not when it has to be cut smaller. */
static int push_part(struct pusher *pusher, uint64_t *first, struct buf *body, struct error *err)
{
	struct part part;
	const char *work_id;
	bool too_large;
	if (part_cut(pusher->bundle, *first, &pusher->limits, &part, err) != 0 ||
	    works_for_part(&pusher->works, &work_id, err) != 0 || build(pusher, &part, work_id, body, err) != 0 ||
	    wait_for_dependencies(pusher, err) != 0)
		return -1;
	if (platform_push_send(&pusher->session->platform, body, &too_large, err) != 0)
		return too_large ? halve(pusher, &part, body->len, err) : -1;
	*first += part.count;
	merge_unsettled(pusher);
	pusher->result->parts++;
	return works_part_accepted(&pusher->works, part.count + part.company, *first == pusher->bundle->count, err);
}

static int push_parts(struct pusher *pusher, struct error *err)
{
	struct buf body;
	int result = 0;
	buf_init(&body, BUF_UNBOUNDED);
	for (uint64_t first = 0; first < pusher->bundle->count && result == 0;) {
		result = push_part(pusher, &first, &body, err);
		if (result == 0 && stop_signal() && first < pusher->bundle->count)
			result = error_set(err, EXIT_SIGNAL_BASE + stop_signal(), "ended by a signal");
	}
	buf_release(&body);
	return result;
}

static int plan(struct pusher *pusher, struct error *err)
{
	uint64_t parts;
	if (part_count(pusher->bundle, &pusher->limits, &parts, err) != 0)
		return -1;
	if (parts > 1 && (bundle_spool_order(pusher->bundle, err) != 0 ||
			  part_count(pusher->bundle, &pusher->limits, &parts, err) != 0))
		return -1;
	return works_begin(&pusher->works, pusher->bundle->count, parts, err);
}

static int push(struct session *session, struct bundle_spool *bundle, const char *work_name, struct push_result *result,
		struct error *err)
{
	const struct push_settings *settings = session->settings;
	struct pusher pusher = {
	    .session = session,
	    .bundle = bundle,
	    .limits = {.body_max = settings->body_max, .objects_max = settings->objects_max},
	    .result = result,
	};
	*result = (struct push_result){.objects = bundle->count, .part = "part"};
	works_init(&pusher.works, session, work_name);
	key_table_init(&pusher.unsettled);
	id_set_init(&pusher.in_part);
	int pushed = plan(&pusher, err);
	if (pushed == 0)
		pushed = push_parts(&pusher, err);
	if (pushed == 0) {
		works_finish(&pusher.works);
		works_look(&pusher.works, result);
	} else {
		works_fail(&pusher.works, err->text);
	}
	key_table_release(&pusher.unsettled);
	id_set_release(&pusher.in_part);
	works_release(&pusher.works);
	return pushed;
}

const struct push_protocol push_api = {"api", push};
