/* SPDX-License-Identifier: Apache-2.0 */
#include "outbox-send.h"

#include <stdlib.h>
#include <unistd.h>

#include "exit-codes.h"
#include "graphql-fault.h"
#include "log.h"
#include "outbox.h"

static void hold(struct due_held *held, const struct delivery *delivery)
{
	if (delivery->has_window && delivery->commit)
		due_hold(held, delivery->window.country, delivery->window.again);
}

static bool is_held(const struct due_held *held, const struct delivery *delivery)
{
	return delivery->has_window && due_is_held(held, delivery->window.country, delivery->window.again);
}

/* Whether it is the bundle that is at fault, and not the platform, the token, the disk or a signal. */
static bool is_refusal(const struct error *err)
{
	return err->status == EXIT_BAD_INPUT || err->status == EXIT_SOFTWARE ||
	       (err->status == EXIT_UNAVAILABLE && !graphql_error_may_pass(err));
}

static int send_entry(struct session *session, const struct outbox_entry *entry, bool *sent, struct error *err)
{
	struct bundle_spool bundle;
	int fd;
	*sent = false;
	bundle_spool_init(&bundle);
	int result = outbox_open(entry, &bundle, &fd, err);
	if (result == 0 && fd >= 0) {
		log_info("sending \"%s\" of the outbox", entry->path);
		result = delivery_run(&entry->delivery, session, &bundle, err);
		*sent = result == 0;
		if (result == 0)
			result = outbox_remove(entry, err);
		close(fd);
	}
	bundle_spool_release(&bundle);
	return result;
}

static int note_refusal(struct session *session, struct outbox_entry *entry, struct due_held *held,
			const struct error *why, struct error *err)
{
	bool given_up;
	if (outbox_refuse(session->settings, entry, &given_up, err) != 0)
		return -1;
	if (given_up) {
		log_error("refused for the last time, kept as \"%s\": %s", entry->path, why->text);
		return 0;
	}
	log_error("refused %u of %d times: \"%s\": %s", entry->refusals, OUTBOX_TRIES, entry->path, why->text);
	hold(held, &entry->delivery);
	return 0;
}

static int send_list(struct session *session, struct outbox_list *list, struct due_held *held, bool *any_sent,
		     int *status, struct error *err)
{
	size_t waiting = 0;
	for (size_t i = 0; i < list->count; i++) {
		struct outbox_entry *entry = &list->entries[i];
		bool sent;
		if (!outbox_is_ours(entry, session->settings))
			continue;
		if (is_held(held, &entry->delivery)) {
			waiting++;
			continue;
		}
		if (send_entry(session, entry, &sent, err) == 0) {
			*any_sent = *any_sent || sent;
			if (!sent)
				hold(held, &entry->delivery);
			continue;
		}
		if (!is_refusal(err)) {
			if (graphql_error_may_pass(err))
				err->status = EXIT_TRY_LATER;
			return error_prefix(err, "the outbox waits");
		}
		*status = err->status;
		struct error why = *err;
		if (note_refusal(session, entry, held, &why, err) != 0)
			return -1;
	}
	if (waiting)
		log_info("%zu more of the outbox wait%s behind what was refused", waiting, waiting == 1 ? "s" : "");
	return 0;
}

int outbox_send(struct session *session, struct due_held *held, bool *sent, int *status, struct error *err)
{
	struct outbox_list list;
	*status = EXIT_DONE;
	*sent = false;
	if (outbox_list(session->settings, &list, err) != 0)
		return -1;
	int result = send_list(session, &list, held, sent, status, err);
	outbox_list_release(&list);
	return result;
}

int outbox_hold(const struct push_settings *settings, struct due_held *held, struct error *err)
{
	struct outbox_list list;
	if (outbox_list(settings, &list, err) != 0)
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		if (outbox_is_ours(&list.entries[i], settings))
			hold(held, &list.entries[i].delivery);
	}
	outbox_list_release(&list);
	return 0;
}
