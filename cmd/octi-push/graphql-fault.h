/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the platform's answers mean (opencti.md section 1, "Error shapes"): GraphQL errors come with status 200 as well
 * as with others, and each code is either worth another try or final, with an exit status of its own.
 */
#ifndef GRAPHQL_FAULT_H
#define GRAPHQL_FAULT_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "error.h"

enum graphql_remedy {
	GRAPHQL_FINAL,      /* asking again changes nothing */
	GRAPHQL_RETRY,      /* asking again may help */
	GRAPHQL_RETRY_ONCE, /* a refusal that sometimes hides trouble inside the platform */
	GRAPHQL_TOO_LARGE   /* the body is over the limit of the platform or of a proxy: final for this body */
};

struct graphql_fault {
	bool found;     /* false: the answer holds data and no error */
	char code[64];  /* extensions.code, else name; "" for an answer that is no GraphQL */
	char text[400]; /* message, with the reason when one is told */
	enum graphql_remedy remedy;
	int status;       /* the exit status when nothing helps */
	long http_status; /* of the answer, or the one that the error itself says it would have had */
};

/*
 * Judges an answer: its HTTP status (not 0) and its body as a tree, which is NULL when the body is no JSON.
 */
void graphql_fault_read(long http_status, const cJSON *body, struct graphql_fault *fault);

/*
 * Whether it is the platform that is in trouble, so that the same may succeed another time: no answer, or one that was
 * worth a retry. Not so when the platform refused what it was asked.
 */
bool graphql_error_may_pass(const struct error *err);

#endif
