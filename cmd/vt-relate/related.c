/* SPDX-License-Identifier: Apache-2.0 */
#include "related.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"

char *related_id(struct json_slice object)
{
	struct json_slice id;
	return json_member(object, "id", &id) ? json_string_dup(id) : NULL;
}

void related_release(struct related *related)
{
	free(related->text);
	free(related->id);
}

int related_compare(const struct related *a, const struct related *b)
{
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if (a->positives != b->positives)
		return a->positives > b->positives ? -1 : 1;
	return strcmp(a->id, b->id);
}

static const char *reject_host(const struct relate_settings *settings, enum vt_link_target target,
			       struct json_slice object, const char *id)
{
	enum allowlist_verdict verdict;
	if (target == VT_LINK_URL) {
		struct json_slice value;
		if (!json_path(object, &value, "attributes", "url", NULL) &&
		    !json_path(object, &value, "context_attributes", "url", NULL))
			return "no_url";
		char *url = json_string_dup(value);
		if (!url)
			return "no_url";
		verdict = allowlist_check_url(settings->allowlist, url);
		free(url);
	} else {
		verdict = allowlist_check(settings->allowlist, id);
	}
	return verdict == ALLOWLIST_BENIGN ? "allowlist" : verdict == ALLOWLIST_RESERVED ? "reserved" : NULL;
}

static const char *const type_names[] = {
    [VT_LINK_FILE] = "file", [VT_LINK_DOMAIN] = "domain", [VT_LINK_IP_ADDRESS] = "ip_address",
    [VT_LINK_URL] = "url",   [VT_LINK_MITRE] = "",
};

const char *related_reject_by_id(const struct relate_settings *settings, enum vt_link_target target,
				 const char *file_id, struct json_slice object)
{
	struct json_slice type, error;
	const char *reason = NULL;
	char *id = related_id(object);
	if (!id || !json_member(object, "type", &type) || !json_string_is(type, type_names[target]))
		reason = "unexpected";
	else if (json_member(object, "error", &error) && json_type_of(error) == JSON_OBJECT)
		reason = "not_found";
	else if (target != VT_LINK_FILE)
		reason = reject_host(settings, target, object, id);
	else if (strcmp(id, file_id) == 0)
		reason = "self";
	free(id);
	return reason;
}

static const char *reject_file(const struct relate_settings *settings, const struct vt_file *file)
{
	if (!file->has_attributes)
		return "not_found";
	enum vt_rejection rejection = vt_file_filter(file, settings->unknown_min_positives);
	if (rejection != VT_KEEP)
		return vt_rejection_name(rejection);
	/* Without a level the detections have decided already. */
	if (file->severity > VT_SEVERITY_UNKNOWN && file->severity < settings->related_min_severity)
		return "severity";
	return NULL;
}

static const char *read_file(struct related *related, const struct relate_settings *settings, struct json_slice object)
{
	struct vt_file file;
	if (vt_file_read(object, &file, NULL))
		return "unexpected";
	const char *reason = reject_file(settings, &file);
	if (reason)
		return reason;
	related->severity = (int)file.severity;
	related->score = vt_file_score(&file);
	related->positives = file.malicious;
	return NULL;
}

static const char *read_host(struct related *related, const struct relate_settings *settings, struct json_slice object)
{
	struct json_slice value;
	if (!json_path(object, &value, "attributes", "last_analysis_stats", "malicious", NULL) ||
	    !json_int64(value, &related->positives))
		related->positives = 0;
	return related->positives < settings->contact_min_positives ? "verdict" : NULL;
}

const char *related_read(struct related *related, const struct relate_settings *settings, enum vt_link_target target,
			 const char *file_id, struct json_slice object)
{
	*related = (struct related){.text = NULL};
	const char *reason = related_reject_by_id(settings, target, file_id, object);
	if (!reason)
		reason = target == VT_LINK_FILE ? read_file(related, settings, object)
						: read_host(related, settings, object);
	if (reason)
		return reason;
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	json_compact(object, &text);
	related->len = text.len;
	related->text = buf_take(&text);
	related->id = related_id(object);
	return NULL;
}
