/* SPDX-License-Identifier: Apache-2.0 */
#include "vt-file.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exit-codes.h"

const char *const vt_file_keys[VT_FILE_KEY_COUNT] = {VT_FILE_KEYS};

/* The test file that every engine detects on purpose. */
#define EICAR_MD5    "44d88612fea8a8f36de82e1278abb02f"
#define EICAR_SHA256 "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"

static int read_id(struct json_slice id, char *sha256)
{
	if (json_type_of(id) != JSON_STRING || id.len != 66)
		return -1;
	for (size_t i = 0; i < 64; i++) {
		unsigned char c = (unsigned char)id.text[i + 1];
		if (!isxdigit(c))
			return -1;
		sha256[i] = (char)tolower(c);
	}
	sha256[64] = '\0';
	return 0;
}

static enum vt_severity severity_of(struct json_slice threat_severity)
{
	struct json_slice level;
	char text[32];
	enum vt_severity severity = VT_SEVERITY_UNKNOWN;
	if (!json_member(threat_severity, "threat_severity_level", &level) || json_type_of(level) != JSON_STRING)
		return VT_SEVERITY_ABSENT;
	if (level.len < sizeof(text)) {
		snprintf(text, sizeof(text), "%.*s", (int)level.len - 2, level.text + 1);
		vt_severity_parse(text, &severity);
	}
	return severity;
}

static int64_t count_of(struct json_slice object, const char *key)
{
	struct json_slice value;
	int64_t count = 0;
	if (json_member(object, key, &value) && json_int64_lax(value, &count) && count > 0)
		return count;
	return 0;
}

static void read_detections(const struct json_slice *values, struct vt_file *file)
{
	struct json_slice stats = values[VT_FILE_STATS];
	if (json_type_of(stats) == JSON_OBJECT)
		file->malicious = count_of(stats, "malicious");
	else if (!json_int64_lax(values[VT_FILE_POSITIVES], &file->malicious) || file->malicious < 0)
		file->malicious = 0;
	file->engines = file->malicious + count_of(stats, "suspicious") + count_of(stats, "undetected") +
			count_of(stats, "harmless");
}

static bool any_sandbox_says_malicious(struct json_slice verdicts)
{
	struct json_iter iter;
	struct json_slice verdict, category;
	json_iter_init(&iter, verdicts);
	while (json_iter_next(&iter, NULL, &verdict)) {
		if (json_member(verdict, "category", &category) && json_string_is(category, "malicious"))
			return true;
	}
	return false;
}

static bool has_trusted_tag(struct json_slice tags)
{
	struct json_iter iter;
	struct json_slice tag;
	json_iter_init(&iter, tags);
	while (json_iter_next(&iter, NULL, &tag)) {
		if (json_string_is(tag, "known-distributor") || json_string_is(tag, "legit"))
			return true;
	}
	return false;
}

/* The first popular threat name is the one that most engines use. */
static bool is_called_eicar(struct json_slice classification)
{
	struct json_slice names, first, value;
	struct json_iter iter;
	json_member(classification, "popular_threat_name", &names);
	json_iter_init(&iter, names);
	return json_iter_next(&iter, NULL, &first) && json_member(first, "value", &value) &&
	       json_string_is(value, "eicar");
}

static int64_t number_or_absent(struct json_slice value)
{
	int64_t number;
	return json_int64_lax(value, &number) ? number : VT_ABSENT;
}

static void read_attributes(const struct json_slice *values, struct vt_file *file)
{
	struct json_slice value;
	file->severity = severity_of(values[VT_FILE_SEVERITY]);
	file->first_submission_date = number_or_absent(values[VT_FILE_FIRST]);
	file->unique_sources = number_or_absent(values[VT_FILE_SOURCES]);
	file->size = number_or_absent(values[VT_FILE_SIZE]);
	read_detections(values, file);
	json_path(values[VT_FILE_GTI], &value, "threat_score", "value", NULL);
	file->threat_score = number_or_absent(value);
	if (file->threat_score < 0 || file->threat_score > 100)
		file->threat_score = VT_ABSENT;
	file->sandbox_malicious = any_sandbox_says_malicious(values[VT_FILE_SANDBOX]);
	file->trusted_tag = has_trusted_tag(values[VT_FILE_TAGS]);
	file->signed_valid =
	    json_member(values[VT_FILE_SIGNATURE], "verified", &value) && json_string_is(value, "Signed");
	file->eicar = strcmp(file->sha256, EICAR_SHA256) == 0 || json_string_is(values[VT_FILE_MD5], EICAR_MD5) ||
		      is_called_eicar(values[VT_FILE_CLASSIFICATION]);
}

int vt_file_read_values(struct json_slice id, struct json_slice attributes, const struct json_slice *values,
			struct vt_file *file, struct error *err)
{
	*file = (struct vt_file){.severity = VT_SEVERITY_ABSENT,
				 .first_submission_date = VT_ABSENT,
				 .unique_sources = VT_ABSENT,
				 .size = VT_ABSENT,
				 .threat_score = VT_ABSENT};
	if (read_id(id, file->sha256))
		return error_set(err, EXIT_BAD_INPUT, "a file object without an \"id\" of 64 hex digits");
	if (json_type_of(attributes) != JSON_OBJECT)
		return 0;
	file->has_attributes = true;
	file->attributes = attributes;
	read_attributes(values, file);
	return 0;
}

int vt_file_read(struct json_slice object, struct vt_file *file, struct error *err)
{
	static const char *const keys[] = {"id", "attributes"};
	struct json_slice members[2], values[VT_FILE_KEY_COUNT];
	json_members(object, keys, members, 2);
	json_members(members[1], vt_file_keys, values, VT_FILE_KEY_COUNT);
	return vt_file_read_values(members[0], members[1], values, file, err);
}

static const char *const severity_names[] = {
    [VT_SEVERITY_ABSENT] = "ABSENT", [VT_SEVERITY_UNKNOWN] = "UNKNOWN", [VT_SEVERITY_NONE] = "NONE",
    [VT_SEVERITY_LOW] = "LOW",       [VT_SEVERITY_MEDIUM] = "MEDIUM",   [VT_SEVERITY_HIGH] = "HIGH",
};

bool vt_severity_parse(const char *text, enum vt_severity *severity)
{
	if (strncasecmp(text, "SEVERITY_", 9) == 0)
		text += 9;
	for (int i = VT_SEVERITY_UNKNOWN; i <= VT_SEVERITY_HIGH; i++) {
		if (strcasecmp(text, severity_names[i]) == 0) {
			*severity = (enum vt_severity)i;
			return true;
		}
	}
	return false;
}

const char *vt_severity_name(enum vt_severity severity)
{
	return severity_names[severity];
}

static int falling(int64_t a, int64_t b)
{
	return a > b ? -1 : a < b;
}

int vt_file_compare_risk(const struct vt_file *a, const struct vt_file *b)
{
	int order = falling((int64_t)a->severity, (int64_t)b->severity);
	if (!order)
		order = falling(a->malicious, b->malicious);
	if (!order)
		order = falling(a->unique_sources, b->unique_sources);
	if (!order)
		order = falling(a->first_submission_date, b->first_submission_date);
	return order ? order : strcmp(a->sha256, b->sha256);
}

int vt_file_score(const struct vt_file *file)
{
	static const struct {
		int low, high;
	} bands[] = {
	    [VT_SEVERITY_ABSENT] = {0, 49}, [VT_SEVERITY_UNKNOWN] = {0, 49}, [VT_SEVERITY_NONE] = {0, 49},
	    [VT_SEVERITY_LOW] = {25, 49},   [VT_SEVERITY_MEDIUM] = {50, 74}, [VT_SEVERITY_HIGH] = {75, 100},
	};
	if (file->threat_score != VT_ABSENT)
		return (int)file->threat_score;
	int low = bands[file->severity].low, high = bands[file->severity].high;
	if (file->engines <= 0)
		return low;
	double ratio = (double)file->malicious / (double)file->engines;
	return low + (int)(ratio * (high - low) + 0.5);
}
