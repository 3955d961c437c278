/* SPDX-License-Identifier: Apache-2.0 */
#include "relate-settings.h"

#include <stdlib.h>
#include <string.h>

#include "xalloc.h"

/* The row "name:number" for the relationship, else the row of "*", else no limit. */
static int64_t max_for(const char *const *limits, const char *name)
{
	int64_t max = 0;
	for (; *limits; limits++) {
		const char *colon = strchr(*limits, ':');
		size_t len = (size_t)(colon - *limits);
		if (strlen(name) == len && strncmp(*limits, name, len) == 0)
			return strtoll(colon + 1, NULL, 10);
		if (len == 1 && **limits == '*')
			max = strtoll(colon + 1, NULL, 10);
	}
	return max;
}

static bool has_link(const struct relate_settings *settings, const struct vt_link *link)
{
	for (size_t i = 0; i < settings->link_count; i++) {
		if (settings->links[i].link == link)
			return true;
	}
	return false;
}

static void read_links(struct relate_settings *settings, const struct config *config)
{
	const char *const *limits = config_list(config, "vtreporter.related_max");
	settings->links = xcalloc(vt_link_count, sizeof(*settings->links));
	for (const char *const *name = config_list(config, "vtreporter.relationships"); *name; name++) {
		const struct vt_link *link = vt_link_find(*name);
		if (!has_link(settings, link))
			settings->links[settings->link_count++] =
			    (struct relate_link){.link = link, .max = max_for(limits, *name)};
	}
}

int relate_settings_read(struct relate_settings *settings, const struct config *config, struct error *err)
{
	for (const char *const *name = config_list(config, "vtreporter.relate_severity"); *name; name++) {
		enum vt_severity severity;
		if (vt_severity_parse(*name, &severity))
			settings->severities[severity] = true;
	}
	/* Who says UNKNOWN means all files without a level. */
	settings->severities[VT_SEVERITY_ABSENT] = settings->severities[VT_SEVERITY_UNKNOWN];
	vt_severity_parse(config_text(config, "vtreporter.related_min_severity"), &settings->related_min_severity);
	settings->expand_max = config_int(config, "vtreporter.expand_max");
	settings->unknown_min_positives = config_int(config, "vtreporter.unknown_min_positives");
	settings->contact_min_positives = config_int(config, "vtreporter.contact_min_positives");
	settings->max_requests = config_int(config, "vtreporter.max_requests");
	settings->quota_reserve = config_int(config, "vtreporter.quota_reserve");
	read_links(settings, config);
	settings->allowlist = allowlist_new(config_text(config, "vtreporter.allowlist"), err);
	return settings->allowlist ? 0 : -1;
}

void relate_settings_release(struct relate_settings *settings)
{
	free(settings->links);
	allowlist_free(settings->allowlist);
	settings->links = NULL;
	settings->allowlist = NULL;
}
