/* SPDX-License-Identifier: Apache-2.0 */
#include "outbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exit-codes.h"
#include "json-get.h"
#include "log.h"
#include "state-dir.h"
#include "timestamp.h"
#include "xalloc.h"

/* The first line of an entry; the bundle's lines may be as long as they like. */
#define HEAD_MAX  8192
#define PIECE     ((size_t)64 << 10)
#define HEAD_END  "\"bundle\":\n"
#define ENTRY_END "}\n"
#define SUFFIX    ".json"

static int read_name(const char *name, unsigned *refusals)
{
	size_t len = strlen(name);
	size_t tail = strlen(".0" SUFFIX);
	if (name[0] == '.' || len <= tail || strcmp(name + len - strlen(SUFFIX), SUFFIX) != 0)
		return -1;
	char digit = name[len - tail + 1];
	if (name[len - tail] != '.' || digit < '0' || digit > '9')
		return -1;
	*refusals = (unsigned)(digit - '0');
	return 0;
}

static void read_window(const cJSON *tree, struct delivery *delivery)
{
	const char *window = json_get_string(tree, "window");
	*delivery = (struct delivery){.planned_absent = json_get_bool(tree, "planned_absent", false)};
	if (!window || commit_parse(window, &delivery->window, NULL) != 0)
		return;
	delivery->has_window = true;
	delivery->commit = json_get_bool(tree, "commit", false);
}

/* What the first line says; false when it is none of ours. */
static bool read_head(int fd, struct outbox_entry *entry, size_t *head_len)
{
	char text[HEAD_MAX + sizeof "null}"];
	ssize_t got = pread(fd, text, HEAD_MAX, 0);
	char *newline = got > 0 ? memchr(text, '\n', (size_t)got) : NULL;
	*head_len = newline ? (size_t)(newline - text) + 1 : 0;
	size_t end_len = strlen(HEAD_END);
	if (*head_len < end_len || memcmp(text + *head_len - end_len, HEAD_END, end_len) != 0)
		return false;
	memcpy(text + *head_len, "null}", strlen("null}"));
	cJSON *tree = json_parse_text(text, *head_len + strlen("null}"), NULL);
	const char *connector = json_get_string(tree, "connector");
	const char *url = json_get_string(tree, "url");
	const char *kept = json_get_string(tree, "kept");
	bool good = connector && url && kept && timestamp_parse(kept, &entry->kept, NULL) == 0;
	if (good) {
		entry->connector_id = xstrdup(connector);
		entry->url = xstrdup(url);
		json_get_int(tree, "objects", &entry->objects);
		read_window(tree, &entry->delivery);
	}
	cJSON_Delete(tree);
	return good;
}

static void release_entry(struct outbox_entry *entry)
{
	free(entry->path);
	free(entry->connector_id);
	free(entry->url);
}

static void list_file(struct outbox_list *list, const char *directory, const char *name, bool failed)
{
	struct outbox_entry entry = {.failed = failed};
	size_t head_len;
	if (read_name(name, &entry.refusals) != 0)
		return;
	entry.path = xasprintf("%s/%s", directory, name);
	int fd = open(entry.path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read_head(fd, &entry, &head_len)) {
		list->entries = xreallocarray(list->entries, list->count + 1, sizeof *list->entries);
		list->entries[list->count++] = entry;
	} else {
		log_warning("\"%s\" is no bundle of the outbox; it is left alone", entry.path);
		release_entry(&entry);
	}
	if (fd >= 0)
		close(fd);
}

/* Who writes holds a lock; what nobody holds was left by a process that was killed. */
static void remove_stale(const char *directory, const char *name)
{
	size_t len = strlen(name);
	if (name[0] != '.' || len < 5 || strcmp(name + len - 4, ".tmp") != 0)
		return;
	char *path = xasprintf("%s/%s", directory, name);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlink(path);
	if (fd >= 0)
		close(fd);
	free(path);
}

static int list_directory(struct outbox_list *list, const char *directory, bool failed, struct error *err)
{
	DIR *stream = opendir(directory);
	if (!stream)
		return errno == ENOENT ? 0 : error_set_errno(err, EXIT_IO, "cannot read the outbox \"%s\"", directory);
	for (struct dirent *item; (item = readdir(stream));) {
		remove_stale(directory, item->d_name);
		list_file(list, directory, item->d_name, failed);
	}
	closedir(stream);
	return 0;
}

/* Names begin with the time. */
static int compare(const void *a, const void *b)
{
	const struct outbox_entry *left = a, *right = b;
	if (left->failed != right->failed)
		return left->failed ? 1 : -1;
	return strcmp(left->path, right->path);
}

int outbox_list(const struct push_settings *settings, struct outbox_list *list, struct error *err)
{
	*list = (struct outbox_list){0};
	char *failed = xasprintf("%s/failed", settings->outbox_dir);
	int result = list_directory(list, settings->outbox_dir, false, err);
	if (result == 0)
		result = list_directory(list, failed, true, err);
	free(failed);
	if (result != 0)
		outbox_list_release(list);
	else if (list->count)
		qsort(list->entries, list->count, sizeof *list->entries, compare);
	return result;
}

void outbox_list_release(struct outbox_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		release_entry(&list->entries[i]);
	free(list->entries);
	*list = (struct outbox_list){0};
}

bool outbox_is_ours(const struct outbox_entry *entry, const struct push_settings *settings)
{
	return !entry->failed && strcmp(entry->connector_id, settings->connector_id) == 0 &&
	       strcmp(entry->url, settings->url) == 0;
}

static int broken(const struct outbox_entry *entry, struct error *err)
{
	return error_set(err, EXIT_BAD_INPUT, "\"%s\" is no whole bundle of the outbox", entry->path);
}

static int feed(int fd, off_t at, off_t end, struct bundle_spool *bundle, struct error *err)
{
	char *piece = xmalloc(PIECE);
	int result = 0;
	while (at < end && result == 0) {
		size_t want = end - at < (off_t)PIECE ? (size_t)(end - at) : PIECE;
		ssize_t got = pread(fd, piece, want, at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			result = error_set_errno(err, EXIT_IO, "cannot read a bundle of the outbox");
		else
			result = bundle_spool_feed(bundle, piece, (size_t)got, err);
		at += got;
	}
	free(piece);
	return result == 0 ? bundle_spool_finish(bundle, err) : -1;
}

static int open_locked(const struct outbox_entry *entry, struct bundle_spool *bundle, int fd, struct error *err)
{
	struct outbox_entry head = {0};
	struct stat status;
	size_t head_len;
	char end[sizeof ENTRY_END - 1];
	off_t end_len = (off_t)sizeof end;
	bool good = read_head(fd, &head, &head_len);
	release_entry(&head);
	if (!good || fstat(fd, &status) != 0 || status.st_size < (off_t)head_len + end_len ||
	    pread(fd, end, sizeof end, status.st_size - end_len) != end_len || memcmp(end, ENTRY_END, sizeof end) != 0)
		return broken(entry, err);
	return feed(fd, (off_t)head_len, status.st_size - end_len, bundle, err);
}

int outbox_open(const struct outbox_entry *entry, struct bundle_spool *bundle, int *fd, struct error *err)
{
	*fd = open(entry->path, O_RDWR | O_CLOEXEC);
	/* Another process that was faster has it, or is through with it. */
	if (*fd < 0 && errno == ENOENT)
		return 0;
	if (*fd < 0)
		return error_set_errno(err, EXIT_IO, "cannot open \"%s\"", entry->path);
	if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
		close(*fd);
		*fd = -1;
		return 0;
	}
	if (open_locked(entry, bundle, *fd, err) == 0)
		return 0;
	close(*fd);
	*fd = -1;
	return -1;
}

int outbox_remove(const struct outbox_entry *entry, struct error *err)
{
	if (unlink(entry->path) != 0 && errno != ENOENT)
		return error_set_errno(err, EXIT_IO, "cannot remove \"%s\"", entry->path);
	return 0;
}

int outbox_refuse(const struct push_settings *settings, struct outbox_entry *entry, bool *given_up, struct error *err)
{
	const char *name = strrchr(entry->path, '/') + 1;
	unsigned refusals = entry->refusals + 1;
	*given_up = refusals >= OUTBOX_TRIES;
	char *to = xasprintf("%s/%s%.*s.%u" SUFFIX, settings->outbox_dir, *given_up ? "failed/" : "",
			     (int)(strlen(name) - strlen(".0" SUFFIX)), name, refusals);
	int result = 0;
	if (!state_dir_make_parents(to) || rename(entry->path, to) != 0)
		result = error_set_errno(err, EXIT_IO, "cannot move \"%s\" to \"%s\"", entry->path, to);
	if (result != 0) {
		free(to);
		return -1;
	}
	free(entry->path);
	entry->path = to;
	entry->refusals = refusals;
	entry->failed = *given_up;
	return 0;
}

static const char *kind_of(const struct outbox_entry *entry, const struct push_settings *settings, char *buffer,
			   size_t size)
{
	if (entry->failed)
		return "failed";
	/* Without a configured connector or platform all of them are taken for ours. */
	if ((settings->connector_id && strcmp(settings->connector_id, entry->connector_id) != 0) ||
	    (settings->url && strcmp(settings->url, entry->url) != 0))
		return "other";
	if (entry->refusals == 0)
		return "waiting";
	snprintf(buffer, size, "waiting:%u", entry->refusals);
	return buffer;
}

void outbox_put(const struct outbox_list *list, const struct push_settings *settings, struct out *out)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct outbox_entry *entry = &list->entries[i];
		char kept[TIMESTAMP_TEXT_MAX], kind[32];
		char *window = entry->delivery.has_window ? commit_format(&entry->delivery.window) : xstrdup("-");
		char *line = xasprintf("%s\t%s\t%s\t%lld\t%s\t%s", timestamp_format(entry->kept, kept), window,
				       entry->delivery.commit ? "commit" : "no-commit", (long long)entry->objects,
				       kind_of(entry, settings, kind, sizeof kind), entry->path);
		out_put_line(out, line, strlen(line));
		free(line);
		free(window);
	}
}
