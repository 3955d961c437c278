/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns; with a path, every reference vector that compares one string property. */
#include <stdio.h>
#include <stdlib.h>

#include "stix-id.h"
#include "vectors.h"

static const struct {
	const char *observable_type, *path;
} paths[] = {
    {"File_md5", "file:hashes.MD5"},
    {"File_sha1", "file:hashes.'SHA-1'"},
    {"File_sha256", "file:hashes.'SHA-256'"},
    {"File_sha512", "file:hashes.'SHA-512'"},
    {"File_name", "file:name"},
    {"Domain-Name", "domain-name:value"},
    {"IPv4-Addr", "ipv4-addr:value"},
    {"IPv6-Addr", "ipv6-addr:value"},
    {"Url", "url:value"},
};

static void check_pattern(const char *path, const char *value, const char *want)
{
	struct buf out;
	buf_init(&out, BUF_UNBOUNDED);
	stix_pattern_append(&out, path, value);
	CHECK_TEXT(out.data, want);
	buf_release(&out);
}

/* How the vector compares: false for an observable that never gets an indicator here, or for several in one pattern. */
static bool find_path(const cJSON *vector, const char **path)
{
	const char *type = json_get_string(vector, "observable_type");
	for (size_t i = 0; type && i < sizeof(paths) / sizeof(*paths); i++) {
		if (strcmp(type, paths[i].observable_type) == 0) {
			*path = paths[i].path;
			return true;
		}
	}
	return false;
}

/*
 * Left out besides: texts that read as a date, which the Python library turns into a timestamp constant (a value of
 * another type that no domain or URL can be equal to).
 */
static void vectors(const char *file)
{
	cJSON *list = vectors_read(file);
	int compared = 0, others = 0, dates = 0;
	const cJSON *vector;
	cJSON_ArrayForEach(vector, list)
	{
		const char *value = json_get_string(vector, "value"), *want = json_get_string(vector, "pattern"), *path;
		if (!find_path(vector, &path)) {
			others++;
		} else if (strstr(want, "= t'")) {
			dates++;
		} else {
			check_pattern(path, value, want);
			compared++;
		}
	}
	printf("%d compared\n%d of observables that we make no pattern for\n%d dates\n", compared, others, dates);
	CHECK_INT(compared, 90);
	cJSON_Delete(list);
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		vectors(argv[1]);
	} else {
		check_pattern("file:name", "it's C:\\x", "[file:name = 'it\\'s C:\\\\x']");
		check_pattern("url:value", "a\nb", "[url:value = 'a\nb']");
		check_pattern("url:value", "", "[url:value = '']");
	}
	return check_result();
}
