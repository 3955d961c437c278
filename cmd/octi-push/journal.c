/* SPDX-License-Identifier: Apache-2.0 */
#include "journal.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "json-get.h"
#include "json-write.h"
#include "log.h"
#include "state-dir.h"
#include "xalloc.h"

#define ENTRY_MAX 4096

/* A work's id holds the connector's id and a time: as a file name, with everything unusual replaced. NULL: no journal.
 */
static char *entry_path(const struct push_settings *settings, const char *work_id)
{
	char *name = xasprintf("works/%.200s", work_id);
	for (char *at = name + strlen("works/"); *at; at++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", *at))
			*at = '_';
	}
	char *path = state_dir_path(settings, name);
	free(name);
	return path;
}

static bool write_entry(int fd, const struct push_settings *settings, const char *work_id, bool accepted,
			uint64_t announced)
{
	struct buf text;
	struct json_writer writer;
	buf_init(&text, ENTRY_MAX);
	json_writer_init(&writer, &text);
	json_begin_object(&writer);
	json_member_string(&writer, "work", work_id);
	json_member_string(&writer, "connector", settings->connector_id);
	json_member_string(&writer, "url", settings->url);
	json_member_bool(&writer, "accepted", accepted);
	json_member_int(&writer, "announced", (int64_t)announced);
	json_end_object(&writer);
	bool written = !writer.failed && ftruncate(fd, 0) == 0 &&
		       pwrite(fd, text.data, text.len, 0) == (ssize_t)text.len && fsync(fd) == 0;
	buf_release(&text);
	return written;
}

struct journal_entry journal_open(const struct push_settings *settings, const char *work_id, uint64_t promised)
{
	struct journal_entry entry = JOURNAL_NONE;
	entry.path = entry_path(settings, work_id);
	if (!entry.path)
		return entry;
	entry.fd = open(entry.path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (entry.fd < 0 || flock(entry.fd, LOCK_EX | LOCK_NB) != 0 ||
	    !write_entry(entry.fd, settings, work_id, false, promised)) {
		log_debug("no journal of works: cannot write \"%s\"", entry.path);
		journal_close(&entry);
	}
	return entry;
}

void journal_close(struct journal_entry *entry)
{
	if (entry->path)
		unlink(entry->path);
	if (entry->fd >= 0)
		close(entry->fd);
	free(entry->path);
	*entry = JOURNAL_NONE;
}

void journal_leave(struct journal_entry *entry, const struct push_settings *settings, const char *work_id,
		   bool accepted, uint64_t announced)
{
	if (entry->fd >= 0)
		write_entry(entry->fd, settings, work_id, accepted, announced);
	if (entry->fd >= 0)
		close(entry->fd);
	free(entry->path);
	*entry = JOURNAL_NONE;
}

struct left_work {
	char *id;
	bool accepted;
	int64_t announced;
};

/* Whether the entry is one of this connector's works on this platform; left is then filled (id is heap). */
static bool read_entry(int fd, const struct push_settings *settings, struct left_work *left)
{
	char text[ENTRY_MAX];
	ssize_t len = pread(fd, text, sizeof text, 0);
	cJSON *tree = len > 0 ? json_parse_text(text, (size_t)len, NULL) : NULL;
	const char *id = json_get_string(tree, "work");
	const char *connector = json_get_string(tree, "connector");
	const char *url = json_get_string(tree, "url");
	bool ours =
	    id && connector && url && strcmp(connector, settings->connector_id) == 0 && strcmp(url, settings->url) == 0;
	*left = (struct left_work){.accepted = json_get_bool(tree, "accepted", false)};
	json_get_int(tree, "announced", &left->announced);
	if (ours)
		left->id = xstrdup(id);
	cJSON_Delete(tree);
	return ours;
}

/* Of what was announced only a part was sent: what is processed when the queue is empty. *known: it is. */
static int lower_expected(struct platform *platform, const struct left_work *left, const struct platform_work *seen,
			  bool *known, struct error *err)
{
	struct platform_connector connector;
	if (platform_read_connector(platform, &connector, err) != 0)
		return -1;
	*known = connector.queue_messages == 0;
	platform_connector_release(&connector);
	if (!*known || seen->processed == seen->expected)
		return 0;
	return platform_work_expect(platform, left->id, seen->processed - seen->expected, err);
}

static int end_left_work(struct platform *platform, const struct left_work *left, bool *ended, struct error *err)
{
	struct platform_work seen;
	*ended = false;
	if (platform_work_read(platform, left->id, &seen, err) != 0)
		return -1;
	/* Ended too early, this one would lose what the workers have yet to tell. */
	if (left->accepted && seen.expected < left->announced)
		return 0;
	*ended = !seen.found || seen.complete;
	if (*ended)
		return 0;
	if (!left->accepted && left->announced && lower_expected(platform, left, &seen, ended, err) != 0)
		return -1;
	if (!left->accepted && left->announced && !*ended)
		return 0;
	*ended = true;
	return platform_work_to_processed(
	    platform, left->id, left->accepted ? "all was pushed" : "the push was interrupted", !left->accepted, err);
}

static void recover_entry(struct platform *platform, const char *path)
{
	struct left_work left = {0};
	struct error err;
	bool ended;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	/* Somebody who lives holds the lock. */
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && read_entry(fd, platform->settings, &left)) {
		if (end_left_work(platform, &left, &ended, &err) != 0) {
			log_warning("cannot close the work %s of an earlier push: %s", left.id, err.text);
		} else if (ended) {
			log_info("closed the work %s of an earlier push", left.id);
			unlink(path);
		}
	}
	free(left.id);
	if (fd >= 0)
		close(fd);
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
