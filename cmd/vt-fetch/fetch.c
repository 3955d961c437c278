/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "exit-codes.h"
#include "log.h"
#include "progress.h"
#include "sift.h"
#include "stop.h"
#include "timestamp.h"

#define PAGE_SIZE_MIN    10
#define RESTARTS_MAX     5
#define BROKEN_PAGES_MAX 3
#define LISTINGS_MAX     3
/* Good pages before a larger one is tried again, twice as many each time that this fails. */
#define GROW_AFTER 8
#define DAY_S      86400
#define SKEW_MAX_S 300
/* Records are made of a page as the output takes them: so much waits at most. */
#define OUTPUT_SIZE ((size_t)64 << 10)
/* After a look at the quotas: the first of section 6's waits, the others follow. */
#define QUOTA_WAIT_MS 15000

static const struct http_retry retry_after_quota = {
    .max_attempts = 3,
    .first_ms = 1000,
    .ceiling_ms = 60000,
    .throttled_first_ms = 30000,
    .retry_after_cap_s = 120,
    .budget_ms = 300000,
};

struct fetch {
	struct vt_api *api;
	const struct search *search;
	const struct fetch_options *options;
	struct out *out;
	struct summary *summary;
	struct sift sift;
	struct progress progress;
	int page_size, good_pages, grow_after;

	/* The listing: one walk through the results. */
	int listings;
	struct window part; /* that is listed; its start moves on when a cursor went stale */
	char *cursor;       /* of the page that is asked for; NULL for the first */
	struct vt_cursor_guard guard;
	int64_t total;       /* total_hits of its last page, -1: not told */
	int64_t listed;      /* elements of its pages */
	bool has_moved;      /* results came or left while we walked through them */
	bool moves_here;     /* the page being written told it */
	int64_t moved_until; /* behind the last page that told it */
	bool at_end;         /* no further page */

	int restarts, broken_pages;
	bool quota_asked, clock_checked;
	bool has_answer;
	struct http_response answer; /* waits until the page before it is written */
	bool has_page;
	struct buf page; /* the body that is being written */
	struct json_iter at;
	bool has_failed; /* asking for the next page did; told when this one is written */
	struct error failure;
	bool is_complete;
};

static enum http_verdict judge(const struct http_response *response, void *data)
{
	const struct fetch *fetch = data;
	struct error err;
	/* A smaller page is better than the same one again. */
	if (response->status == 504 && fetch->page_size > PAGE_SIZE_MIN)
		return HTTP_DONE;
	/* Whether waiting helps is known better once the quotas were looked at. */
	if (response->status == 429 && !fetch->quota_asked && vt_api_has_user(fetch->api) &&
	    vt_api_check(response, &err) && strcmp(err.code, "QuotaExceededError") == 0)
		return HTTP_DONE;
	/* Tries count as requests too. */
	if (allowance_check(&fetch->options->allowance, vt_api_paid_requests(fetch->api), &err))
		return HTTP_DONE;
	return vt_api_judge(response, NULL);
}

static void on_answer(struct http_response *response, void *data)
{
	struct fetch *fetch = data;
	fetch->answer = *response;
	fetch->has_answer = true;
	buf_init(&response->body, response->body.max);
}

static int ask_after(struct fetch *fetch, long delay_ms, const struct http_retry *retry, struct error *err)
{
	struct buf path;
	if (allowance_check(&fetch->options->allowance, vt_api_paid_requests(fetch->api), err))
		return -1;
	buf_init(&path, BUF_UNBOUNDED);
	search_path(fetch->search, fetch->part, fetch->page_size, fetch->cursor, &path);
	struct http_call call = {.method = "GET",
				 .url = path.data,
				 .delay_ms = delay_ms,
				 .retry = retry,
				 .judge = judge,
				 .done = on_answer,
				 .data = fetch};
	int result = http_begin(vt_api_http(fetch->api), &call, err);
	buf_release(&path);
	return result;
}

static int ask(struct fetch *fetch, struct error *err)
{
	return ask_after(fetch, 0, &vt_api_retry, err);
}

/* A walk through the results of a part of the window. */
static int begin_listing(struct fetch *fetch, int64_t start, int64_t end, struct error *err)
{
	free(fetch->cursor);
	fetch->cursor = NULL;
	vt_cursor_guard_release(&fetch->guard);
	fetch->part = (struct window){start, end};
	fetch->total = -1;
	fetch->listed = 0;
	fetch->at_end = false;
	return ask(fetch, err);
}

/* What the first answer tells beside its files. */
static void check_clock(struct fetch *fetch, int64_t days_back)
{
	char from[TIMESTAMP_TEXT_MAX], before[TIMESTAMP_TEXT_MAX];
	const struct window *window = &fetch->search->window;
	int64_t now = fetch->options->now, theirs = fetch->answer.date_epoch;
	if (fetch->clock_checked)
		return;
	fetch->clock_checked = true;
	if (theirs >= 0 && (theirs - now > SKEW_MAX_S || now - theirs > SKEW_MAX_S))
		log_warning("VirusTotal's clock is %" PRId64 " seconds away from ours", theirs - now);
	if (theirs >= 0)
		now = theirs;
	if (window->end > now)
		log_warning("the window is not over yet: files that come after %s are not in it",
			    timestamp_format(now, from));
	int64_t horizon = now - days_back * DAY_S;
	if (days_back < 0 || window->start >= horizon)
		return;
	timestamp_format(window->start, from);
	timestamp_format(window->end < horizon ? window->end : horizon, before);
	log_warning("this key searches %" PRId64 " days back: files first submitted from %s to %s cannot be had",
		    days_back, from, before);
}

static void note_totals(struct fetch *fetch, int64_t total)
{
	if (total < 0)
		return;
	fetch->moves_here = fetch->total >= 0 && total != fetch->total;
	fetch->total = total;
	/* A listing of a part of the window tells only the part's number. */
	const struct window *window = &fetch->search->window;
	if (fetch->search->fixed_query || (fetch->part.start == window->start && fetch->part.end == window->end))
		fetch->summary->total_hits = total;
}

/* A body that is no page: broken on its way, or for good. */
static int page_failed(struct fetch *fetch, struct error *err)
{
	if (strcmp(err->code, VT_NOT_JSON) != 0 || ++fetch->broken_pages >= BROKEN_PAGES_MAX)
		return -1;
	log_info("%s; the page is asked for again", err->text);
	return ask_after(fetch, vt_api_retry.first_ms * fetch->broken_pages, &vt_api_retry, err);
}

/* What was too much for the service once may not be any more, and small pages cost more requests. */
static void grow(struct fetch *fetch)
{
	int wanted = fetch->options->page_size;
	if (fetch->page_size >= wanted || ++fetch->good_pages < fetch->grow_after)
		return;
	fetch->page_size = fetch->page_size * 2 < wanted ? fetch->page_size * 2 : wanted;
	fetch->grow_after *= 2;
	fetch->good_pages = 0;
}

/* Takes the answer over as the page to write, and asks for the one behind it. */
static int open_page(struct fetch *fetch, struct error *err)
{
	struct vt_page page;
	if (vt_page_read(fetch->api, &fetch->answer.body, &page, err)) {
		vt_page_release(&page);
		return page_failed(fetch, err);
	}
	fetch->broken_pages = 0;
	grow(fetch);
	fetch->page = fetch->answer.body;
	buf_init(&fetch->answer.body, 0);
	fetch->has_page = true;
	json_iter_init(&fetch->at, page.data);
	check_clock(fetch, page.days_back);
	note_totals(fetch, page.total_hits);
	free(fetch->cursor);
	fetch->cursor = page.cursor;
	fetch->at_end = !page.cursor;
	if (fetch->at_end)
		return 0;
	/* This page is written in any case. */
	fetch->has_failed = vt_cursor_guard_check(&fetch->guard, fetch->cursor, &fetch->failure) != 0 ||
			    ask(fetch, &fetch->failure) != 0;
	return 0;
}

/* A cursor that the service does not know any more: what was listed already falls out. */
static int restart(struct fetch *fetch, struct error *err)
{
	int64_t from = sift_go_on_from(&fetch->sift);
	fetch->restarts = from > fetch->part.start ? 1 : fetch->restarts + 1;
	if (fetch->restarts > RESTARTS_MAX)
		return -1;
	log_info("the search's cursor went stale: going on from the last seen time");
	return begin_listing(fetch, from, fetch->part.end, err);
}

static int halve(struct fetch *fetch, struct error *err)
{
	fetch->page_size = fetch->page_size / 2 > PAGE_SIZE_MIN ? fetch->page_size / 2 : PAGE_SIZE_MIN;
	fetch->good_pages = 0;
	log_info("a page was too much for the service: going on with %d files a page", fetch->page_size);
	return ask(fetch, err);
}

/* When an hour's, a day's or a month's allowance is used up, waiting does not help. */
static int wait_for_quota(struct fetch *fetch, struct error *err)
{
	struct vt_quotas quotas;
	struct error quota_err;
	int64_t told_s = fetch->answer.retry_after_s;
	fetch->quota_asked = true;
	if (told_s > retry_after_quota.retry_after_cap_s)
		return -1;
	if (vt_api_quotas(fetch->api, &quotas, &quota_err)) {
		log_warning("the quotas cannot be read: %s", quota_err.text);
	} else {
		const char *spent = vt_quotas_spent(&quotas);
		if (spent)
			return error_prefix(err, "the %s are used up", spent);
	}
	long wait_ms = told_s >= 0 ? (long)told_s * 1000 : QUOTA_WAIT_MS;
	log_info("the allowance may be there again soon: asking in %ld ms", wait_ms);
	return ask_after(fetch, wait_ms, &retry_after_quota, err);
}

static int take_answer(struct fetch *fetch, struct error *err)
{
	bool too_large = strcmp(fetch->answer.error.code, "BodyTooLarge") == 0;
	bool timed_out = fetch->answer.status == 504;
	if ((too_large || timed_out) && fetch->page_size > PAGE_SIZE_MIN)
		return halve(fetch, err);
	if (vt_api_check(&fetch->answer, err) == 0)
		return open_page(fetch, err);
	if (err->http_status == 400 && fetch->cursor)
		return restart(fetch, err);
	if (err->http_status == 403)
		return error_prefix(err, "searching needs a premium key (VirusTotal Intelligence)");
	if (strcmp(err->code, "QuotaExceededError") == 0 && !fetch->quota_asked && vt_api_has_user(fetch->api))
		return wait_for_quota(fetch, err);
	return -1;
}

static void end_page(struct fetch *fetch)
{
	fetch->has_page = false;
	buf_release(&fetch->page);
	progress_page(&fetch->progress);
	if (!fetch->moves_here)
		return;
	fetch->moves_here = false;
	fetch->has_moved = true;
	fetch->moved_until = sift_end_of_listed(&fetch->sift);
}

/* Makes records of the page as long as the output has room. */
static void write_page(struct fetch *fetch)
{
	struct json_slice object;
	while (out_pending(fetch->out) < OUTPUT_SIZE) {
		if (!json_iter_next(&fetch->at, NULL, &object)) {
			end_page(fetch);
			return;
		}
		fetch->listed++;
		sift_take(&fetch->sift, object);
	}
}

/*
 * The results' number changed while they were listed: what came in before the place where we were, or was behind it
 * when something before it left, was missed. Another walk up to that place finds it; the known ones fall out.
 */
static int end_listing(struct fetch *fetch, struct error *err)
{
	bool found_some = fetch->listings == 1 || fetch->sift.new_files > 0;
	if (!fetch->has_moved || !found_some || fetch->listings == LISTINGS_MAX) {
		if (fetch->has_moved && found_some)
			log_warning("the results kept changing while they were listed");
		else if (!fetch->has_moved && fetch->listed < fetch->total)
			log_warning("VirusTotal counts %" PRId64 " hits but lists only %" PRId64, fetch->total,
				    fetch->listed);
		fetch->is_complete = true;
		return 0;
	}
	log_info("the results changed while they were listed: looking for what was missed");
	fetch->listings++;
	fetch->has_moved = false;
	sift_begin(&fetch->sift);
	return begin_listing(fetch, sift_go_on_from(&fetch->sift), fetch->moved_until, err);
}

static int step(struct fetch *fetch, struct error *err)
{
	struct pollfd stdout_poll = {.fd = fetch->out->fd, .events = POLLOUT};
	if (fetch->has_answer && !fetch->has_page && out_pending(fetch->out) == 0) {
		fetch->has_answer = false;
		int failed = take_answer(fetch, err);
		buf_release(&fetch->answer.body);
		if (failed)
			return -1;
	}
	if (fetch->has_page)
		write_page(fetch);
	if (out_pump(fetch->out, err))
		return -1;
	bool is_blocked = out_pending(fetch->out) > 0;
	progress_show(&fetch->progress, fetch->summary, vt_api_paid_requests(fetch->api));
	if (!fetch->has_page && !is_blocked && fetch->has_failed) {
		*err = fetch->failure;
		return -1;
	}
	if (!fetch->has_page && !is_blocked && fetch->at_end) {
		fetch->at_end = false;
		return end_listing(fetch, err);
	}
	bool has_work = !is_blocked && (fetch->has_page || fetch->has_answer);
	return http_run(vt_api_http(fetch->api), &stdout_poll, is_blocked, has_work ? 0 : 1000, err);
}

int fetch_run(struct vt_api *api, const struct search *search, const struct fetch_options *options, struct out *out,
	      struct summary *summary, struct error *err)
{
	struct fetch fetch = {
	    .api = api,
	    .search = search,
	    .options = options,
	    .out = out,
	    .summary = summary,
	    .page_size = options->page_size,
	    .grow_after = GROW_AFTER,
	    .listings = 1,
	};
	sift_init(&fetch.sift, search->window, &options->filter, options->resume, out, summary);
	progress_init(&fetch.progress, options->shows_progress, &options->allowance, summary->files_seen);
	int failed = begin_listing(&fetch, sift_go_on_from(&fetch.sift), search->window.end, err);
	while (!failed && !fetch.is_complete) {
		if (stop_signal())
			failed = error_set(err, EXIT_SIGNAL_BASE + stop_signal(), "ended by a signal");
		else
			failed = step(&fetch, err);
	}
	progress_end(&fetch.progress);
	http_cancel_all(vt_api_http(api));
	sift_note_reached(&fetch.sift);
	if (fetch.has_answer)
		buf_release(&fetch.answer.body);
	if (fetch.has_page)
		buf_release(&fetch.page);
	sift_release(&fetch.sift);
	vt_cursor_guard_release(&fetch.guard);
	free(fetch.cursor);
	return failed ? -1 : 0;
}
