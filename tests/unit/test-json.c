/* SPDX-License-Identifier: Apache-2.0 */
/* The checker, slices, numbers, the tree behind cJSON, and the writer. */
#include <stdlib.h>

#include "check.h"
#include "json-get.h"
#include "json-write.h"

static bool passes(const char *text, size_t len)
{
	return json_check(text, len, NULL, NULL) == 0;
}

#define PASSES(text) passes((text), sizeof(text) - 1)

static void grammar(void)
{
	CHECK(PASSES("{}"));
	CHECK(PASSES(" [ ] \n"));
	CHECK(PASSES("{\"a\":[1,-0,0.5,1e9,-1.25E-3,true,false,null,\"\\u0000\\ud83d\\\"\"]}"));
	CHECK(PASSES("3.3356434083164046e+21"));
	CHECK(PASSES("\"\xF0\x9F\x98\x80 \xC3\xA9\""));
	CHECK(PASSES("{\"a\":1,\"a\":2}"));
	static const char *const wrong[] = {"",
					    " ",
					    "{",
					    "[",
					    "[1",
					    "[1,",
					    "[1,]",
					    "{\"a\"}",
					    "{\"a\":}",
					    "{\"a\":1,}",
					    "{a:1}",
					    "01",
					    "-",
					    "1.",
					    ".5",
					    "1e",
					    "+1",
					    "tru",
					    "True",
					    "nul",
					    "\"",
					    "\"\\",
					    "\"\\x\"",
					    "\"\\u12\"",
					    "\"\\u12g4\"",
					    "[1}",
					    "{\"a\":1]",
					    "1 2",
					    "{} {}",
					    "[1 2]",
					    "\"\t\"",
					    "\"\n\"",
					    "NaN",
					    "'a'",
					    "[1]]",
					    "\xEF\xBB\xBF{}",
					    "\"\xC0\x80\"",
					    "\"\xED\xA0\x80\"",
					    "\"\xF5\x80\x80\x80\"",
					    "\"\xC3\"",
					    "\"\x80\"",
					    "\"\xE2\x82\"",
					    "\"\xF0\x82\x82\xAC\""};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		if (!CHECK(!passes(wrong[i], strlen(wrong[i]))))
			fprintf(stderr, "  passed: %s\n", wrong[i]);
	}
	CHECK(!PASSES("\"a\0b\""));
}

static void depth(void)
{
	char text[2 * JSON_DEPTH_MAX + 3];
	for (size_t levels = JSON_DEPTH_MAX; levels <= JSON_DEPTH_MAX + 1; levels++) {
		memset(text, '[', levels);
		memset(text + levels, ']', levels);
		CHECK(passes(text, 2 * levels) == (levels == JSON_DEPTH_MAX));
	}
}

static void cut_everywhere(void)
{
	static const char text[] = "{\"k\\u00e9y\":[1.5e+3,\"\xE2\x82\xAC\\n\",{\"x\":null,\"y\":[]},true],\"z\":-12}";
	struct error err;
	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		CHECK(json_check(text, len, NULL, &err) == -1);
		CHECK_INT(json_check_prefix(text, len, &err), 0);
	}
	CHECK_INT(json_check_prefix(text, sizeof(text) - 1, &err), (ptrdiff_t)sizeof(text) - 1);
	CHECK_INT(json_check_prefix("12", 2, &err), 0);
	CHECK_INT(json_check_prefix("12,", 3, &err), 2);
	CHECK_INT(json_check_prefix("true", 4, &err), 4);
	CHECK_INT(json_check_prefix("[1,x", 4, &err), -1);
	CHECK_TEXT(err.text, "offset 3: no JSON value begins so");
}

static void slices(void)
{
	static const char text[] =
	    " {\"a\": [1, {\"b\" : \"x\\\\\"}, \"]\"] , \"k\\u0065y\":{\"deep\":{\"er\": 7}},\"a\":\"last\" } ";
	struct json_slice root, value;
	CHECK_INT(json_check(text, sizeof(text) - 1, &root, NULL), 0);
	CHECK_INT(json_type_of(root), JSON_OBJECT);
	CHECK_INT(json_count(root), 3);
	CHECK(json_member(root, "a", &value) && json_string_is(value, "last"));
	CHECK(json_path(root, &value, "key", "deep", "er", NULL));
	int64_t number = 0;
	CHECK(json_int64(value, &number) && number == 7);
	CHECK(!json_path(root, &value, "key", "nothing", "er", NULL) && value.text == NULL);
	CHECK(!json_member(value, "a", &value));
	struct json_iter iter;
	struct json_slice key;
	json_iter_init(&iter, root);
	CHECK(json_iter_next(&iter, &key, &value) && json_count(value) == 3);
	struct buf out;
	buf_init(&out, BUF_UNBOUNDED);
	CHECK_INT(json_compact(root, &out), 0);
	CHECK_TEXT(out.data, "{\"a\":[1,{\"b\":\"x\\\\\"},\"]\"],\"k\\u0065y\":{\"deep\":{\"er\":7}},\"a\":\"last\"}");
	buf_release(&out);
}

static struct json_slice slice_of(const char *text)
{
	struct json_slice value = {NULL, 0};
	CHECK_INT(json_check(text, strlen(text), &value, NULL), 0);
	return value;
}

static void strings(void)
{
	char *text = json_string_dup(slice_of("\"a\\u0000\\ud83d\\ud83d\\ude00\\udc00\\/\\t\\u00e9\""));
	CHECK_TEXT(text, "a\xEF\xBF\xBD\xEF\xBF\xBD\xF0\x9F\x98\x80\xEF\xBF\xBD/\t\xC3\xA9");
	free(text);
	CHECK(json_string_dup(slice_of("12")) == NULL);
	CHECK(json_string_is(slice_of("\"\\u0061b\""), "ab"));
	CHECK(!json_string_is(slice_of("\"ab\""), "abc"));
	CHECK(!json_string_is(slice_of("\"\\u0061bc\""), "ab"));
}

static void numbers(void)
{
	static const struct {
		const char *text;
		bool is_integer;
		int64_t value;
	} cases[] = {{"0", true, 0},
		     {"-0", true, 0},
		     {"75.0", true, 75},
		     {"1.5", false, 0},
		     {"1.0e3", true, 1000},
		     {"1250e-1", true, 125},
		     {"9007199254740993", true, 9007199254740993},
		     {"9223372036854775807", true, INT64_MAX},
		     {"9223372036854775808", false, 0},
		     {"-9223372036854775808", true, INT64_MIN},
		     {"3.3356434083164046e+21", false, 0},
		     {"1e400", false, 0},
		     {"0e99999999999", true, 0},
		     {"1e-400", false, 0}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t number = -1;
		bool is_integer = json_int64(slice_of(cases[i].text), &number);
		if (!CHECK(is_integer == cases[i].is_integer && (!is_integer || number == cases[i].value)))
			fprintf(stderr, "  %s\n", cases[i].text);
	}
	int64_t number = 0;
	CHECK(json_int64_lax(slice_of("\"1726640490\""), &number) && number == 1726640490);
	CHECK(!json_int64_lax(slice_of("\"17 \""), &number));
	CHECK(!json_int64_lax(slice_of("\"\""), &number));
	CHECK(!json_int64_lax(slice_of("null"), &number));
}

static void tree(void)
{
	static const char text[] =
	    "{\"a\":1,\"a\":\"x\\u0000y\\ud83dz\\ud83d\\ude00\\\\u0000\",\"n\":9007199254740993}";
	struct error err;
	cJSON *root = json_parse_text(text, sizeof(text) - 1, &err);
	CHECK_TEXT(json_get_string(root, "a"), "x\xEF\xBF\xBDy\xEF\xBF\xBDz\xF0\x9F\x98\x80\\u0000");
	int64_t number;
	CHECK(!json_get_int(root, "a", &number));
	CHECK(json_get_path(root, "a", "b", NULL) == NULL);
	cJSON_Delete(root);
	CHECK(json_parse_text("{\"a\":01}", 8, &err) == NULL);
	CHECK_TEXT(err.text, "offset 6: a number begins with 0");
}

static void writer(void)
{
	struct buf out;
	struct json_writer json;
	buf_init(&out, BUF_UNBOUNDED);
	json_writer_init(&json, &out);
	json_begin_object(&json);
	json_member_string(&json, "a\"", "x\x01\n\\\xFF\xC3\xA9");
	json_key(&json, "list");
	json_begin_array(&json);
	json_put_int(&json, INT64_MIN);
	json_put_null(&json);
	json_begin_object(&json);
	json_end_object(&json);
	json_put_bool(&json, true);
	json_end_array(&json);
	json_member_bool(&json, "b", false);
	json_member_string(&json, "null", NULL);
	json_end_object(&json);
	CHECK_TEXT(out.data,
		   "{\"a\\\"\":\"x\\u0001\\n\\\\\xEF\xBF\xBD\xC3\xA9\",\"list\":[-9223372036854775808,null,{},true],"
		   "\"b\":false,\"null\":null}");
	CHECK(!json.failed);
	buf_release(&out);
}

static void check_slice(struct json_slice value, const char *want)
{
	char *text = value.text ? strndup(value.text, value.len) : NULL;
	CHECK_TEXT(text, want);
	free(text);
}

/* Members of two levels, found while the text is checked, are those that a look-up finds. */
static void watching(void)
{
	static const char *const keys[] = {"a", "b", "c"}, *const inner_keys[] = {"x", "y"};
	struct json_slice values[3], inner[2], whole;
	const struct json_watch watch = {keys, values, 3, 1, inner_keys, inner, 2};
	struct error err;
	const char *text = " { \"a\" : [1, {\"x\":9}] ,\"b\": {\"y\":{\"x\":1}, \"\\u0078\" :\t\"q\" ,\"z\":{}}\n, "
			   "\"d\":{\"x\":2}} ";
	CHECK_INT(json_check_watching(text, strlen(text), &whole, &watch, &err), 0);
	check_slice(values[0], "[1, {\"x\":9}]");
	check_slice(values[1], "{\"y\":{\"x\":1}, \"\\u0078\" :\t\"q\" ,\"z\":{}}");
	check_slice(values[2], NULL);
	check_slice(inner[0], "\"q\"");
	check_slice(inner[1], "{\"x\":1}");
	/* The last of repeated keys counts, with all that is in it. */
	text = "{\"b\":{\"x\":1,\"y\":2},\"a\":1,\"b\":{\"x\":3,\"x\":4},\"a\":2}";
	CHECK_INT(json_check_watching(text, strlen(text), &whole, &watch, &err), 0);
	check_slice(values[0], "2");
	check_slice(inner[0], "4");
	check_slice(inner[1], NULL);
	text = "{\"b\":{\"x\":1},\"b\":[{\"x\":2}],\"a\":{}}";
	CHECK_INT(json_check_watching(text, strlen(text), &whole, &watch, &err), 0);
	check_slice(values[0], "{}");
	check_slice(values[1], "[{\"x\":2}]");
	check_slice(inner[0], NULL);
	/* An empty object has no member, least of all the one before it. */
	text = "{\"b\":{},\"a\":{\"x\":1},\"c\":{}}";
	CHECK_INT(json_check_watching(text, strlen(text), &whole, &watch, &err), 0);
	check_slice(values[0], "{\"x\":1}");
	check_slice(values[1], "{}");
	check_slice(values[2], "{}");
	check_slice(inner[0], NULL);
	text = "{\"b\":{\"x\":1,\"y\":{}},\"c\":{}}";
	CHECK_INT(json_check_watching(text, strlen(text), &whole, &watch, &err), 0);
	check_slice(inner[0], "1");
	check_slice(inner[1], "{}");
	text = "{}";
	CHECK_INT(json_check_watching(text, strlen(text), &whole, &watch, &err), 0);
	check_slice(values[0], NULL);
	text = "[{\"b\":{\"x\":1}}]";
	CHECK_INT(json_check_watching(text, strlen(text), &whole, &watch, &err), 0);
	check_slice(values[1], NULL);
	check_slice(inner[0], NULL);
	CHECK_INT(json_check_watching("{\"a\":1", 6, &whole, &watch, &err), -1);
}

int main(void)
{
	grammar();
	depth();
	cut_everywhere();
	slices();
	strings();
	numbers();
	tree();
	writer();
	watching();
	return check_result();
}
