/* SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

#include <inttypes.h>
#include <string.h>

#include "allowance.h"
#include "exit-codes.h"
#include "timestamp.h"

/* One hit without its attributes: all that is wanted is total_hits. */
static int count_hits(struct vt_api *api, const struct search *search, int64_t *hits, struct error *err)
{
	struct http_response response;
	struct vt_page page;
	struct buf path;
	buf_init(&path, BUF_UNBOUNDED);
	search_path(search, search->window, 1, NULL, &path);
	buf_add_str(&path, "&descriptors_only=true");
	struct http_call call = {.method = "GET", .url = path.data, .retry = &vt_api_retry, .judge = vt_api_judge};
	int result = http_perform(vt_api_http(api), &call, &response, err);
	if (response.status)
		result = vt_api_check(&response, err);
	if (result == 0) {
		result = vt_page_read(api, &response.body, &page, err);
		*hits = page.total_hits;
		vt_page_release(&page);
	}
	if (result == 0 && *hits < 0)
		result = error_set(err, EXIT_UNAVAILABLE, "VirusTotal does not tell the number of hits of this search");
	buf_release(&response.body);
	buf_release(&path);
	return result;
}

/* vt-relate: what each file has, and one page of each relationship. */
static int64_t cost_of_relating(const struct config *config, int64_t hits, struct buf *out)
{
	int64_t links = 0, max = config_int(config, "vtreporter.expand_max");
	for (const char *const *name = config_list(config, "vtreporter.relationships"); *name; name++)
		links++;
	int64_t files = max && max < hits ? max : hits;
	int64_t cost = files * (links + 1);
	buf_printf(out,
		   "vt-relate: about %" PRId64 " requests at most (%" PRId64 " files, %" PRId64
		   " requests each; vt-relate --plan knows what the filter drops and the cache has)\n",
		   cost, files, links + 1);
	return cost;
}

static void put_quota(struct buf *out, const char *name, const struct vt_quota *quota)
{
	if (quota->allowed < 0)
		return;
	if (quota->allowed == INT64_MAX)
		buf_printf(out, "%s: unlimited, %" PRId64 " used\n", name, quota->used);
	else
		buf_printf(out, "%s: %" PRId64 " allowed, %" PRId64 " used\n", name, quota->allowed, quota->used);
}

static void put_allowance(struct buf *out, const struct allowance *allowance)
{
	if (allowance->has_quotas) {
		put_quota(out, "requests an hour", &allowance->quotas.requests_hourly);
		put_quota(out, "requests a day", &allowance->quotas.requests_daily);
		put_quota(out, "requests a month", &allowance->quotas.requests_monthly);
		put_quota(out, "searches a month", &allowance->quotas.searches_monthly);
	}
	if (allowance->requests != INT64_MAX)
		buf_printf(out, "may be spent: %" PRId64 " requests (%s)\n", allowance->requests, allowance->reason);
}

int plan_make(struct vt_api *api, const struct search *search, const struct config *config, int page_size,
	      struct buf *out, bool *is_covered, struct error *err)
{
	char start[TIMESTAMP_TEXT_MAX], end[TIMESTAMP_TEXT_MAX];
	struct allowance allowance;
	int64_t hits;
	if (count_hits(api, search, &hits, err))
		return -1;
	allowance_read(&allowance, config, api, true);
	buf_add_str(out, "search: ");
	search_query(search, search->window, out);
	buf_printf(out, "\nwindow: %s to %s\nfiles: %" PRId64 "\n", timestamp_format(search->window.start, start),
		   timestamp_format(search->window.end, end), hits);
	int64_t pages = hits ? (hits + page_size - 1) / page_size : 1;
	buf_printf(out, "vt-fetch: %" PRId64 " requests (%d files each)\n", pages, page_size);
	int64_t cost = pages + cost_of_relating(config, hits, out);
	buf_printf(out, "together: about %" PRId64 " requests at most\n", cost);
	put_allowance(out, &allowance);
	*is_covered = cost <= allowance.requests;
	bool is_known = allowance.has_quotas || !*is_covered;
	buf_printf(out, "covered: %s\n",
		   !is_known     ? "not known: quotas can be read only with vtreporter.api_user"
		   : *is_covered ? "yes"
				 : "no");
	return 0;
}

static void put_quota_line(struct buf *out, const char *name, const struct vt_quota *quota)
{
	if (quota->allowed == INT64_MAX)
		buf_printf(out, "%s\t%" PRId64 "\tunlimited\n", name, quota->used);
	else if (quota->allowed >= 0)
		buf_printf(out, "%s\t%" PRId64 "\t%" PRId64 "\n", name, quota->used, quota->allowed);
}

int plan_quotas(struct vt_api *api, struct buf *out, struct error *err)
{
	struct vt_quotas quotas;
	if (vt_api_quotas(api, &quotas, err))
		return -1;
	put_quota_line(out, "api_requests_hourly", &quotas.requests_hourly);
	put_quota_line(out, "api_requests_daily", &quotas.requests_daily);
	put_quota_line(out, "api_requests_monthly", &quotas.requests_monthly);
	put_quota_line(out, "intelligence_searches_monthly", &quotas.searches_monthly);
	return 0;
}
