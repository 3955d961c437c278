/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole bundles that a platform which was down did not take, in vtreporter.outbox_dir until it is there again (design
 * section 7). An entry is one file, made under another name, flushed to the disk and renamed, so it is there as a whole
 * or not at all: a JSON document whose first line holds whose it is and what is to be committed, and whose member
 * "bundle" is the bundle as it came ("jq .bundle ENTRY" gives it back). The number of refusals is in the name, so that
 * counting is a rename; after OUTBOX_TRIES of them the entry lies in outbox_dir/failed and is sent no more.
 */
#ifndef OUTBOX_H
#define OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bundle-spool.h"
#include "delivery.h"
#include "error.h"
#include "out.h"
#include "push-settings.h"

#define OUTBOX_TRIES 3

struct outbox_entry {
	char *path;
	char *connector_id, *url;
	int64_t kept;    /* when, in seconds */
	int64_t objects; /* of the bundle */
	unsigned refusals;
	bool failed; /* it lies in failed/ */
	struct delivery delivery;
};

struct outbox_list {
	struct outbox_entry *entries; /* oldest first, those that failed behind the others */
	size_t count;
};

/* Keeps the bundle. The new entry's path in *path (heap). -1 and err: EXIT_IO, and nothing is left behind. */
int outbox_keep(const struct push_settings *settings, struct bundle_spool *bundle, const struct delivery *delivery,
		char **path, struct error *err);
/*
 * Reads what is there; no directory is an empty list. A file that is no entry is told and left out. Removes what a
 * killed process left half written.
 */
int outbox_list(const struct push_settings *settings, struct outbox_list *list, struct error *err);
void outbox_list_release(struct outbox_list *list);
/* Whether the entry waits to be sent by this connector to this platform. */
bool outbox_is_ours(const struct outbox_entry *entry, const struct push_settings *settings);
/*
 * Opens the entry and feeds its bundle, which is then whole. The descriptor holds a lock; close it when the entry is
 * done. -1 and err: EXIT_BAD_INPUT for an entry that cannot be read as one; *fd -1 and 0 when another process has it.
 */
int outbox_open(const struct outbox_entry *entry, struct bundle_spool *bundle, int *fd, struct error *err);
/* The bundle was delivered. */
int outbox_remove(const struct outbox_entry *entry, struct error *err);
/* The bundle was refused for good once more; *given_up tells that it was the last time. */
int outbox_refuse(const struct push_settings *settings, struct outbox_entry *entry, bool *given_up, struct error *err);
/* KEPT\tWINDOW or -\tcommit or no-commit\tOBJECTS\twaiting, waiting:N, failed or other\tPATH, one line each. */
void outbox_put(const struct outbox_list *list, const struct push_settings *settings, struct out *out);

#endif
