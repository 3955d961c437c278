/* SPDX-License-Identifier: Apache-2.0 */
#include "push.h"

#include <stdio.h>
#include <string.h>

#include "log.h"

static const struct push_protocol *const protocols[] = {&push_api, &push_amqp};

const struct push_protocol *push_protocol_find(const char *name)
{
	for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
		if (strcmp(protocols[i]->name, name) == 0)
			return protocols[i];
	}
	return NULL;
}

static const char *plural(uint64_t number)
{
	return number == 1 ? "" : "s";
}

void push_tell(const struct push_result *result, const char *what)
{
	char works[256] = "the platform opened the work itself";
	if (result->works == 1)
		snprintf(works, sizeof works, "work %s", result->work_id);
	else if (result->works > 1)
		snprintf(works, sizeof works, "%zu works", result->works);
	char progress[96] = "";
	if (result->status[0])
		snprintf(progress, sizeof progress, ": %s, %lld of %lld processed", result->status,
			 (long long)result->processed, (long long)result->expected);
	char errors[256];
	work_errors_text(&result->errors, errors, sizeof errors);
	log_info("%s: %llu object%s in %llu %s%s, %s%s%s%s", what, (unsigned long long)result->objects,
		 plural(result->objects), (unsigned long long)result->parts, result->part, plural(result->parts), works,
		 progress, errors[0] ? "; " : "", errors);
	work_errors_warn(&result->errors, what);
}
