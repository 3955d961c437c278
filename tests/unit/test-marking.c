/* SPDX-License-Identifier: Apache-2.0 */
/* Markings: spellings and ids; with a path, the objects of the reference vectors that connectors send. */
#include <stdio.h>
#include <stdlib.h>

#include "canonical.h"
#include "marking.h"
#include "vectors.h"

static void spellings(void)
{
	static const struct {
		const char *text, *name;
	} rows[] = {
	    {"TLP_AMBER", "TLP:AMBER"},
	    {"tlp:amber+strict", "TLP:AMBER+STRICT"},
	    {"AMBER_STRICT", "TLP:AMBER+STRICT"},
	    {"white", "TLP:CLEAR"},
	    {"TLP:CLEAR", "TLP:CLEAR"},
	    {"Green", "TLP:GREEN"},
	    {"TLP_RED", "TLP:RED"},
	};
	enum marking_level level;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CHECK(marking_parse(rows[i].text, &level));
		CHECK_TEXT(marking_name(level), rows[i].name);
	}
	CHECK(!marking_parse("PURPLE", &level));
	CHECK(!marking_parse("", &level));
}

static char *canonical_of(const char *text, size_t len)
{
	struct buf out;
	struct json_slice value;
	buf_init(&out, BUF_UNBOUNDED);
	if (CHECK(json_check(text, len, &value, NULL) == 0))
		canonical_append(value, &out);
	return buf_take(&out);
}

static void compare(const char *level_name, const char *want_text)
{
	enum marking_level level;
	struct json_writer json;
	struct buf got;
	if (!CHECK(marking_parse(level_name, &level)))
		return;
	buf_init(&got, BUF_UNBOUNDED);
	json_writer_init(&json, &got);
	marking_write(level, &json);
	char *left = canonical_of(got.data, got.len), *right = canonical_of(want_text, strlen(want_text));
	CHECK_TEXT(left, right);
	free(left);
	free(right);
	buf_release(&got);
}

/* pycti's table: every level, and WHITE as another name of CLEAR. */
static void compare_ids(const cJSON *ids)
{
	for (const cJSON *item = ids ? ids->child : NULL; item; item = item->next) {
		enum marking_level level;
		if (CHECK(marking_parse(item->string, &level)))
			CHECK_TEXT(marking_id(level), item->valuestring);
	}
	CHECK_INT(cJSON_GetArraySize(ids), MARKING_COUNT + 1);
}

/*
 * White is CLEAR's older name, which we read and do not write; exports are what the platform gives and not what it
 * takes; OASIS's TLP 2.0 objects have ids that OpenCTI does not know; who may see what is the platform's to decide.
 */
static void vectors(const char *path)
{
	cJSON *list = vectors_read(path);
	int compared = 0, white = 0, exports = 0, oasis = 0, tables = 0;
	const cJSON *vector;
	cJSON_ArrayForEach(vector, list)
	{
		const char *level = json_get_string(vector, "level"), *form = json_get_string(vector, "form");
		if (json_get(vector, "ids"))
			compare_ids(json_get(vector, "ids"));
		if (!level) {
			tables++;
		} else if (strcmp(level, "TLP:WHITE") == 0) {
			white++;
		} else if (strstr(form, "export form")) {
			exports++;
		} else if (strstr(form, "OASIS TLP 2.0")) {
			oasis++;
		} else {
			char *want = cJSON_PrintUnformatted(json_get(vector, "object"));
			compare(level, want);
			compared++;
			cJSON_free(want);
		}
	}
	printf("%d compared\n%d white\n%d exports\n%d of OASIS's TLP 2.0\n%d tables\n", compared, white, exports, oasis,
	       tables);
	CHECK_INT(compared, MARKING_COUNT);
	CHECK_INT(tables, 2);
	cJSON_Delete(list);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		vectors(argv[1]);
	else
		spellings();
	return check_result();
}
