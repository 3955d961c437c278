/* SPDX-License-Identifier: Apache-2.0 */
#include "work-errors.h"

#include <stdio.h>
#include <string.h>

#include "json-get.h"
#include "log.h"

/* Of a work, by the platform (opencti.md section 2.6). */
#define ERRORS_KEPT 100

/* Codes and words in the text (opencti.md sections 1, 4.5, 8 and 9); the first that is found decides. */
static const struct rule {
	const char *word;
	enum work_error kind;
} rules[] = {
    {"INDICATOR_PATTERN_EXCLUDED", WORK_ERROR_EXCLUDED},
    {"exclusion list", WORK_ERROR_EXCLUDED},
    {"FORBIDDEN_ACCESS", WORK_ERROR_RIGHT},
    {"AUTH_REQUIRED", WORK_ERROR_RIGHT},
    {"AUTH_FAILURE", WORK_ERROR_RIGHT},
    {"INSUFFICIENT_CONFIDENCE", WORK_ERROR_RIGHT},
    {"INCORRECT_INDICATOR_FORMAT", WORK_ERROR_REFUSED},
    {"FUNCTIONAL_ERROR", WORK_ERROR_REFUSED},
    {"VALIDATION_ERROR", WORK_ERROR_REFUSED},
    {"UNSUPPORTED_ERROR", WORK_ERROR_REFUSED},
    {"BAD_USER_INPUT", WORK_ERROR_REFUSED},
    {"Incompatible element", WORK_ERROR_REFUSED},
    {"Too large element", WORK_ERROR_REFUSED},
};

static enum work_error kind_of(const char *message)
{
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		if (strstr(message, rules[i].word))
			return rules[i].kind;
	}
	return WORK_ERROR_OTHER;
}

void work_errors_add(struct work_errors *errors, const cJSON *list)
{
	const cJSON *item;
	errors->full = errors->full || cJSON_GetArraySize(list) >= ERRORS_KEPT;
	cJSON_ArrayForEach(item, list)
	{
		const char *message = json_get_string(item, "message");
		enum work_error kind = kind_of(message ? message : "");
		errors->count[kind]++;
		if (kind != WORK_ERROR_EXCLUDED && !errors->first[0])
			snprintf(errors->first, sizeof errors->first, "%s", message ? message : "");
	}
}

void work_errors_join(struct work_errors *errors, const struct work_errors *others)
{
	for (size_t i = 0; i < WORK_ERROR_KINDS; i++)
		errors->count[i] += others->count[i];
	if (!errors->first[0])
		snprintf(errors->first, sizeof errors->first, "%s", others->first);
	errors->full = errors->full || others->full;
}

size_t work_errors_failed(const struct work_errors *errors)
{
	return errors->count[WORK_ERROR_RIGHT] + errors->count[WORK_ERROR_REFUSED] + errors->count[WORK_ERROR_OTHER];
}

void work_errors_warn(const struct work_errors *errors, const char *what)
{
	size_t failed = work_errors_failed(errors);
	if (failed)
		log_warning("%s: the platform could not take %zu object%s, the first: %s", what, failed,
			    failed == 1 ? "" : "s", errors->first);
}

void work_errors_text(const struct work_errors *errors, char *text, size_t size)
{
	static const char *const words[] = {"excluded by the platform's list", "for a missing right", "refused",
					    "failed otherwise"};
	size_t len = 0;
	text[0] = '\0';
	for (size_t i = 0; i < WORK_ERROR_KINDS && len < size; i++) {
		if (errors->count[i])
			len += (size_t)snprintf(text + len, size - len, "%s%zu %s", len ? ", " : "", errors->count[i],
						words[i]);
	}
	if (errors->full && len < size)
		snprintf(text + len, size - len, " and perhaps more, since the platform keeps only %d", ERRORS_KEPT);
}
