/* SPDX-License-Identifier: Apache-2.0 */
#include "journal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "journal-internal.h"
#include "json-get.h"
#include "json-write.h"
#include "log.h"
#include "state-dir.h"
#include "xalloc.h"

#define ENTRY_SIZE 4096

static const char *const stage_names[JOURNAL_STAGES] = {"open", "accepted", "ended"};

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

/* Always of the same length, within one block of a disk: a crash leaves the old text or the new one. */
static bool replace_text(int fd, struct buf *text)
{
	while (text->len < ENTRY_SIZE) {
		if (buf_add(text, "\n", 1) != 0)
			return false;
	}
	return pwrite(fd, text->data, text->len, 0) == (ssize_t)text->len && fsync(fd) == 0;
}

bool journal_write(int fd, const struct push_settings *settings, const struct journal_text *text)
{
	struct buf line;
	struct json_writer writer;
	buf_init(&line, ENTRY_SIZE);
	json_writer_init(&writer, &line);
	json_begin_object(&writer);
	json_member_string(&writer, "work", text->work_id);
	json_member_string(&writer, "connector", settings->connector_id);
	json_member_string(&writer, "url", settings->url);
	json_member_string(&writer, "stage", stage_names[text->stage]);
	json_member_int(&writer, "announced", text->announced);
	json_member_int(&writer, "processed", text->processed);
	json_end_object(&writer);
	bool written = !writer.failed && replace_text(fd, &line);
	buf_release(&line);
	return written;
}

static enum journal_stage stage_of(const char *name)
{
	for (size_t i = 0; name && i < JOURNAL_STAGES; i++) {
		if (strcmp(stage_names[i], name) == 0)
			return (enum journal_stage)i;
	}
	return JOURNAL_OPEN;
}

cJSON *journal_read(int fd, const struct push_settings *settings, struct journal_text *text)
{
	char line[ENTRY_SIZE];
	ssize_t len = pread(fd, line, sizeof line, 0);
	cJSON *tree = len > 0 ? json_parse_text(line, (size_t)len, NULL) : NULL;
	const char *connector = json_get_string(tree, "connector");
	const char *url = json_get_string(tree, "url");
	*text = (struct journal_text){.work_id = json_get_string(tree, "work"),
				      .stage = stage_of(json_get_string(tree, "stage"))};
	json_get_int(tree, "announced", &text->announced);
	json_get_int(tree, "processed", &text->processed);
	if (text->work_id && connector && url && strcmp(connector, settings->connector_id) == 0 &&
	    strcmp(url, settings->url) == 0)
		return tree;
	cJSON_Delete(tree);
	return NULL;
}

void journal_note(struct journal_entry *entry, const struct push_settings *settings, const char *work_id,
		  enum journal_stage stage, uint64_t announced)
{
	struct journal_text text = {.work_id = work_id, .stage = stage, .announced = (int64_t)announced};
	if (entry->fd >= 0 && !journal_write(entry->fd, settings, &text)) {
		log_debug("no journal of works: cannot write \"%s\"", entry->path);
		journal_close(entry);
	}
}

struct journal_entry journal_open(const struct push_settings *settings, const char *work_id, enum journal_stage stage,
				  uint64_t promised)
{
	struct journal_entry entry = JOURNAL_NONE;
	entry.path = entry_path(settings, work_id);
	if (!entry.path)
		return entry;
	entry.fd = open(entry.path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (entry.fd >= 0 && flock(entry.fd, LOCK_EX | LOCK_NB) == 0) {
		journal_note(&entry, settings, work_id, stage, promised);
	} else {
		log_debug("no journal of works: cannot write \"%s\"", entry.path);
		journal_close(&entry);
	}
	return entry;
}

void journal_leave(struct journal_entry *entry)
{
	if (entry->fd >= 0)
		close(entry->fd);
	free(entry->path);
	*entry = JOURNAL_NONE;
}

void journal_close(struct journal_entry *entry)
{
	if (entry->path)
		unlink(entry->path);
	journal_leave(entry);
}
