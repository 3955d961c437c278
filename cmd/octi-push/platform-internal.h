/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of platform.h share: a request under construction, and the answers that are none. */
#ifndef PLATFORM_INTERNAL_H
#define PLATFORM_INTERNAL_H

#include "json-write.h"
#include "platform.h"

struct platform_request {
	struct buf body;
	struct json_writer variables;
};

/* The writer of the variables' object, which platform_finish closes. */
struct json_writer *platform_begin(struct platform_request *request, const char *document);
/* Sends it and frees it; as graphql_call. */
int platform_finish(struct platform *platform, struct platform_request *request, const char *operation,
		    struct graphql_reply *reply, struct error *err);
/* The platform answered, but not as it should: -1 and err with the code PLATFORM_REFUSED. */
int platform_refused(const char *operation, const char *what, struct error *err);
int platform_unexpected(const char *operation, struct error *err);
/* The variables of a registration. */
void platform_put_registration(const struct platform *platform, struct json_writer *variables);
/* A copy (heap) that may be NULL. */
char *platform_dup(const char *text);

#endif
