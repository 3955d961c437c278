/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cJSON behind our own door. Trees come only from json_parse, which takes text that json_check has passed; look-ups are
 * case-sensitive and take the last of repeated keys. The root owns everything: free it with cJSON_Delete.
 */
#ifndef JSON_GET_H
#define JSON_GET_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "json-scan.h"

/*
 * A tree of a checked slice. In the copy that cJSON sees, each escaped U+0000 and each lone surrogate is overwritten by
 * the equally long \ufffd: cJSON would cut the string or refuse the text. NULL when value is {NULL, 0}.
 */
cJSON *json_parse(struct json_slice value);
/* Checks text and parses it. NULL and err on failure. */
cJSON *json_parse_text(const char *text, size_t len, struct error *err);

/* Each takes NULL or a value of another type as "not there". Strings are borrowed from the tree. */
const cJSON *json_get(const cJSON *object, const char *key);
const cJSON *json_get_path(const cJSON *object, ...) __attribute__((sentinel));
const char *json_get_string(const cJSON *object, const char *key);
/* A whole number of at most 2^53 in size (cJSON keeps doubles). False leaves *number alone. */
bool json_get_int(const cJSON *object, const char *key, int64_t *number);
bool json_get_bool(const cJSON *object, const char *key, bool fallback);

#endif
