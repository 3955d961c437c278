/* SPDX-License-Identifier: Apache-2.0 */
/* What the platform noted on a work, by kind: its workers put the platform's own error text there. */
#ifndef WORK_ERRORS_H
#define WORK_ERRORS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

enum work_error {
	WORK_ERROR_EXCLUDED, /* on the platform's list of what it does not want: no failure */
	WORK_ERROR_RIGHT,    /* the token's user may not */
	WORK_ERROR_REFUSED,  /* the object is not as the platform wants it */
	WORK_ERROR_OTHER,
	WORK_ERROR_KINDS
};

struct work_errors {
	size_t count[WORK_ERROR_KINDS];
	char first[200]; /* of those that are failures */
	bool full;       /* the platform keeps no more of a work, so there may have been others */
};

/* Adds a work's list of errors, as the platform gives it (NULL allowed). */
void work_errors_add(struct work_errors *errors, const cJSON *list);
void work_errors_join(struct work_errors *errors, const struct work_errors *others);
/* How many are failures. */
size_t work_errors_failed(const struct work_errors *errors);
/* One warning about those that are failures, if any; what they happened to comes first. */
void work_errors_warn(const struct work_errors *errors, const char *what);
/* "2 excluded by the platform's list, 1 refused", and that there may be more; "" for none. */
void work_errors_text(const struct work_errors *errors, char *text, size_t size);

#endif
