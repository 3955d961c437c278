/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include <stdlib.h>
#include <string.h>

#include "stix-id.h"
#include "timestamp.h"
#include "xalloc.h"

static void read_markings(const struct config *config, const char *key, bool *levels)
{
	enum marking_level level;
	for (const char *const *name = config_list(config, key); *name; name++) {
		if (marking_parse(*name, &level))
			levels[level] = true;
	}
}

/* The place of a word in a list that the configuration's own check knows too. */
static int word_index(const char *word, const char *const *words)
{
	int at = 0;
	while (words[at] && strcmp(words[at], word) != 0)
		at++;
	return at;
}

int settings_read(struct settings *settings, const struct config *config, struct error *err)
{
	static const char *const families[] = {"none", "config", "known", "all", NULL};
	static const char *const attack[] = {"INFO", "LOW", "MEDIUM", "HIGH", NULL};
	settings->author = config_text(config, "vtreporter.author");
	settings->threat_types = config_list(config, "vtreporter.threat_types");
	settings->reliability = config_text(config, "vtreporter.reliability");
	settings->tag_labels = config_list(config, "vtreporter.tag_labels");
	settings->country_list = config_list(config, "vtreporter.country");
	settings->confidence = config_int(config, "vtreporter.confidence");
	settings->publish_max = config_int(config, "vtreporter.publish_max");
	settings->report_max_objects = config_int(config, "vtreporter.report_max_objects");
	settings->names_max = config_int(config, "vtreporter.names_max");
	settings->indicator_min_positives = config_int(config, "vtreporter.indicator_min_positives");
	settings->indicator_days = config_int(config, "vtreporter.indicator_days");
	settings->lag_s = duration_approx_seconds(config_duration(config, "vtreporter.lag"));
	vt_severity_parse(config_text(config, "vtreporter.indicators"), &settings->indicators);
	settings->families = (enum families)word_index(config_text(config, "vtreporter.families"), families);
	settings->attack_min_severity =
	    (enum attack_severity)word_index(config_text(config, "vtreporter.attack_min_severity"), attack);
	settings->technique_ids_as_written = strcmp(config_text(config, "vtreporter.technique_ids"), "as_written") == 0;
	const char *relation = config_text(config, "vtreporter.country_relation");
	settings->country_relation_all = strcmp(relation, "all") == 0;
	settings->country_relation_none = strcmp(relation, "none") == 0;
	read_markings(config, "vtreporter.report_markings", settings->report_markings);
	read_markings(config, "vtreporter.file_markings", settings->file_markings);
	stix_id_identity(settings->author_id, settings->author, "organization");
	settings->allowlist = allowlist_new(config_text(config, "vtreporter.allowlist"), err);
	return settings->allowlist ? 0 : -1;
}

/* text with every {country} and {cc} replaced; heap. */
static char *expand(const char *text, const struct settings *settings)
{
	struct buf out;
	buf_init(&out, BUF_UNBOUNDED);
	while (*text) {
		if (strncmp(text, "{country}", 9) == 0) {
			buf_add_str(&out, settings_country_name(settings));
			text += 9;
		} else if (strncmp(text, "{cc}", 4) == 0) {
			buf_add_str(&out, settings->search.country);
			text += 4;
		} else {
			buf_add_char(&out, *text++);
		}
	}
	return buf_take(&out);
}

static char **expand_all(const char *const *list, const struct settings *settings)
{
	size_t count = 0;
	while (list[count])
		count++;
	char **expanded = xcalloc(count + 1, sizeof(*expanded));
	for (size_t i = 0; i < count; i++)
		expanded[i] = expand(list[i], settings);
	return expanded;
}

void settings_take_search(struct settings *settings, const struct config *config, struct record_search *search)
{
	settings->search = *search;
	*search = (struct record_search){.id = NULL};
	settings->country = country_find(settings->search.country);
	settings->report_labels = expand_all(config_list(config, "vtreporter.report_labels"), settings);
	settings->file_labels = expand_all(config_list(config, "vtreporter.file_labels"), settings);
	stix_id_location(settings->location_id, settings_country_name(settings), "Country");
	timestamp_format_ms(settings->search.window_end, settings->created);
}

static void free_list(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

void settings_release_search(struct settings *settings)
{
	free_list(settings->report_labels);
	free_list(settings->file_labels);
	record_search_release(&settings->search);
}

void settings_release(struct settings *settings)
{
	allowlist_free(settings->allowlist);
}

const char *settings_country_name(const struct settings *settings)
{
	return settings->country ? settings->country->name : settings->search.country;
}
