/* SPDX-License-Identifier: Apache-2.0 */
/* Reference vectors: a JSON file that holds an array. */
#ifndef VECTORS_H
#define VECTORS_H

#include <stdlib.h>

#include "check.h"
#include "json-get.h"

/* The array in the file; the caller frees it with cJSON_Delete. NULL, and a failed check, for anything else. */
static inline cJSON *vectors_read(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	struct error err;
	FILE *stream = fopen(path, "r");
	if (!CHECK(stream != NULL))
		return NULL;
	ssize_t len = getdelim(&text, &size, '\0', stream);
	fclose(stream);
	cJSON *list = CHECK(len > 0) ? json_parse_text(text, (size_t)len, &err) : NULL;
	free(text);
	CHECK(cJSON_IsArray(list));
	return list;
}

#endif
