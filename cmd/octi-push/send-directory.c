/* SPDX-License-Identifier: Apache-2.0 */
#include "send-directory.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bundle-file.h"
#include "exit-codes.h"
#include "json-write.h"
#include "log.h"
#include "timestamp.h"
#include "xalloc.h"

#define HEAD_MAX 8192
#define DAY_S    86400

/* "my_connector-": what the names of this connector's files begin with. */
static char *prefix_of(const struct push_settings *settings)
{
	char *prefix = xasprintf("%s-", settings->connector_name);
	for (char *at = prefix; *at; at++)
		*at = *at == ' ' || *at == '/' ? '_' : (char)tolower((unsigned char)*at);
	return prefix;
}

static char *name_of(const char *prefix)
{
	struct timespec now;
	struct tm utc;
	char stamp[32];
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &utc);
	return xasprintf("%s%s-%lld.%06ld.json", prefix, stamp, (long long)now.tv_sec, now.tv_nsec / 1000);
}

static int put_head(struct buf *text, const struct session *session, struct error *err)
{
	const struct push_settings *settings = session->settings;
	struct json_writer writer;
	json_writer_init(&writer, text);
	json_begin_object(&writer);
	json_member_string(&writer, "bundle_type", "DIRECTORY_BUNDLE");
	json_member_string(&writer, "applicant_id", session->platform.applicant_id);
	json_key(&writer, "connector");
	json_begin_object(&writer);
	json_member_string(&writer, "id", settings->connector_id);
	json_member_string(&writer, "name", settings->connector_name);
	json_member_string(&writer, "type", "EXTERNAL_IMPORT");
	json_key(&writer, "scope");
	json_begin_array(&writer);
	for (const char *const *scope = settings->scope; scope && *scope; scope++)
		json_put_string(&writer, *scope);
	json_end_array(&writer);
	json_member_bool(&writer, "auto", false);
	json_member_bool(&writer, "validate_before_import", false);
	json_end_object(&writer);
	json_key(&writer, "entities_types");
	json_begin_array(&writer);
	json_end_array(&writer);
	json_member_bool(&writer, "update", false);
	if (writer.failed || buf_add_str(text, ",\"bundle\":\n") != 0)
		return error_set(err, EXIT_SOFTWARE, "the head of a bundle's file grew over its bound");
	return 0;
}

static void remove_old(const char *directory, const char *name, const char *prefix, int64_t before)
{
	size_t len = strlen(name);
	struct stat status;
	if (strncmp(name, prefix, strlen(prefix)) != 0 || len < 5 || strcmp(name + len - 5, ".json") != 0)
		return;
	char *path = xasprintf("%s/%s", directory, name);
	if (lstat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_mtime < before && unlink(path) != 0)
		log_warning("cannot remove the old \"%s\"", path);
	free(path);
}

/* pycti removes every file of that kind; others' are none of our business. */
static void retain(const struct push_settings *settings, const char *prefix)
{
	if (settings->directory_retention_days == 0)
		return;
	int64_t before = timestamp_now() - settings->directory_retention_days * DAY_S;
	DIR *stream = opendir(settings->directory);
	for (struct dirent *item; stream && (item = readdir(stream));)
		remove_old(settings->directory, item->d_name, prefix, before);
	if (stream)
		closedir(stream);
}

int send_to_directory(const struct session *session, struct bundle_spool *bundle, struct error *err)
{
	const struct push_settings *settings = session->settings;
	struct buf head;
	char *prefix = prefix_of(settings);
	char *name = name_of(prefix);
	struct bundle_file file = {
	    .directory = settings->directory, .name = name, .head = &head, .tail = "}\n", .mode = 0640};
	buf_init(&head, HEAD_MAX);
	int result = put_head(&head, session, err);
	if (result == 0)
		result = bundle_file_write(&file, bundle, err);
	if (result == 0) {
		log_info("written to \"%s/%s\"", settings->directory, name);
		retain(settings, prefix);
	} else {
		error_prefix(err, "connector.send_to_directory_path \"%s\"", settings->directory);
	}
	buf_release(&head);
	free(name);
	free(prefix);
	return result;
}
