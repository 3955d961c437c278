/* SPDX-License-Identifier: Apache-2.0 */
#include "json-get.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "exit-codes.h"
#include "xalloc.h"

cJSON *json_parse(struct json_slice value)
{
	if (value.len == 0)
		return NULL;
	if (!memchr(value.text, '\\', value.len))
		return cJSON_ParseWithLength(value.text, value.len);
	char *copy = xstrndup(value.text, value.len);
	json_replace_escapes(copy, value.len, true);
	cJSON *tree = cJSON_ParseWithLength(copy, value.len);
	free(copy);
	return tree;
}

cJSON *json_parse_text(const char *text, size_t len, struct error *err)
{
	struct json_slice value;
	if (json_check(text, len, &value, err))
		return NULL;
	cJSON *tree = json_parse(value);
	if (!tree)
		error_set(err, EXIT_SOFTWARE, "cJSON refuses what the checker has passed");
	return tree;
}

const cJSON *json_get(const cJSON *object, const char *key)
{
	if (!cJSON_IsObject(object))
		return NULL;
	const cJSON *found = NULL;
	for (const cJSON *item = object->child; item; item = item->next) {
		if (item->string && strcmp(item->string, key) == 0)
			found = item;
	}
	return found;
}

const cJSON *json_get_path(const cJSON *object, ...)
{
	va_list keys;
	va_start(keys, object);
	const char *key;
	while (object && (key = va_arg(keys, const char *)))
		object = json_get(object, key);
	va_end(keys);
	return object;
}

const char *json_get_string(const cJSON *object, const char *key)
{
	const cJSON *item = json_get(object, key);
	return cJSON_IsString(item) ? item->valuestring : NULL;
}

bool json_get_int(const cJSON *object, const char *key, int64_t *number)
{
	const cJSON *item = json_get(object, key);
	const double exact = 9007199254740992.0; /* 2^53 */
	if (!cJSON_IsNumber(item) || !(fabs(item->valuedouble) <= exact) ||
	    item->valuedouble != trunc(item->valuedouble))
		return false;
	*number = (int64_t)item->valuedouble;
	return true;
}

bool json_get_bool(const cJSON *object, const char *key, bool fallback)
{
	const cJSON *item = json_get(object, key);
	return cJSON_IsBool(item) ? cJSON_IsTrue(item) : fallback;
}
