/* SPDX-License-Identifier: Apache-2.0 */
/* Writing an entry of the outbox. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bundle-file.h"
#include "exit-codes.h"
#include "json-write.h"
#include "outbox.h"
#include "timestamp.h"
#include "xalloc.h"

#define HEAD_MAX 8192

/* Unique, and in the order of time when sorted by letters. */
static char *entry_name(void)
{
	struct timespec now;
	struct tm utc;
	char stamp[32];
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%S", &utc);
	return xasprintf("%s.%06ldZ-%ld.0.json", stamp, now.tv_nsec / 1000, (long)getpid());
}

static int put_head(struct buf *text, const struct push_settings *settings, const struct bundle_spool *bundle,
		    const struct delivery *delivery, struct error *err)
{
	struct json_writer writer;
	char now[TIMESTAMP_TEXT_MAX];
	char *window = delivery->has_window ? commit_format(&delivery->window) : NULL;
	json_writer_init(&writer, text);
	json_begin_object(&writer);
	json_member_string(&writer, "connector", settings->connector_id);
	json_member_string(&writer, "url", settings->url);
	json_member_string(&writer, "kept", timestamp_format(timestamp_now(), now));
	json_member_string(&writer, "window", window);
	json_member_bool(&writer, "commit", delivery->commit);
	json_member_bool(&writer, "planned_absent", delivery->planned_absent);
	json_member_int(&writer, "objects", (int64_t)bundle->count);
	free(window);
	if (writer.failed || buf_add_str(text, ",\"bundle\":\n") != 0)
		return error_set(err, EXIT_SOFTWARE, "the head of an outbox entry grew over its bound");
	return 0;
}

int outbox_keep(const struct push_settings *settings, struct bundle_spool *bundle, const struct delivery *delivery,
		char **path, struct error *err)
{
	struct buf head;
	char *name = entry_name();
	struct bundle_file file = {
	    .directory = settings->outbox_dir, .name = name, .head = &head, .tail = "}\n", .mode = 0600};
	*path = NULL;
	buf_init(&head, HEAD_MAX);
	int result = put_head(&head, settings, bundle, delivery, err);
	if (result == 0)
		result = bundle_file_write(&file, bundle, err);
	if (result == 0)
		*path = xasprintf("%s/%s", settings->outbox_dir, name);
	else
		error_prefix(err, "the outbox \"%s\"", settings->outbox_dir);
	buf_release(&head);
	free(name);
	return result;
}
