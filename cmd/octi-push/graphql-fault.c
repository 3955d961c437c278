/* SPDX-License-Identifier: Apache-2.0 */
#include "graphql-fault.h"

#include <stdio.h>
#include <string.h>

#include "exit-codes.h"
#include "json-get.h"

/* Codes of opencti.md section 1. One that ends with '*' stands for all that begin so. */
static const struct rule {
	const char *code;
	enum graphql_remedy remedy;
	int status;
} rules[] = {
    {"AUTH_REQUIRED", GRAPHQL_FINAL, EXIT_REFUSED},
    {"AUTH_FAILURE", GRAPHQL_FINAL, EXIT_REFUSED},
    {"OTP_REQUIRED*", GRAPHQL_FINAL, EXIT_REFUSED},
    {"LTS_REQUIRED_ACTIVATION", GRAPHQL_FINAL, EXIT_REFUSED},
    {"FORBIDDEN_ACCESS", GRAPHQL_FINAL, EXIT_REFUSED},
    {"IP_FORBIDDEN", GRAPHQL_FINAL, EXIT_REFUSED},
    /* A document that the version does not know: ours to mend. */
    {"GRAPHQL_VALIDATION_FAILED", GRAPHQL_FINAL, EXIT_SOFTWARE},
    {"GRAPHQL_PARSE_FAILED", GRAPHQL_FINAL, EXIT_SOFTWARE},
    {"BAD_USER_INPUT", GRAPHQL_FINAL, EXIT_SOFTWARE},
    {"FUNCTIONAL_ERROR", GRAPHQL_FINAL, EXIT_UNAVAILABLE},
    {"VALIDATION_ERROR", GRAPHQL_FINAL, EXIT_UNAVAILABLE},
    /* stixBundlePush wraps everything in it, a message queue that is down too. */
    {"UNSUPPORTED_ERROR", GRAPHQL_RETRY_ONCE, EXIT_UNAVAILABLE},
    {"MISSING_REFERENCE_ERROR", GRAPHQL_FINAL, EXIT_UNAVAILABLE},
    {"ALREADY_DELETED_ERROR", GRAPHQL_FINAL, EXIT_UNAVAILABLE},
    {"RESOURCE_NOT_FOUND", GRAPHQL_FINAL, EXIT_UNAVAILABLE},
    {"DRAFT_LOCKED", GRAPHQL_FINAL, EXIT_UNAVAILABLE},
    {"WORK_NOT_ALIVE", GRAPHQL_FINAL, EXIT_UNAVAILABLE},
    {"LOCK_ERROR", GRAPHQL_RETRY, EXIT_UNAVAILABLE},
    {"DATABASE_ERROR", GRAPHQL_RETRY, EXIT_UNAVAILABLE},
    {"UNKNOWN_ERROR", GRAPHQL_RETRY, EXIT_UNAVAILABLE},
    {"INTERNAL_SERVER_ERROR", GRAPHQL_RETRY, EXIT_UNAVAILABLE},
};

/* Statuses of answers without a code that is known. */
static const struct status_rule {
	long from, to;
	enum graphql_remedy remedy;
	int status;
	const char *text;
} status_rules[] = {
    {401, 401, GRAPHQL_FINAL, EXIT_REFUSED, "the token is refused"},
    {403, 403, GRAPHQL_FINAL, EXIT_REFUSED, "access is refused"},
    {404, 405, GRAPHQL_FINAL, EXIT_CONFIG, "there is no GraphQL endpoint; is opencti.url right?"},
    {408, 408, GRAPHQL_RETRY, EXIT_UNAVAILABLE, "the request took too long"},
    {413, 413, GRAPHQL_TOO_LARGE, EXIT_BAD_INPUT, "the request is larger than the platform or a proxy allows"},
    {429, 429, GRAPHQL_RETRY, EXIT_UNAVAILABLE, "too many requests"},
    {400, 499, GRAPHQL_FINAL, EXIT_UNAVAILABLE, "the request is refused"},
    {500, 599, GRAPHQL_RETRY, EXIT_UNAVAILABLE, "the platform is in trouble"},
};

static bool matches(const char *pattern, const char *code)
{
	size_t len = strlen(pattern);
	if (pattern[len - 1] == '*')
		return strncmp(pattern, code, len - 1) == 0;
	return strcmp(pattern, code) == 0;
}

static const struct status_rule *rule_of_status(long http_status)
{
	for (size_t i = 0; i < sizeof status_rules / sizeof status_rules[0]; i++) {
		if (http_status >= status_rules[i].from && http_status <= status_rules[i].to)
			return &status_rules[i];
	}
	return NULL;
}

static void apply_status(struct graphql_fault *fault, long http_status)
{
	const struct status_rule *rule = rule_of_status(http_status);
	fault->remedy = rule ? rule->remedy : GRAPHQL_FINAL;
	fault->status = rule ? rule->status : EXIT_UNAVAILABLE;
}

static const struct rule *rule_of_code(const char *code)
{
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		if (matches(rules[i].code, code))
			return &rules[i];
	}
	return NULL;
}

static void apply_code(struct graphql_fault *fault, const cJSON *error, long http_status)
{
	const struct rule *known = rule_of_code(fault->code);
	if (known) {
		fault->remedy = known->remedy;
		fault->status = known->status;
		return;
	}
	/* A code of a version to come: the error says itself which HTTP status it would have had. */
	int64_t told;
	if (json_get_int(json_get_path(error, "extensions", "data", NULL), "http_status", &told))
		http_status = (long)told;
	fault->http_status = http_status;
	apply_status(fault, http_status);
}

static void read_error(const cJSON *error, long http_status, struct graphql_fault *fault)
{
	const char *code = json_get_string(json_get(error, "extensions"), "code");
	if (!code)
		code = json_get_string(error, "name");
	const char *message = json_get_string(error, "message");
	const char *reason = json_get_string(json_get_path(error, "extensions", "data", NULL), "reason");
	snprintf(fault->code, sizeof fault->code, "%s", code ? code : "");
	snprintf(fault->text, sizeof fault->text, "%s%s%s%s%s", fault->code, code && message ? ": " : "",
		 message ? message : "", reason ? ": " : "", reason ? reason : "");
	apply_code(fault, error, http_status);
}

void graphql_fault_read(long http_status, const cJSON *body, struct graphql_fault *fault)
{
	*fault = (struct graphql_fault){.found = true, .http_status = http_status};
	const cJSON *errors = json_get(body, "errors");
	if (cJSON_IsArray(errors) && errors->child) {
		read_error(errors->child, http_status, fault);
		return;
	}
	if (http_status == 200 && cJSON_IsObject(json_get(body, "data"))) {
		fault->found = false;
		return;
	}
	if (http_status == 200) {
		/* A proxy's page, or an answer that was cut. */
		snprintf(fault->text, sizeof fault->text, "the answer is no GraphQL; is opencti.url right?");
		fault->remedy = GRAPHQL_RETRY;
		fault->status = EXIT_UNAVAILABLE;
		return;
	}
	const struct status_rule *rule = rule_of_status(http_status);
	snprintf(fault->text, sizeof fault->text, "HTTP status %ld%s%s", http_status, rule ? ": " : "",
		 rule ? rule->text : "");
	apply_status(fault, http_status);
}

bool graphql_error_may_pass(const struct error *err)
{
	if (err->status != EXIT_UNAVAILABLE)
		return false;
	const struct rule *known = err->code[0] ? rule_of_code(err->code) : NULL;
	if (known)
		return known->remedy == GRAPHQL_RETRY;
	const struct status_rule *rule = err->http_status ? rule_of_status(err->http_status) : NULL;
	if (rule)
		return rule->remedy == GRAPHQL_RETRY;
	/* No answer, or one that is no GraphQL. */
	return !err->code[0];
}
