/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queue protocol "amqp": one message for each object, straight into the queue of the platform's workers (opencti.md
 * section 3), in dependency order. A batch is done when the server has confirmed every message of it; what was not
 * confirmed when a connection broke is sent again, so a worker may see it twice, which equal ids make harmless. Nothing
 * is added to what the work expects for that.
 */
#include "push-amqp.h"

#include <stdlib.h>

#include "amqp-message.h"
#include "exit-codes.h"
#include "log.h"
#include "stop.h"
#include "works.h"
#include "xalloc.h"

/*
 * Messages without a confirm at a time: enough to hide the way there and back, and small beside a socket's buffers, so
 * that a server which reads no more is noticed between two messages.
 */
#define BATCH_OBJECTS 128
#define BATCH_BYTES   ((uint64_t)128 << 10)
/* A queue that is not there is made again by registering, once. */
#define RETURNS_MAX 2
#define TICK_MS     500
#define BACKOFF_MS  8000

enum state { STATE_WAITS, STATE_SENT, STATE_RETURNED, STATE_CONFIRMED };

struct sender {
	struct session *session;
	struct bundle_spool *bundle;
	struct platform_queue queue;
	struct amqp_link link;
	struct works works;
	struct buf body;
	/* The batch: objects first to first + count, and what is known of each. */
	uint64_t first, count, confirmed;
	struct {
		enum state state;
		uint64_t tag;
	} messages[BATCH_OBJECTS];
	int64_t progress_ms; /* when the server last confirmed something, or a connection was first asked for */
	int64_t backoff_ms;
	bool returned, nacked; /* something of this round */
	int returns;
	bool told_blocked;
};

static int stopped(struct error *err)
{
	return error_set(err, EXIT_SIGNAL_BASE + stop_signal(), "ended by a signal");
}

static void note_progress(struct sender *sender)
{
	sender->progress_ms = graphql_clock_ms();
	sender->backoff_ms = 250;
}

/* Whether the server may be waited for any longer. */
static bool is_patient(const struct sender *sender)
{
	const struct push_settings *settings = sender->session->settings;
	int64_t patience_ms = sender->link.blocked ? settings->wait_ms : settings->retry_ms;
	return graphql_clock_ms() - sender->progress_ms < patience_ms;
}

struct amqp_target push_amqp_target(const struct mq_settings *mq, const struct platform_queue *queue)
{
	return (struct amqp_target){
	    .host = mq->host ? mq->host : queue->host,
	    .port = mq->port > 0 ? mq->port : queue->port,
	    .vhost = mq->vhost ? mq->vhost : queue->vhost,
	    .user = mq->user ? mq->user : queue->user,
	    .password = mq->password ? mq->password : queue->password,
	    .use_tls = mq->tls_is_set ? mq->use_tls : queue->use_tls,
	    .ca = mq->ca,
	    .certificate = mq->certificate,
	    .key = mq->key,
	    .passphrase = mq->passphrase,
	    .verify = mq->verify,
	};
}

/* Sleeps before the next try, or tells that there is none. why is what the last one ended with. */
static int pause_or_give_up(struct sender *sender, const struct error *why, struct error *err)
{
	if (why->status != EXIT_UNAVAILABLE || !is_patient(sender)) {
		*err = *why;
		return -1;
	}
	log_info("%s, again in %lld ms", why->text, (long long)sender->backoff_ms);
	stop_sleep(sender->backoff_ms);
	sender->backoff_ms = sender->backoff_ms * 2 < BACKOFF_MS ? sender->backoff_ms * 2 : BACKOFF_MS;
	session_keep_alive_in_passing(sender->session);
	return stop_signal() ? stopped(err) : 0;
}

/* The connection is there, if it takes the whole of the patience. */
static int connect(struct sender *sender, struct error *err)
{
	while (!sender->link.state) {
		struct error why;
		struct amqp_target target = push_amqp_target(&sender->session->settings->mq, &sender->queue);
		if (amqp_link_open(&sender->link, &target, &why) == 0)
			break;
		if (pause_or_give_up(sender, &why, err) != 0)
			return -1;
	}
	return 0;
}

/* The connection broke: what was not confirmed waits to be sent again. */
static int lose_connection(struct sender *sender, const struct error *why, struct error *err)
{
	amqp_link_close(&sender->link);
	for (uint64_t i = 0; i < sender->count; i++) {
		if (sender->messages[i].state != STATE_CONFIRMED)
			sender->messages[i].state = STATE_WAITS;
	}
	return pause_or_give_up(sender, why, err);
}

static void confirm(struct sender *sender, size_t i)
{
	if (sender->messages[i].state == STATE_RETURNED) {
		sender->messages[i].state = STATE_WAITS;
		return;
	}
	sender->messages[i].state = STATE_CONFIRMED;
	sender->confirmed++;
	note_progress(sender);
}

static void take_event(struct sender *sender, const struct amqp_event *event)
{
	if (event->kind == AMQP_NOTHING)
		return;
	for (size_t i = 0; i < sender->count; i++) {
		enum state state = sender->messages[i].state;
		uint64_t tag = sender->messages[i].tag;
		bool is_meant = (state == STATE_SENT || state == STATE_RETURNED) &&
				(tag == event->tag || (event->multiple && tag < event->tag));
		if (!is_meant)
			continue;
		if (event->kind == AMQP_ACKED) {
			confirm(sender, i);
			continue;
		}
		bool returned = event->kind == AMQP_RETURNED;
		sender->returned = sender->returned || returned;
		sender->nacked = sender->nacked || !returned;
		sender->messages[i].state = returned ? STATE_RETURNED : STATE_WAITS;
	}
}

static void tell_blocked(struct sender *sender)
{
	if (sender->link.blocked == sender->told_blocked)
		return;
	sender->told_blocked = sender->link.blocked;
	if (sender->link.blocked)
		log_warning("the message queue takes nothing more for now: its server is short of memory or disk");
	else
		log_info("the message queue takes messages again");
	/* How long it was so is not held against the server. */
	note_progress(sender);
}

/* Waits for one thing that the server has to say; err is that of a connection that is to be lost. */
static int wait_event(struct sender *sender, int timeout_ms, struct amqp_event *event, struct error *err)
{
	if (amqp_link_wait(&sender->link, timeout_ms, event, err) != 0)
		return -1;
	take_event(sender, event);
	tell_blocked(sender);
	return 0;
}

static bool any_in(const struct sender *sender, enum state state)
{
	for (uint64_t i = 0; i < sender->count; i++) {
		if (sender->messages[i].state == state)
			return true;
	}
	return false;
}

static int publish_message(struct sender *sender, uint64_t i, struct error *err)
{
	return amqp_link_publish(&sender->link, sender->queue.exchange, sender->queue.routing_key, sender->body.data,
				 sender->body.len, &sender->messages[i].tag, err);
}

/* 0 also when the connection was lost, which link.state tells. */
static int publish_waiting(struct sender *sender, const char *work_id, struct error *err)
{
	for (uint64_t i = 0; i < sender->count && sender->link.state && !sender->link.blocked; i++) {
		struct error why;
		struct amqp_event event;
		if (sender->messages[i].state != STATE_WAITS)
			continue;
		struct amqp_message message = {
		    .applicant_id = sender->queue.applicant_id, .work_id = work_id, .number = sender->first + i};
		if (amqp_message_write(sender->bundle, &message, &sender->body, err) != 0)
			return -1;
		if (publish_message(sender, i, &why) != 0)
			return lose_connection(sender, &why, err);
		sender->messages[i].state = STATE_SENT;
		/* What came meanwhile, a word that nothing more is wanted above all. */
		if (wait_event(sender, 0, &event, &why) != 0)
			return lose_connection(sender, &why, err);
	}
	return 0;
}

static int out_of_patience(const struct sender *sender, struct error *err)
{
	return error_set(err, EXIT_UNAVAILABLE,
			 sender->link.blocked ? "amqp: the server takes no messages: it is short of memory or disk"
					      : "amqp: the server confirms no messages");
}

static int await_confirms(struct sender *sender, struct error *err)
{
	while (sender->link.state &&
	       (sender->link.blocked || any_in(sender, STATE_SENT) || any_in(sender, STATE_RETURNED))) {
		struct error why;
		struct amqp_event event;
		if (wait_event(sender, TICK_MS, &event, &why) != 0)
			return lose_connection(sender, &why, err);
		if (stop_signal())
			return stopped(err);
		if (event.kind != AMQP_NOTHING)
			continue;
		if (!is_patient(sender))
			return out_of_patience(sender, err);
		session_keep_alive_in_passing(sender->session);
	}
	return 0;
}

/* No queue is bound to the key: it is made again. */
static int mend_queue(struct sender *sender, struct error *err)
{
	if (++sender->returns > RETURNS_MAX)
		return error_set(err, EXIT_UNAVAILABLE, "amqp: no queue is bound to \"%s\" of the exchange \"%s\"",
				 sender->queue.routing_key, sender->queue.exchange);
	log_warning("the connector's queue is not there; registering again makes it");
	platform_queue_release(&sender->queue);
	return platform_read_queue(&sender->session->platform, &sender->queue, err);
}

static int send_round(struct sender *sender, const char *work_id, struct error *err)
{
	sender->returned = sender->nacked = false;
	if (connect(sender, err) != 0 || publish_waiting(sender, work_id, err) != 0 || await_confirms(sender, err) != 0)
		return -1;
	if (sender->returned)
		return mend_queue(sender, err);
	if (!sender->nacked)
		return 0;
	struct error why;
	error_set(&why, EXIT_UNAVAILABLE, "amqp: the server could not keep a message");
	return pause_or_give_up(sender, &why, err);
}

/* As many objects as a batch holds, nodes and relationships apart from the containers. */
static int cut_batch(struct sender *sender, uint64_t first, struct error *err)
{
	struct bundle_spool *bundle = sender->bundle;
	uint64_t end = first < bundle->containers_from ? bundle->containers_from : bundle->count;
	uint64_t bytes = 0;
	sender->first = first;
	sender->count = sender->confirmed = 0;
	while (first + sender->count < end && sender->count < BATCH_OBJECTS) {
		struct bundle_entry entry;
		if (bundle_spool_entry(bundle, first + sender->count, &entry, err) != 0)
			return -1;
		bytes += entry.len;
		if (sender->count && bytes > BATCH_BYTES)
			break;
		sender->messages[sender->count++].state = STATE_WAITS;
	}
	return 0;
}

static int send_batch(struct sender *sender, uint64_t first, const char *work_id, struct error *err)
{
	if (cut_batch(sender, first, err) != 0)
		return -1;
	while (sender->confirmed < sender->count) {
		if (send_round(sender, work_id, err) != 0)
			return -1;
	}
	works_announced_confirmed(&sender->works, sender->count);
	return 0;
}

static int send_all(struct sender *sender, struct error *err)
{
	struct bundle_spool *bundle = sender->bundle;
	const char *work_id = works_announced_id(&sender->works);
	for (uint64_t first = 0; first < bundle->count; first += sender->count) {
		/* What is not there yet when a report is imported would be left out of it. */
		if (first == bundle->containers_from && first > 0) {
			/* The server drops a connection that is silent for so long. */
			amqp_link_close(&sender->link);
			if (works_wait(&sender->works, err) != 0)
				return -1;
		}
		/* The wait was the platform's time, not the server's. */
		note_progress(sender);
		if (send_batch(sender, first, work_id, err) != 0)
			return -1;
		if (stop_signal())
			return stopped(err);
	}
	return 0;
}

static int run(struct sender *sender, struct error *err)
{
	if (bundle_spool_order(sender->bundle, err) != 0 ||
	    platform_read_queue(&sender->session->platform, &sender->queue, err) != 0)
		return -1;
	note_progress(sender);
	/* The server is asked first: when it is down no work is opened. */
	if (connect(sender, err) != 0 || works_announce(&sender->works, sender->bundle->count, err) != 0)
		return -1;
	return send_all(sender, err);
}

static int push(struct session *session, struct bundle_spool *bundle, const char *work_name, struct push_result *result,
		struct error *err)
{
	struct sender *sender = xcalloc(1, sizeof *sender);
	sender->session = session;
	sender->bundle = bundle;
	*result = (struct push_result){.objects = bundle->count, .parts = bundle->count, .part = "message"};
	works_init(&sender->works, session, work_name);
	buf_init(&sender->body, BUF_UNBOUNDED);
	int pushed = run(sender, err);
	amqp_link_close(&sender->link);
	if (pushed == 0) {
		works_finish(&sender->works);
		works_look(&sender->works, result);
	} else {
		works_fail(&sender->works, err->text);
	}
	works_release(&sender->works);
	platform_queue_release(&sender->queue);
	buf_release(&sender->body);
	free(sender);
	return pushed;
}

const struct push_protocol push_amqp = {"amqp", push};
