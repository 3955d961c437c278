/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "vt-file.h"
#include "xalloc.h"

/* Properly signed software that hardly any engine detects. */
#define SIGNED_MIN_POSITIVES 5
#define SOURCES_DIGITS_MAX   6

void vt_filter_init(struct vt_filter *filter, int64_t unknown_min_positives)
{
	*filter = (struct vt_filter){.unknown_min_positives = unknown_min_positives, .max_size = INT64_MAX};
	filter->min_sources[VT_SEVERITY_NONE] = -1;
	filter->min_sources[VT_SEVERITY_LOW] = 2;
}

bool vt_filter_add_severity(struct vt_filter *filter, const char *part)
{
	enum vt_severity severity;
	const char *colon = strchr(part, ':');
	char *name = xstrndup(part, colon ? (size_t)(colon - part) : strlen(part));
	bool is_known = vt_severity_parse(name, &severity);
	free(name);
	if (!is_known)
		return false;
	if (colon && (!colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
		      strlen(colon + 1) > SOURCES_DIGITS_MAX))
		return false;
	if (filter)
		filter->min_sources[severity] = colon ? strtoll(colon + 1, NULL, 10) : 0;
	return true;
}

static enum vt_rejection judge_severity(const struct vt_filter *filter, const struct vt_file *file)
{
	static const enum vt_rejection unwanted[] = {
	    [VT_SEVERITY_UNKNOWN] = VT_REJECT_UNKNOWN_UNDETECTED, [VT_SEVERITY_NONE] = VT_REJECT_SEVERITY_NONE,
	    [VT_SEVERITY_LOW] = VT_REJECT_SEVERITY_LOW,           [VT_SEVERITY_MEDIUM] = VT_REJECT_SEVERITY_MEDIUM,
	    [VT_SEVERITY_HIGH] = VT_REJECT_SEVERITY_HIGH,
	};
	enum vt_severity severity = file->severity == VT_SEVERITY_ABSENT ? VT_SEVERITY_UNKNOWN : file->severity;
	int64_t min_sources = filter->min_sources[severity];
	if (min_sources < 0)
		return unwanted[severity];
	if (file->unique_sources == VT_ABSENT || file->unique_sources >= min_sources)
		return VT_KEEP;
	return severity == VT_SEVERITY_LOW && min_sources == 2 ? VT_REJECT_LOW_SINGLE_SOURCE : VT_REJECT_FEW_SOURCES;
}

static bool is_wanted_type(const struct vt_filter *filter, struct json_slice tag)
{
	char *text = json_string_dup(tag);
	bool is_wanted = false;
	for (const char *const *type = filter->types; text && *type && !is_wanted; type++)
		is_wanted = strcasecmp(text, *type) == 0;
	free(text);
	return is_wanted;
}

/* type_tags has the broad ones too ("document", "executable"). */
static bool has_wanted_type(const struct vt_filter *filter, const struct vt_file *file)
{
	static const char *const keys[] = {"type_tag", "type_tags"};
	struct json_slice values[2], tag;
	struct json_iter iter;
	json_members(file->attributes, keys, values, 2);
	if (is_wanted_type(filter, values[0]))
		return true;
	json_iter_init(&iter, values[1]);
	while (json_iter_next(&iter, NULL, &tag)) {
		if (is_wanted_type(filter, tag))
			return true;
	}
	return false;
}

static enum vt_rejection judge_rest(const struct vt_filter *filter, const struct vt_file *file)
{
	if (file->size != VT_ABSENT && (file->size < filter->min_size || file->size > filter->max_size))
		return VT_REJECT_SIZE;
	if (filter->types && !has_wanted_type(filter, file))
		return VT_REJECT_TYPE;
	if (filter->min_score > 0 && vt_file_score(file) < filter->min_score)
		return VT_REJECT_SCORE;
	return VT_KEEP;
}

enum vt_rejection vt_filter_judge(const struct vt_filter *filter, const struct vt_file *file)
{
	enum vt_rejection severity = judge_severity(filter, file);
	if (file->eicar)
		return VT_REJECT_EICAR;
	if (severity == VT_REJECT_SEVERITY_NONE)
		return severity;
	if ((file->trusted_tag || file->signed_valid) && file->malicious < SIGNED_MIN_POSITIVES)
		return VT_REJECT_TRUSTED;
	if (severity != VT_KEEP)
		return severity;
	if (file->severity <= VT_SEVERITY_UNKNOWN && file->malicious < filter->unknown_min_positives &&
	    !file->sandbox_malicious)
		return VT_REJECT_UNKNOWN_UNDETECTED;
	return judge_rest(filter, file);
}

enum vt_rejection vt_file_filter(const struct vt_file *file, int64_t unknown_min_positives)
{
	struct vt_filter filter;
	vt_filter_init(&filter, unknown_min_positives);
	return vt_filter_judge(&filter, file);
}

const char *vt_rejection_name(enum vt_rejection rejection)
{
	static const char *const names[VT_REJECTION_COUNT] = {
	    [VT_KEEP] = "",
	    [VT_REJECT_SEVERITY_NONE] = "severity_none",
	    [VT_REJECT_SEVERITY_LOW] = "severity_low",
	    [VT_REJECT_SEVERITY_MEDIUM] = "severity_medium",
	    [VT_REJECT_SEVERITY_HIGH] = "severity_high",
	    [VT_REJECT_LOW_SINGLE_SOURCE] = "severity_low_single_source",
	    [VT_REJECT_FEW_SOURCES] = "few_sources",
	    [VT_REJECT_UNKNOWN_UNDETECTED] = "severity_unknown",
	    [VT_REJECT_TRUSTED] = "trusted",
	    [VT_REJECT_EICAR] = "eicar",
	    [VT_REJECT_SIZE] = "size",
	    [VT_REJECT_TYPE] = "type",
	    [VT_REJECT_SCORE] = "score",
	};
	return names[rejection];
}
