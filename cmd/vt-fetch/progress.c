/* SPDX-License-Identifier: Apache-2.0 */
#include "progress.h"

#include <inttypes.h>
#include <time.h>

#include "buf.h"
#include "log.h"

#define EVERY_MS 200

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_init(struct progress *progress, bool is_shown, const struct allowance *allowance, int64_t seen_before)
{
	*progress = (struct progress){
	    .is_shown = is_shown, .allowance = allowance, .began_ms = now_ms(), .seen_before = seen_before};
}

void progress_page(struct progress *progress)
{
	progress->pages++;
	progress->shown_ms = 0;
}

static void describe(const struct progress *progress, const struct summary *summary, uint64_t requests,
		     int64_t elapsed_ms, struct buf *text)
{
	int64_t total = summary->total_hits, seen = summary->files_seen, fresh = seen - progress->seen_before;
	buf_printf(text, "%" PRId64, seen);
	if (total >= 0)
		buf_printf(text, " of %" PRId64, total);
	buf_printf(text, " files, %" PRId64 " pages", progress->pages);
	if (fresh > 0 && elapsed_ms >= 1000)
		buf_printf(text, ", %" PRId64 " files/s", fresh * 1000 / elapsed_ms);
	buf_printf(text, ", %" PRIu64 " requests", requests);
	if (progress->allowance->requests != INT64_MAX)
		buf_printf(text, " of %" PRId64, progress->allowance->requests);
	if (fresh > 0 && total > seen)
		buf_printf(text, ", %" PRId64 " s to go", (total - seen) * elapsed_ms / fresh / 1000);
}

void progress_show(struct progress *progress, const struct summary *summary, uint64_t requests)
{
	struct buf text;
	if (!progress->is_shown)
		return;
	int64_t now = now_ms();
	if (now - progress->shown_ms < EVERY_MS)
		return;
	progress->shown_ms = now;
	buf_init(&text, BUF_UNBOUNDED);
	describe(progress, summary, requests, now - progress->began_ms, &text);
	log_progress(text.data);
	buf_release(&text);
}

void progress_end(struct progress *progress)
{
	if (progress->is_shown)
		log_progress(NULL);
}
