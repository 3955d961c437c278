/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical JSON: RFC 8785's own examples, and with a path, the reference vectors. */
#include <stdio.h>
#include <stdlib.h>

#include "canonical.h"
#include "vectors.h"

static char *canonical_of(const char *text, size_t len)
{
	struct json_slice value;
	struct error err;
	struct buf out;
	buf_init(&out, BUF_UNBOUNDED);
	if (json_check(text, len, &value, &err))
		return NULL;
	if (canonical_append(value, &out))
		buf_clear(&out);
	return buf_take(&out);
}

static void check_case(const char *text, const char *want)
{
	char *got = canonical_of(text, strlen(text));
	CHECK_TEXT(got, want);
	free(got);
}

static void own_cases(void)
{
	check_case(" { \"b\" : 1 , \"a\" : [ true , null ] } ", "{\"a\":[true,null],\"b\":1}");
	check_case("{\"a\":1,\"a\":2}", "{\"a\":2}");
	check_case("[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001]",
		   "[333333333.3333333,1e+30,4.5,0.002,1e-27]");
	check_case("[0,-0,1e21,1e20,123e-7,0.00001,-1.5,9007199254740993]",
		   "[0,0,1e+21,100000000000000000000,0.0000123,0.00001,-1.5,9007199254740992]");
	check_case("\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"",
		   "\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
	/* U+1F600 (surrogates D83D DE00) sorts before U+FB33. */
	check_case("{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"\\u20ac\":3}",
		   "{\"\xE2\x82\xAC\":3,\"\xF0\x9F\x98\x80\":2,\"\xEF\xAC\xB3\":1}");
}

static void vectors(const char *path)
{
	cJSON *list = vectors_read(path);
	int compared = 0;
	const cJSON *vector;
	cJSON_ArrayForEach(vector, list)
	{
		const char *input = json_get_string(vector, "text");
		char *got = input ? canonical_of(input, strlen(input)) : NULL;
		CHECK_TEXT(got, json_get_string(vector, "canonical"));
		free(got);
		compared++;
	}
	printf("%d texts compared\n", compared);
	CHECK(compared > 100);
	cJSON_Delete(list);
}

int main(int argc, char **argv)
{
	own_cases();
	if (argc > 1)
		vectors(argv[1]);
	return check_result();
}
