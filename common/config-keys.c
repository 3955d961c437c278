/* SPDX-License-Identifier: Apache-2.0 */
/* The table of all keys (design section 4, opencti.md section 6), and the checks of their values. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config.h"
#include "country.h"
#include "exit-codes.h"
#include "http.h"
#include "marking.h"
#include "vt-file.h"
#include "vt-link.h"
#include "xalloc.h"

static int refuse(struct error *err, const char *value, const char *expected)
{
	return error_set(err, EXIT_CONFIG, "\"%s\" is not valid: %s", value, expected);
}

/* One of several words, letter case ignored; rewritten into the word's own spelling. */
static int check_word(const char *value, const char *const *words, char **rewritten, const char *expected,
		      struct error *err)
{
	for (; *words; words++) {
		if (strcasecmp(value, *words) == 0) {
			*rewritten = xstrdup(*words);
			return 0;
		}
	}
	return refuse(err, value, expected);
}

/* Checks each part of a comma-separated list and joins the rewritten ones. */
static int check_each(const char *value, char **rewritten, struct error *err,
		      int (*check)(const char *part, char **rewritten, struct error *err))
{
	char *copy = xstrdup(value);
	char *joined = xstrdup("");
	char *rest = copy;
	int failed = 0;
	for (char *part; !failed && (part = strsep(&rest, ","));) {
		while (isspace((unsigned char)*part))
			part++;
		size_t len = strlen(part);
		while (len && isspace((unsigned char)part[len - 1]))
			part[--len] = '\0';
		if (!*part)
			continue;
		char *changed = NULL;
		failed = check(part, &changed, err);
		char *longer = xasprintf("%s%s%s", joined, *joined ? "," : "", changed ? changed : part);
		free(changed);
		free(joined);
		joined = longer;
	}
	free(copy);
	if (!failed && !*joined)
		failed = error_set(err, EXIT_CONFIG, "the list is empty");
	if (failed)
		free(joined);
	else
		*rewritten = joined;
	return failed;
}

static int check_not_placeholder(const char *value, char **rewritten, struct error *err)
{
	(void)rewritten;
	if (strcasecmp(value, "ChangeMe") == 0)
		return error_set(err, EXIT_CONFIG, "\"ChangeMe\" is a placeholder");
	for (const char *at = value; *at; at++) {
		if ((unsigned char)*at <= ' ' || *at == 0x7F)
			return error_set(err, EXIT_CONFIG, "it holds white space or control characters");
	}
	return 0;
}

static int check_url(const char *value, char **rewritten, bool may_be_http, struct error *err)
{
	if (check_not_placeholder(value, NULL, err))
		return -1;
	bool is_https = strncasecmp(value, "https://", 8) == 0;
	bool is_http = strncasecmp(value, "http://", 7) == 0;
	if ((!is_https && !is_http) || strlen(value) <= (is_https ? 8u : 7u))
		return refuse(err, value, "a URL that begins with https:// is needed");
	if (strpbrk(value, "?#@\""))
		return refuse(err, value, "a URL without user, query and fragment is needed");
	if (is_http && !may_be_http && !http_url_is_loopback(value))
		return refuse(err, value, "http is for loopback addresses only; use https");
	size_t len = strlen(value);
	while (len && value[len - 1] == '/')
		len--;
	*rewritten = xstrndup(value, len);
	return 0;
}

static int check_opencti_url(const char *value, char **rewritten, struct error *err)
{
	return check_url(value, rewritten, true, err);
}

static int check_api_url(const char *value, char **rewritten, struct error *err)
{
	if (check_url(value, rewritten, false, err))
		return -1;
	/* The old default of the predecessor: that host only redirects. */
	if (strcasecmp(*rewritten, "https://virustotal.com/api/v3") == 0) {
		free(*rewritten);
		*rewritten = xstrdup("https://www.virustotal.com/api/v3");
	}
	return 0;
}

static int check_uuid(const char *value, char **rewritten, struct error *err)
{
	size_t at = 0;
	for (; value[at] && at < 36; at++) {
		bool is_dash = at == 8 || at == 13 || at == 18 || at == 23;
		if (is_dash ? value[at] != '-' : !isxdigit((unsigned char)value[at]))
			break;
	}
	if (at != 36 || value[36])
		return refuse(err, value, "a UUID is needed (uuidgen makes one)");
	*rewritten = xstrdup(value);
	for (char *c = *rewritten; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return 0;
}

static int check_connector_type(const char *value, char **rewritten, struct error *err)
{
	static const char *const words[] = {"EXTERNAL_IMPORT", NULL};
	return check_word(value, words, rewritten, "this connector is an EXTERNAL_IMPORT", err);
}

static int check_name(const char *value, char **rewritten, struct error *err)
{
	(void)rewritten;
	return strlen(value) < 2 ? refuse(err, value, "at least two characters are needed") : 0;
}

static int check_log_level(const char *value, char **rewritten, struct error *err)
{
	static const char *const words[] = {"debug", "info", "warning", "error", NULL};
	if (strcasecmp(value, "warn") == 0)
		value = "warning";
	return check_word(value, words, rewritten, "debug, info, warning or error", err);
}

static int check_queue_protocol(const char *value, char **rewritten, struct error *err)
{
	static const char *const words[] = {"api", "amqp", NULL};
	return check_word(value, words, rewritten, "api or amqp", err);
}

static int check_country(const char *value, char **rewritten, struct error *err)
{
	const struct country *country = country_find(value);
	if (country) {
		*rewritten = xstrdup(country->alpha2);
		return 0;
	}
	country = country_suggest(value);
	if (country)
		return error_set(err, EXIT_CONFIG, "\"%s\" is no country code of ISO 3166-1; did you mean %s (%s)?",
				 value, country->alpha2, country->name);
	return refuse(err, value, "a two-letter country code of ISO 3166-1 is needed");
}

static int check_countries(const char *value, char **rewritten, struct error *err)
{
	return check_each(value, rewritten, err, check_country);
}

static int check_threat_types(const char *value, char **rewritten, struct error *err)
{
	(void)err;
	*rewritten = xstrdup(value);
	for (char *c = *rewritten; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return 0;
}

static int check_reliability(const char *value, char **rewritten, struct error *err)
{
	static const char *const words[] = {"A - Completely reliable",
					    "B - Usually reliable",
					    "C - Fairly reliable",
					    "D - Not usually reliable",
					    "E - Unreliable",
					    "F - Reliability cannot be judged",
					    NULL};
	for (const char *const *word = words; *word && strlen(value) == 1; word++) {
		if (toupper((unsigned char)*value) == **word)
			value = *word;
	}
	return check_word(value, words, rewritten, "one of the grades A to F, such as \"B - Usually reliable\"", err);
}

static int check_marking(const char *value, char **rewritten, struct error *err)
{
	enum marking_level level;
	if (!marking_parse(value, &level))
		return refuse(err, value, "TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER+STRICT or TLP_RED is needed");
	*rewritten = xstrdup(marking_name(level));
	return 0;
}

static int check_markings(const char *value, char **rewritten, struct error *err)
{
	return check_each(value, rewritten, err, check_marking);
}

static int check_submitter(const char *value, char **rewritten, struct error *err)
{
	static const char *const words[] = {"any", "first", NULL};
	return check_word(value, words, rewritten, "any or first", err);
}

/* VirusTotal documents no escape for a quote, so none is let in (virustotal.md section 3.1). */
static int check_query(const char *value, char **rewritten, struct error *err)
{
	(void)rewritten;
	int quotes = 0;
	for (const char *at = value; *at; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7F)
			return error_set(err, EXIT_CONFIG, "it holds control characters");
		quotes += *at == '"';
	}
	return quotes % 2 ? refuse(err, value, "a quote is not closed") : 0;
}

static int check_relationship(const char *value, char **rewritten, struct error *err)
{
	(void)rewritten;
	if (vt_link_find(value))
		return 0;
	const char *nearest = vt_link_suggest(value);
	char *all = vt_link_names();
	error_set(err, EXIT_CONFIG,
		  "\"%.40s\" is no relationship from files to files, domains, IPs or URLs%s%s%s there are %s", value,
		  nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : ":", all);
	free(all);
	return -1;
}

static int check_relationships(const char *value, char **rewritten, struct error *err)
{
	return check_each(value, rewritten, err, check_relationship);
}

static int check_severity(const char *value, char **rewritten, struct error *err)
{
	enum vt_severity severity;
	if (!vt_severity_parse(value, &severity))
		return refuse(err, value, "HIGH, MEDIUM, LOW, NONE or UNKNOWN is needed");
	*rewritten = xstrdup(vt_severity_name(severity));
	return 0;
}

static int check_severities(const char *value, char **rewritten, struct error *err)
{
	return check_each(value, rewritten, err, check_severity);
}

static int check_severity_rule(const char *value, char **rewritten, struct error *err)
{
	if (!vt_filter_add_severity(NULL, value))
		return refuse(err, value,
			      "HIGH, MEDIUM, LOW, NONE or UNKNOWN is needed, and :N for at least N submitters");
	*rewritten = xstrdup(value);
	for (char *c = *rewritten; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return 0;
}

static int check_severity_rules(const char *value, char **rewritten, struct error *err)
{
	return check_each(value, rewritten, err, check_severity_rule);
}

static int check_attack_severity(const char *value, char **rewritten, struct error *err)
{
	static const char *const words[] = {"INFO", "LOW", "MEDIUM", "HIGH", NULL};
	return check_word(value, words, rewritten, "INFO, LOW, MEDIUM or HIGH", err);
}

static int check_technique_ids(const char *value, char **rewritten, struct error *err)
{
	static const char *const words[] = {"lower", "as_written", NULL};
	return check_word(value, words, rewritten, "lower or as_written", err);
}

static int check_limit(const char *value, char **rewritten, struct error *err)
{
	(void)rewritten;
	const char *colon = strchr(value, ':');
	char *name = xstrndup(value, colon ? (size_t)(colon - value) : strlen(value));
	bool is_known = strcmp(name, "*") == 0 || vt_link_find(name);
	free(name);
	bool is_number =
	    colon && colon[1] && strspn(colon + 1, "0123456789") == strlen(colon + 1) && strlen(colon + 1) < 7;
	return is_known && is_number ? 0 : refuse(err, value, "relationship:number is needed, * stands for all others");
}

static int check_limits(const char *value, char **rewritten, struct error *err)
{
	return check_each(value, rewritten, err, check_limit);
}

static int check_families(const char *value, char **rewritten, struct error *err)
{
	static const char *const words[] = {"known", "config", "all", "none", NULL};
	return check_word(value, words, rewritten, "known, config, all or none", err);
}

static int check_country_relation(const char *value, char **rewritten, struct error *err)
{
	static const char *const words[] = {"high", "all", "none", NULL};
	return check_word(value, words, rewritten, "high, all or none", err);
}

static int check_revisit(const char *value, char **rewritten, struct error *err)
{
	struct duration duration;
	if (strcasecmp(value, "NONE") == 0) {
		*rewritten = xstrdup("NONE");
		return 0;
	}
	return duration_parse(value, &duration, err);
}

/* What pycti can do and we cannot: silence would be worse than a refusal. */
static int check_not_supported(const char *value, char **rewritten, struct error *err)
{
	(void)rewritten;
	if (strcasecmp(value, "false") == 0 || strcasecmp(value, "no") == 0)
		return 0;
	return refuse(err, value, "this connector does not support it");
}

/* The value is not repeated: it may be a secret. */
static int check_no_s3(const char *value, char **rewritten, struct error *err)
{
	(void)rewritten;
	if (strcasecmp(value, "false") == 0 || strcasecmp(value, "no") == 0)
		return 0;
	return error_set(err, EXIT_CONFIG, "sending to S3 is not there yet; send to the queue or to a directory");
}

const struct config_key config_keys[] = {
    {.name = "opencti.url", .type = CONFIG_TEXT, .check = check_opencti_url},
    {.name = "opencti.token", .type = CONFIG_TEXT, .secret = true, .check = check_not_placeholder},
    {.name = "opencti.ssl_verify", .type = CONFIG_TEXT, .default_value = "true", .note = "pycti's default is false"},
    {.name = "opencti.json_logging", .type = CONFIG_BOOL, .default_value = "false", .note = "pycti's default is true"},
    {.name = "opencti.custom_headers", .type = CONFIG_TEXT, .secret = true},
    {.name = "opencti.https_ca_certificates", .type = CONFIG_TEXT, .env_alias = "HTTPS_CA_CERTIFICATES"},
    {.name = "connector.id", .type = CONFIG_TEXT, .check = check_uuid},
    {.name = "connector.type", .type = CONFIG_TEXT, .default_value = "EXTERNAL_IMPORT", .check = check_connector_type},
    {.name = "connector.name",
     .type = CONFIG_TEXT,
     .default_value = "CI-ISAC VirusTotal Country Reporter",
     .check = check_name},
    {.name = "connector.scope", .type = CONFIG_LIST, .default_value = "vtreporter"},
    {.name = "connector.log_level", .type = CONFIG_TEXT, .default_value = "info", .check = check_log_level},
    {.name = "connector.duration_period", .type = CONFIG_DURATION, .default_value = "P1D"},
    {.name = "connector.run_and_terminate", .type = CONFIG_BOOL, .default_value = "false"},
    {.name = "connector.queue_protocol",
     .type = CONFIG_TEXT,
     .default_value = "api",
     .check = check_queue_protocol,
     .env_alias = "QUEUE_PROTOCOL",
     .note = "pycti's default is amqp"},
    {.name = "connector.queue_threshold", .type = CONFIG_INT, .default_value = "500", .min = 1, .max = 1000000000},
    {.name = "connector.validate_before_import",
     .type = CONFIG_TEXT,
     .default_value = "false",
     .check = check_not_supported},
    {.name = "connector.send_to_queue", .type = CONFIG_BOOL, .default_value = "true"},
    {.name = "connector.send_to_directory", .type = CONFIG_BOOL, .default_value = "false"},
    {.name = "connector.send_to_directory_path", .type = CONFIG_TEXT},
    {.name = "connector.send_to_directory_retention", .type = CONFIG_INT, .default_value = "7", .min = 0, .max = 36500},
    {.name = "connector.send_to_s3", .type = CONFIG_TEXT, .default_value = "false", .check = check_no_s3},
    {.name = "connector.send_to_s3_bucket", .type = CONFIG_TEXT, .check = check_no_s3},
    {.name = "connector.send_to_s3_folder", .type = CONFIG_TEXT, .check = check_no_s3},
    {.name = "connector.send_to_s3_retention", .type = CONFIG_TEXT, .check = check_no_s3},
    {.name = "s3.endpoint", .type = CONFIG_TEXT, .check = check_no_s3},
    {.name = "s3.port", .type = CONFIG_TEXT, .check = check_no_s3},
    {.name = "s3.access_key", .type = CONFIG_TEXT, .secret = true, .check = check_no_s3},
    {.name = "s3.secret_key", .type = CONFIG_TEXT, .secret = true, .check = check_no_s3},
    {.name = "s3.use_ssl", .type = CONFIG_TEXT, .check = check_no_s3},
    {.name = "s3.bucket_region", .type = CONFIG_TEXT, .check = check_no_s3},
    {.name = "connector.expose_metrics", .type = CONFIG_IGNORED, .note = "there is no metrics server"},
    {.name = "connector.metrics_port", .type = CONFIG_IGNORED},
    {.name = "connector.metrics_namespace", .type = CONFIG_IGNORED},
    {.name = "connector.metrics_subsystem", .type = CONFIG_IGNORED},
    {.name = "connector.auto_create_service_account", .type = CONFIG_IGNORED, .note = "no account is ever created"},
    {.name = "connector.auto_create_service_account_confidence_level", .type = CONFIG_IGNORED},
    {.name = "connector.auto", .type = CONFIG_IGNORED},
    {.name = "connector.auto_update", .type = CONFIG_IGNORED},
    {.name = "connector.enrichment_resolution", .type = CONFIG_IGNORED},
    {.name = "connector.only_contextual", .type = CONFIG_IGNORED},
    {.name = "connector.xtm_one_intent", .type = CONFIG_IGNORED},
    {.name = "connector.confidence_level", .type = CONFIG_IGNORED, .note = "obsolete since OpenCTI 6.0"},
    {.name = "connector.update_existing_data", .type = CONFIG_IGNORED, .note = "obsolete since OpenCTI 6.0"},
    {.name = "connector.listen_protocol", .type = CONFIG_IGNORED},

    {.name = "mq.host", .type = CONFIG_TEXT},
    {.name = "mq.port", .type = CONFIG_INT, .min = 1, .max = 65535},
    {.name = "mq.vhost", .type = CONFIG_TEXT},
    {.name = "mq.user", .type = CONFIG_TEXT},
    {.name = "mq.pass", .type = CONFIG_TEXT, .secret = true},
    {.name = "mq.use_ssl", .type = CONFIG_BOOL},
    {.name = "mq.use_ssl_ca", .type = CONFIG_TEXT},
    {.name = "mq.use_ssl_cert", .type = CONFIG_TEXT},
    {.name = "mq.use_ssl_key", .type = CONFIG_TEXT, .secret = true},
    {.name = "mq.use_ssl_passphrase", .type = CONFIG_TEXT, .secret = true},
    {.name = "mq.use_ssl_reject_unauthorized",
     .type = CONFIG_BOOL,
     .default_value = "true",
     .note = "pycti's default is false"},

    {.name = "vtreporter.api_url",
     .type = CONFIG_TEXT,
     .default_value = "https://www.virustotal.com/api/v3",
     .check = check_api_url},
    {.name = "vtreporter.api_key", .type = CONFIG_TEXT, .secret = true, .check = check_not_placeholder},
    {.name = "vtreporter.api_user", .type = CONFIG_TEXT, .check = check_not_placeholder},
    {.name = "vtreporter.country", .type = CONFIG_LIST, .default_value = "AU", .check = check_countries},
    {.name = "vtreporter.submitter", .type = CONFIG_TEXT, .default_value = "any", .check = check_submitter},
    {.name = "vtreporter.min_positives", .type = CONFIG_INT, .default_value = "1", .min = 0, .max = 1000},
    {.name = "vtreporter.extra_query", .type = CONFIG_TEXT, .check = check_query},
    {.name = "vtreporter.unknown_min_positives", .type = CONFIG_INT, .default_value = "5", .min = 0, .max = 1000},
    {.name = "vtreporter.severity",
     .type = CONFIG_LIST,
     .default_value = "HIGH,MEDIUM,LOW:2,UNKNOWN",
     .check = check_severity_rules},
    {.name = "vtreporter.min_size", .type = CONFIG_SIZE},
    {.name = "vtreporter.max_size", .type = CONFIG_SIZE},
    {.name = "vtreporter.file_types", .type = CONFIG_LIST},
    {.name = "vtreporter.min_score", .type = CONFIG_INT, .default_value = "0", .min = 0, .max = 100},
    {.name = "vtreporter.relationships",
     .type = CONFIG_LIST,
     .default_value = "similar_files,dropped_files,contacted_domains,contacted_ips,contacted_urls",
     .check = check_relationships},
    {.name = "vtreporter.relate_severity", .type = CONFIG_LIST, .default_value = "HIGH", .check = check_severities},
    {.name = "vtreporter.expand_max", .type = CONFIG_INT, .default_value = "200", .min = 0, .max = 1000000},
    {.name = "vtreporter.related_min_severity",
     .type = CONFIG_TEXT,
     .default_value = "MEDIUM",
     .check = check_severity},
    {.name = "vtreporter.related_max",
     .type = CONFIG_LIST,
     .default_value = "similar_files:5,*:20",
     .check = check_limits},
    {.name = "vtreporter.contact_min_positives", .type = CONFIG_INT, .default_value = "1", .min = 0, .max = 1000},
    {.name = "vtreporter.allowlist", .type = CONFIG_TEXT},
    {.name = "vtreporter.requests_per_minute", .type = CONFIG_INT, .min = 1, .max = 1000000},
    {.name = "vtreporter.max_requests", .type = CONFIG_INT, .min = 1, .max = 1000000000},
    {.name = "vtreporter.quota_reserve", .type = CONFIG_INT, .default_value = "0", .min = 0, .max = 1000000000},
    {.name = "vtreporter.stall_timeout", .type = CONFIG_DURATION, .default_value = "PT1M"},
    {.name = "vtreporter.cache_dir", .type = CONFIG_TEXT},
    {.name = "vtreporter.cache_days", .type = CONFIG_INT, .default_value = "7", .min = 0, .max = 3650},
    {.name = "vtreporter.cache_max", .type = CONFIG_SIZE, .default_value = "256M", .min = 0, .max = INT64_C(1) << 50},
    {.name = "vtreporter.author", .type = CONFIG_TEXT, .check = check_name},
    {.name = "vtreporter.threat_types",
     .type = CONFIG_LIST,
     .default_value = "THREAT-REPORT",
     .check = check_threat_types},
    {.name = "vtreporter.confidence", .type = CONFIG_INT, .default_value = "75", .min = 0, .max = 100},
    {.name = "vtreporter.reliability",
     .type = CONFIG_TEXT,
     .default_value = "B - Usually Reliable",
     .check = check_reliability},
    {.name = "vtreporter.report_labels", .type = CONFIG_LIST, .default_value = "ci-isac-vt-feed,{country}"},
    {.name = "vtreporter.file_labels", .type = CONFIG_LIST, .default_value = "ci-isac-vt-feed,{country}"},
    {.name = "vtreporter.tag_labels", .type = CONFIG_LIST},
    {.name = "vtreporter.report_markings", .type = CONFIG_LIST, .default_value = "TLP_AMBER", .check = check_markings},
    {.name = "vtreporter.file_markings", .type = CONFIG_LIST, .default_value = "TLP_AMBER", .check = check_markings},
    {.name = "vtreporter.publish_max", .type = CONFIG_INT, .default_value = "1000", .min = 0, .max = 1000000},
    {.name = "vtreporter.families", .type = CONFIG_TEXT, .default_value = "known", .check = check_families},
    {.name = "vtreporter.country_relation",
     .type = CONFIG_TEXT,
     .default_value = "high",
     .check = check_country_relation},
    {.name = "vtreporter.attack_min_severity",
     .type = CONFIG_TEXT,
     .default_value = "MEDIUM",
     .check = check_attack_severity},
    {.name = "vtreporter.technique_ids", .type = CONFIG_TEXT, .default_value = "lower", .check = check_technique_ids},
    {.name = "vtreporter.names_max", .type = CONFIG_INT, .default_value = "10", .min = 0, .max = 100},
    {.name = "vtreporter.indicators", .type = CONFIG_TEXT, .default_value = "HIGH", .check = check_severity},
    {.name = "vtreporter.indicator_min_positives", .type = CONFIG_INT, .default_value = "10", .min = 0, .max = 1000},
    {.name = "vtreporter.indicator_days", .type = CONFIG_INT, .min = 1, .max = 3650},
    {.name = "vtreporter.report_max_objects", .type = CONFIG_INT, .default_value = "3000", .min = 10, .max = 1000000},
    {.name = "vtreporter.lag", .type = CONFIG_DURATION},
    {.name = "vtreporter.revisit", .type = CONFIG_TEXT, .default_value = "P3D", .check = check_revisit},
    {.name = "vtreporter.max_catchup", .type = CONFIG_INT, .default_value = "7", .min = 1, .max = 1000},
    {.name = "vtreporter.push_wait", .type = CONFIG_DURATION, .default_value = "PT1H"},
    {.name = "vtreporter.push_retry", .type = CONFIG_DURATION, .default_value = "PT5M"},
    {.name = "vtreporter.push_max_body", .type = CONFIG_SIZE, .default_value = "40M", .min = 4096, .max = 1 << 30},
    {.name = "vtreporter.push_max_objects", .type = CONFIG_INT, .default_value = "50000", .min = 2, .max = 10000000},
    {.name = "vtreporter.archive_dir", .type = CONFIG_TEXT},
    {.name = "vtreporter.archive_days", .type = CONFIG_INT, .min = 1, .max = 36500},
    {.name = "vtreporter.keep_days", .type = CONFIG_INT, .default_value = "14", .min = 1, .max = 3650},
    {.name = "vtreporter.metrics_file", .type = CONFIG_TEXT},
    {.name = "vtreporter.fetch_timeout", .type = CONFIG_DURATION, .default_value = "PT1H"},
    {.name = "vtreporter.relate_timeout", .type = CONFIG_DURATION, .default_value = "PT6H"},
    {.name = "vtreporter.build_timeout", .type = CONFIG_DURATION, .default_value = "PT30M"},
    {.name = "vtreporter.push_timeout", .type = CONFIG_DURATION, .default_value = "PT3H"},
    {.name = "vtreporter.state_dir", .type = CONFIG_TEXT},
    {.name = "vtreporter.outbox_dir", .type = CONFIG_TEXT},
};
const size_t config_key_count = sizeof(config_keys) / sizeof(*config_keys);
