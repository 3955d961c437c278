/* SPDX-License-Identifier: Apache-2.0 */
#include "relate.h"

#include <stdlib.h>
#include <string.h>

#include "exit-codes.h"
#include "stop.h"
#include "xalloc.h"

/* Lines that wait for an earlier one, in bytes; and what is put out at a time. */
#define WAITING_MAX ((size_t)8 << 20)
#define OUTPUT_SIZE ((size_t)64 << 10)

/* A line on its way: ready, or waiting for its answers. */
struct slot {
	struct slot *next;
	struct expansion *expansion; /* NULL: passes as it is */
	bool is_summary;
	size_t len;
	char text[];
};

struct relating {
	struct asking *asking;
	struct intake *intake;
	struct out *out;
	struct totals *totals;
	bool asks;
	struct slot *first, *last;
	struct slot *unstarted; /* the first that may have something to ask still */
	size_t waiting;         /* bytes in slots */
	size_t expanding;
	bool at_end, needs_input;
};

/* The slot of a file that is to be expanded. When there is no more asking, what the cache knows will have to do. */
static void expand(struct relating *relating, struct slot *slot)
{
	struct asking *asking = relating->asking;
	struct json_slice copy = {slot->text, slot->len};
	struct record record;
	struct vt_file file;
	bool is_asking = asking->stop == ASKING_GOES_ON;
	if (!relating->asks || record_read(copy, &record, NULL) || vt_file_read(record.whole, &file, NULL)) {
		relating->totals->not_asked++;
		return;
	}
	slot->expansion = expansion_new(asking, &record, &file);
	relating->expanding++;
	if (!is_asking)
		expansion_abandon(slot->expansion);
}

static void append(struct relating *relating, struct json_slice line, enum intake_kind kind)
{
	struct slot *slot = xcalloc(1, sizeof(*slot) + line.len);
	slot->len = line.len;
	slot->is_summary = kind == INTAKE_SUMMARY && relating->asks;
	memcpy(slot->text, line.text, line.len);
	if (relating->last)
		relating->last->next = slot;
	else
		relating->first = slot;
	relating->last = slot;
	if (!relating->unstarted)
		relating->unstarted = slot;
	relating->waiting += line.len;
	if (kind == INTAKE_EXPAND)
		expand(relating, slot);
}

/* Files are made ready ahead of their requests, so that an answer is followed by the next request at once. */
static bool has_room(const struct relating *relating)
{
	size_t jobs = (size_t)relating->asking->settings->jobs;
	return !relating->at_end && relating->waiting < WAITING_MAX && relating->expanding < 2 * jobs &&
	       out_pending(relating->out) < OUTPUT_SIZE;
}

/* A new file is begun only when the earlier ones leave requests unused: so a budget completes files one by one. */
static void start(struct relating *relating)
{
	const struct asking *asking = relating->asking;
	size_t jobs = (size_t)asking->settings->jobs;
	struct slot *slot = relating->unstarted;
	for (; slot && asking->stop == ASKING_GOES_ON && asking_pending(asking) < jobs; slot = slot->next) {
		if (slot->expansion)
			expansion_start(slot->expansion);
	}
	relating->unstarted = slot;
}

static int fill(struct relating *relating, struct error *err)
{
	relating->needs_input = false;
	while (has_room(relating)) {
		struct json_slice line;
		enum intake_kind kind = INTAKE_PASS;
		int status = intake_take(relating->intake, &line, &kind, err);
		if (status == -1)
			return -1;
		relating->needs_input = status == LINES_MORE;
		relating->at_end = status == LINES_END;
		if (status != LINES_LINE)
			return 0;
		append(relating, line, kind);
	}
	return 0;
}

static void put(struct relating *relating, const struct slot *slot)
{
	struct buf *out = &relating->out->buf;
	if (slot->expansion) {
		totals_add(relating->totals, slot->expansion);
		expansion_explain(slot->expansion);
		expansion_write(slot->expansion, out);
	} else if (slot->is_summary) {
		struct json_slice summary = {slot->text, slot->len};
		relating->totals->malformed = relating->intake->malformed;
		relating->totals->not_chosen = relating->intake->not_chosen;
		totals_write_summary(relating->totals, relating->asking, summary, out);
	} else {
		buf_add(out, slot->text, slot->len);
	}
	buf_add_char(out, '\n');
}

static void drop_first(struct relating *relating)
{
	struct slot *slot = relating->first;
	relating->first = slot->next;
	if (relating->last == slot)
		relating->last = NULL;
	if (relating->unstarted == slot)
		relating->unstarted = slot->next;
	relating->waiting -= slot->len;
	if (slot->expansion) {
		relating->expanding--;
		expansion_free(slot->expansion);
	}
	free(slot);
}

static bool head_is_ready(const struct relating *relating)
{
	const struct slot *first = relating->first;
	return first && (!first->expansion || expansion_is_done(first->expansion));
}

/* Hands over what is ready at the head of the line. */
static void drain(struct relating *relating)
{
	while (head_is_ready(relating) && out_pending(relating->out) < OUTPUT_SIZE) {
		put(relating, relating->first);
		drop_first(relating);
	}
}

/* One wait for sockets, input and output together; no request begins while the output is blocked. */
static int wait_for_any(struct relating *relating, struct error *err)
{
	struct pollfd extra[2];
	size_t count = 0;
	struct pollfd *input = NULL;
	if (relating->needs_input) {
		input = &extra[count++];
		*input = (struct pollfd){.fd = intake_fd(relating->intake), .events = POLLIN};
	}
	if (out_pending(relating->out))
		extra[count++] = (struct pollfd){.fd = relating->out->fd, .events = POLLOUT};
	struct http_client *http = vt_api_http(relating->asking->api);
	http_hold(http, out_pending(relating->out) > 0);
	bool is_ready = out_pending(relating->out) == 0 &&
			(head_is_ready(relating) || (!relating->needs_input && has_room(relating)));
	if (http_run(http, extra, count, is_ready ? 0 : 1000, err))
		return -1;
	return input && input->revents ? intake_read(relating->intake, err) : 0;
}

static bool goes_on(const struct relating *relating)
{
	enum asking_stop stop = relating->asking->stop;
	if (!relating->asks)
		return false;
	if (stop == ASKING_BUDGET)
		return http_pending(vt_api_http(relating->asking->api)) > 0;
	return stop == ASKING_GOES_ON && (relating->first || !relating->at_end || out_pending(relating->out));
}

static int run_asking(struct relating *relating, struct error *err)
{
	while (goes_on(relating)) {
		struct error stop;
		if (fill(relating, err))
			return -1;
		start(relating);
		/* Before anything is written: the requests are on their way meanwhile. */
		if (goes_on(relating) && wait_for_any(relating, err))
			return -1;
		drain(relating);
		if (out_pump(relating->out, err))
			return -1;
		asking_settle_quota(relating->asking);
		if (stop_signal()) {
			error_set(&stop, EXIT_SIGNAL_BASE + stop_signal(), "ended by a signal");
			asking_stop_for(relating->asking, ASKING_SIGNAL, &stop);
		}
	}
	return 0;
}

/* Nothing is asked any more: blocking reads and writes will do. */
static int run_passing(struct relating *relating, struct error *err)
{
	http_cancel_all(vt_api_http(relating->asking->api));
	for (struct slot *slot = relating->first; slot; slot = slot->next) {
		if (slot->expansion)
			expansion_abandon(slot->expansion);
	}
	for (;;) {
		if (fill(relating, err))
			return -1;
		drain(relating);
		if (out_flush(relating->out, err))
			return -1;
		if (relating->at_end && !relating->first)
			return 0;
		if (relating->needs_input && intake_read(relating->intake, err))
			return -1;
	}
}

int relate_run(struct asking *asking, struct intake *intake, struct out *out, struct totals *totals, struct error *err)
{
	struct relating relating = {.asking = asking, .intake = intake, .out = out, .totals = totals};
	/* A stream without summary becomes no report: when that is known in time, nothing is spent on it. */
	relating.asks = !asking->settings->dry_run && (!intake->is_spooled || intake->ends_with_summary);
	int failed = run_asking(&relating, err) || run_passing(&relating, err);
	http_cancel_all(vt_api_http(asking->api));
	while (relating.first)
		drop_first(&relating);
	return failed ? -1 : 0;
}
