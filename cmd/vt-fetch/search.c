/* SPDX-License-Identifier: Apache-2.0 */
#include "search.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "exit-codes.h"
#include "http.h"
#include "timestamp.h"
#include "xalloc.h"

static int last_full_period(struct search *search, const struct config *config, int64_t now, struct error *err)
{
	struct window_list list;
	struct window_plan plan = {
	    .period = config_duration(config, "connector.duration_period"),
	    .now = now,
	    .lag_s = duration_approx_seconds(config_duration(config, "vtreporter.lag")),
	    .previous_end = WINDOW_NO_END,
	    .max_catchup = 1,
	};
	/* pycti's "run once and end": a day is what a single run is about. */
	if (duration_is_zero(plan.period))
		plan.period.days = 1;
	if (window_due(&plan, &list, err))
		return -1;
	search->window = list.windows[0];
	window_list_release(&list);
	return 0;
}

static int given_window(struct search *search, const char *since, const char *until, struct error *err)
{
	if (!since || !until)
		return error_set(err, EXIT_USAGE, "--since and --until go together");
	if (timestamp_parse_or_date(since, &search->window.start, err))
		return error_prefix(err, "option --since");
	if (timestamp_parse_or_date(until, &search->window.end, err))
		return error_prefix(err, "option --until");
	if (search->window.start >= search->window.end)
		return error_set(err, EXIT_USAGE, "--since has to be before --until");
	return 0;
}

static int read_window(struct search *search, const struct config *config, const struct search_given *given,
		       int64_t now, struct error *err)
{
	if (given->window) {
		search->window = *given->window;
		return 0;
	}
	if (given->since || given->until)
		return given_window(search, given->since, given->until, err);
	return last_full_period(search, config, now, err);
}

int search_read(struct search *search, const struct config *config, const struct search_given *given, int64_t now,
		struct error *err)
{
	*search = (struct search){.country = NULL};
	const char *const *countries = config_list(config, "vtreporter.country");
	if (countries[1] && !given->country)
		return error_set(err, EXIT_USAGE,
				 "one country a run: vtreporter.country lists several; loop over them with --country, "
				 "as vt-report does");
	if (window_check_timezone(err))
		return -1;
	if (read_window(search, config, given, now, err))
		return -1;
	const char *extra = config_text(config, "vtreporter.extra_query");
	bool first_only = strcmp(config_text(config, "vtreporter.submitter"), "first") == 0;
	search->country = xstrdup(given->country ? given->country : countries[0]);
	search->submitter = xstrdup(first_only ? "first_submitter" : "submitter");
	search->min_positives = config_int(config, "vtreporter.min_positives");
	search->extra_query = extra ? xstrdup(extra) : NULL;
	search->fixed_query = given->query ? xstrdup(given->query) : NULL;
	return 0;
}

void search_release(struct search *search)
{
	free(search->country);
	free(search->submitter);
	free(search->extra_query);
	free(search->fixed_query);
	*search = (struct search){.country = NULL};
}

void search_query(const struct search *search, struct window part, struct buf *out)
{
	char from[TIMESTAMP_TEXT_MAX], before[TIMESTAMP_TEXT_MAX];
	if (search->fixed_query) {
		buf_add_str(out, search->fixed_query);
		return;
	}
	/* "+" takes the bound in, "-" leaves it out: a half-open window (virustotal.md section 3.1). */
	buf_printf(out, "entity:file %s:%s fs:%s+ fs:%s-", search->submitter, search->country,
		   timestamp_format_vt(part.start, from), timestamp_format_vt(part.end, before));
	if (search->min_positives > 0)
		buf_printf(out, " p:%" PRId64 "+", search->min_positives);
	if (search->extra_query)
		buf_printf(out, " %s", search->extra_query);
}

void search_path(const struct search *search, struct window part, int page_size, const char *cursor, struct buf *out)
{
	struct buf query;
	buf_init(&query, BUF_UNBOUNDED);
	search_query(search, part, &query);
	buf_add_str(out, "/intelligence/search?query=");
	http_escape(out, query.data);
	buf_printf(out, "&order=first_submission_date%%2B&limit=%d", page_size);
	if (cursor) {
		buf_add_str(out, "&cursor=");
		http_escape(out, cursor);
	}
	buf_release(&query);
}
