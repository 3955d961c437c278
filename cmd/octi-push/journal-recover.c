/* SPDX-License-Identifier: Apache-2.0 */
/* What earlier processes left in the journal: works to be ended, and works whose outcome is to be told. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal-internal.h"
#include "log.h"
#include "state-dir.h"
#include "timestamp.h"
#include "xalloc.h"

/* With nothing in the queue and nothing processed for so long, nothing will come: a reset in OpenCTI empties it. */
#define STALL_S 86400

struct left {
	struct platform *platform;
	int fd;
	struct journal_text text;
	struct platform_work seen;
	bool over; /* nothing is left to do */
};

static int is_queue_empty(struct platform *platform, bool *empty, struct error *err)
{
	struct platform_connector connector;
	if (platform_read_connector(platform, &connector, err) != 0)
		return -1;
	*empty = connector.queue_messages == 0;
	platform_connector_release(&connector);
	return 0;
}

/* When it is told to expect no more than was processed, the work is complete with that. */
static int end_in_error(struct left *left, bool lower, const char *why, struct error *err)
{
	const struct platform_work *seen = &left->seen;
	if (lower && seen->processed != seen->expected &&
	    platform_work_expect(left->platform, left->text.work_id, seen->processed - seen->expected, err) != 0)
		return -1;
	left->over = true;
	return platform_work_to_processed(left->platform, left->text.work_id, why, true, err);
}

static int close_interrupted(struct left *left, struct error *err)
{
	bool knows_all = true;
	left->over = left->seen.over;
	/* What was sent of what was announced is known when all of it is processed. */
	if (!left->over && left->text.announced && is_queue_empty(left->platform, &knows_all, err) != 0)
		return -1;
	if (!left->over && knows_all &&
	    end_in_error(left, left->text.announced > 0, "the push was interrupted", err) != 0)
		return -1;
	if (left->over)
		log_info("closed the work %s of an earlier push", left->text.work_id);
	return 0;
}

static void tell(const struct left *left)
{
	const struct platform_work *seen = &left->seen;
	char what[256], errors[256];
	if (!seen->found) {
		log_debug("the work %s of an earlier push was deleted", left->text.work_id);
		return;
	}
	work_errors_text(&seen->errors, errors, sizeof errors);
	snprintf(what, sizeof what, "work %s of an earlier push", left->text.work_id);
	/* What goes as it should is no news. */
	if (seen->complete && !errors[0])
		log_debug("%s: complete", what);
	else
		log_info("%s: %s, %lld of %lld processed%s%s", what, seen->status, (long long)seen->processed,
			 (long long)seen->expected, errors[0] ? "; " : "", errors);
	work_errors_warn(&seen->errors, what);
}

static int64_t unchanged_s(const struct left *left)
{
	struct stat status;
	return fstat(left->fd, &status) == 0 ? timestamp_now() - (int64_t)status.st_mtim.tv_sec : 0;
}

static int end_stalled(struct left *left, struct error *err)
{
	bool empty;
	if (unchanged_s(left) < STALL_S)
		return 0;
	if (is_queue_empty(left->platform, &empty, err) != 0)
		return -1;
	if (!empty)
		return 0;
	const struct platform_work *seen = &left->seen;
	log_warning("work %s of an earlier push: nothing of it waits in the queue any more, but only %lld of %lld "
		    "objects were processed, so it is ended in error; was the connector reset?",
		    left->text.work_id, (long long)seen->processed,
		    (long long)(seen->expected > left->text.announced ? seen->expected : left->text.announced));
	return end_in_error(left, true, "the queue was emptied before all was processed", err);
}

/* All of the work's objects were accepted; it may still be ours to end. */
static int follow(struct left *left, struct error *err)
{
	const struct platform_work *seen = &left->seen;
	struct journal_text *text = &left->text;
	left->over = seen->over;
	if (left->over) {
		tell(left);
		return 0;
	}
	/* Ended too early, it would lose what the workers have yet to tell. */
	bool ends = text->stage == JOURNAL_ACCEPTED && seen->expected >= text->announced;
	if (ends) {
		if (platform_work_to_processed(left->platform, text->work_id, "all was pushed", false, err) != 0)
			return -1;
		log_info("closed the work %s of an earlier push", text->work_id);
		text->stage = JOURNAL_ENDED;
	}
	if (!ends && seen->processed == text->processed)
		return end_stalled(left, err);
	text->processed = seen->processed;
	if (!journal_write(left->fd, left->platform->settings, text))
		log_debug("the journal of works cannot be written");
	return 0;
}

static int go_on(struct left *left, struct error *err)
{
	if (platform_work_read(left->platform, left->text.work_id, &left->seen, err) != 0)
		return -1;
	return left->text.stage == JOURNAL_OPEN ? close_interrupted(left, err) : follow(left, err);
}

static void recover_entry(struct platform *platform, const char *path)
{
	struct left left = {.platform = platform, .fd = open(path, O_RDWR | O_CLOEXEC)};
	struct error err;
	cJSON *tree = NULL;
	/* Somebody who lives holds the lock. */
	if (left.fd >= 0 && flock(left.fd, LOCK_EX | LOCK_NB) == 0)
		tree = journal_read(left.fd, platform->settings, &left.text);
	if (tree && go_on(&left, &err) != 0)
		log_warning("cannot go on with the work %s of an earlier push: %s", left.text.work_id, err.text);
	else if (tree && left.over)
		unlink(path);
	cJSON_Delete(tree);
	if (left.fd >= 0)
		close(left.fd);
}

void journal_recover(struct platform *platform)
{
	char *path = state_dir_path(platform->settings, "works");
	DIR *works = path ? opendir(path) : NULL;
	for (struct dirent *item; works && (item = readdir(works));) {
		if (item->d_name[0] == '.')
			continue;
		char *entry = xasprintf("%s/%s", path, item->d_name);
		recover_entry(platform, entry);
		free(entry);
	}
	if (works)
		closedir(works);
	free(path);
}
