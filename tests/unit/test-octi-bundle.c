/* SPDX-License-Identifier: Apache-2.0 */
/* bundle-reader, bundle-object, bundle, bundle-order and part of octi-push. */
#include "check.h"

#include <stdlib.h>

#include "../../cmd/octi-push/bundle-object.h"
#include "../../cmd/octi-push/bundle-spool.h"
#include "../../cmd/octi-push/key-table.h"
#include "../../cmd/octi-push/part.h"
#include "error.h"
#include "exit-codes.h"
#include "xalloc.h"

#define U(n)    "00000000-0000-5000-8000-00000000000" #n
#define HEAD    "{\"type\":\"bundle\",\"id\":\"bundle--" U(0) "\",\"objects\":["
#define MARKING "{\"type\":\"marking-definition\",\"id\":\"marking-definition--" U(1) "\"}"
#define AUTHOR                                                                                                         \
	"{\"type\":\"identity\",\"id\":\"identity--" U(2) "\",\"object_marking_refs\":[\"marking-definition--" U(      \
	    1) "\"]}"
#define FILE_A "{\"type\":\"file\",\"id\":\"file--" U(3) "\",\"x_opencti_created_by_ref\":\"identity--" U(2) "\"}"
#define FILE_B "{\"type\":\"file\",\"id\":\"file--" U(4) "\",\"x_opencti_created_by_ref\":null}"
#define LINK                                                                                                           \
	"{\"type\":\"relationship\",\"id\":\"relationship--" U(5) "\",\"source_ref\":\"file--" U(                      \
	    3) "\","                                                                                                   \
	       "\"target_ref\":\"file--" U(4) "\"}"
#define REPORT                                                                                                         \
	"{\"type\":\"report\",\"id\":\"report--" U(6) "\",\"name\":\"all\",\"object_refs\":[\"file--" U(               \
	    3) "\",\"file--" U(4) "\",\"relationship--" U(5) "\"]}"

/* Feeds the text in pieces of the given size. */
static int feed(struct bundle_spool *bundle, const char *text, size_t size, struct error *err)
{
	size_t len = strlen(text);
	bundle_spool_init(bundle);
	for (size_t at = 0; at < len; at += size) {
		if (bundle_spool_feed(bundle, text + at, len - at < size ? len - at : size, err) != 0)
			return -1;
	}
	return bundle_spool_finish(bundle, err);
}

static void check_bad(const char *text, const char *word)
{
	const size_t sizes[] = {1, 7, 1000000};
	for (size_t i = 0; i < 3; i++) {
		struct bundle_spool bundle;
		struct error err = {0};
		CHECK_INT(feed(&bundle, text, sizes[i], &err), -1);
		CHECK_INT(err.status, EXIT_BAD_INPUT);
		if (!CHECK(strstr(err.text, word)))
			fprintf(stderr, "  \"%s\" does not hold \"%s\"\n", err.text, word);
		bundle_spool_release(&bundle);
	}
}

static void check_good(const char *text, uint64_t count)
{
	size_t len = strlen(text);
	for (size_t size = 1; size <= len + 1; size = size * 3 + 1) {
		struct bundle_spool bundle;
		struct error err = {0};
		if (!CHECK_INT(feed(&bundle, text, size, &err), 0))
			fprintf(stderr, "  %s\n", err.text);
		CHECK_INT(bundle.count, count);
		bundle_spool_release(&bundle);
	}
}

static void test_whole(void)
{
	check_good("{\"type\":\"bundle\"}", 0);
	check_good(" \n{ \"type\" : \"bundle\" , \"objects\" : [ ] } \n", 0);
	check_good(HEAD MARKING "," AUTHOR "," FILE_A "," FILE_B "," LINK "," REPORT "]}\n", 6);
	check_good("{\"objects\":[ " MARKING " ],\"n\":12,\"o\":{\"a\":[1,\"]}\"]},\"b\":true,\"type\":\"bundle\"}", 1);
	/* The same UUID under another type is another object. */
	check_good(HEAD "{\"type\":\"file\",\"id\":\"file--" U(1) "\"},{\"type\":\"url\",\"id\":\"url--" U(1) "\"}]}",
		   2);
}

static void test_broken(void)
{
	check_bad("", "empty");
	check_bad("  \n", "empty");
	check_bad("[1]", "no STIX bundle");
	check_bad("nonsense", "no STIX bundle");
	check_bad("{\"type\":\"search\",\"id\":\"x\"}", "stix-build");
	check_bad("{\"type\":\"report\"}", "type");
	check_bad("{}", "no type");
	check_bad("{\"type\":\"bundle\",\"id\":\"bundle--1\"}", "id");
	check_bad("{\"type\":\"bundle\",}", "name is missing");
	check_bad("{\"type\":\"bundle\" \"id\":1}", "comma");
	check_bad("{\"type\" \"bundle\"}", "colon");
	check_bad("{\"type\":\"bundle\",\"objects\":{}}", "no array");
	check_bad("{\"type\":\"bundle\",\"objects\":[],\"objects\":[]}", "two members");
	check_bad("{\"type\":\"bundle\",\"a\":01}", "value at");
	check_bad(HEAD "1]}", "no JSON object");
	check_bad(HEAD "{]}", "object 1");
	check_bad(HEAD MARKING " " AUTHOR "]}", "comma");
	check_bad(HEAD MARKING ",]}", "object 2");
	check_bad(HEAD MARKING "," MARKING "]}", "twice");
	check_bad(HEAD MARKING "]} x", "end of the bundle");
	check_bad(HEAD MARKING "]}{\"type\":\"bundle\"}", "second bundle");
	check_bad(HEAD "{\"id\":\"file--" U(1) "\"}]}", "\"type\"");
	check_bad(HEAD "{\"type\":\"file\"}]}", "\"id\"");
	check_bad(HEAD "{\"type\":\"file\",\"id\":\"file--1\"}]}", "\"id\"");
	check_bad(HEAD "{\"type\":\"file\",\"id\":\"url--" U(1) "\"}]}", "another type");
	check_bad(HEAD "{\"type\":\"file\",\"id\":\"file--" U(1) "\",\"x_ref\":\"nobody\"}]}", "no id");
	check_bad(HEAD "{\"type\":\"file\",\"id\":\"file--" U(1) "\",\"x_refs\":[3]}]}", "no id");
	check_bad(HEAD "{\"type\":\"file\",\"id\":\"file--" U(1) "\",\"x_refs\":\"file--" U(2) "\"}]}", "no id");
	check_bad(HEAD
		  "{\"type\":\"relationship\",\"id\":\"relationship--" U(1) "\",\"source_ref\":\"file--" U(2) "\"}]}",
		  "target_ref");
	check_bad(HEAD "{\"type\":\"file\",\"id\":\"file--" U(1) "\",\"name\":\"\xff\"}]}", "object 1");
}

/* Cut after any byte but the last, it is never taken for whole. */
static void test_cut_everywhere(void)
{
	static const char whole[] = HEAD MARKING "," AUTHOR "," FILE_A "],\"x\":1}";
	for (size_t len = 0; len + 1 < sizeof whole; len++) {
		struct bundle_spool bundle;
		struct error err = {0};
		char *text = xstrndup(whole, len);
		if (!CHECK_INT(feed(&bundle, text, 1000, &err), -1))
			fprintf(stderr, "  cut at %zu\n", len);
		CHECK_INT(err.status, EXIT_BAD_INPUT);
		bundle_spool_release(&bundle);
		free(text);
	}
}

static void test_facts(void)
{
	struct bundle_spool bundle;
	struct error err = {0};
	CHECK_INT(feed(&bundle, HEAD MARKING "," AUTHOR "," FILE_A "," FILE_B "," LINK "," REPORT "]}", 10, &err), 0);
	CHECK(bundle.ordered);
	CHECK(!bundle.partial);
	CHECK_INT(bundle.outside, 0);
	CHECK_INT(bundle.containers_from, 5);
	CHECK_INT(record_counts_total(&bundle.types), 6);
	bundle_spool_release(&bundle);

	CHECK_INT(feed(&bundle, HEAD FILE_A "," REPORT "]}", 10, &err), 0);
	CHECK(bundle.ordered);
	CHECK_INT(bundle.outside, 3);
	CHECK_TEXT(bundle.first_outside, "identity--" U(2));
	bundle_spool_release(&bundle);

	static const char *const partial[] = {
	    HEAD "{\"type\":\"report\",\"id\":\"report--" U(1) "\",\"name\":\"x\",\"labels\":[\"a\",\"partial\"]}]}",
	    HEAD "{\"type\":\"report\",\"id\":\"report--" U(1) "\",\"name\":\"x (partial)\"}]}",
	};
	for (size_t i = 0; i < 2; i++) {
		CHECK_INT(feed(&bundle, partial[i], 10, &err), 0);
		CHECK(bundle.partial);
		bundle_spool_release(&bundle);
	}
	CHECK_INT(
	    feed(&bundle, HEAD "{\"type\":\"note\",\"id\":\"note--" U(1) "\",\"name\":\"x (partial)\"}]}", 10, &err),
	    0);
	CHECK(!bundle.partial);
	bundle_spool_release(&bundle);
}

/* The ids in the order of pushing, one letter each. */
static char *order_of(struct bundle_spool *bundle)
{
	struct buf letters, text;
	buf_init(&letters, 1000);
	buf_init(&text, 100000);
	for (uint64_t i = 0; i < bundle->count; i++) {
		struct bundle_entry entry;
		struct bundle_object object;
		buf_clear(&text);
		CHECK_INT(bundle_spool_entry(bundle, i, &entry, NULL), 0);
		CHECK_INT(bundle_spool_text(bundle, &entry, &text, NULL), 0);
		CHECK_INT(bundle_object_read((struct json_slice){text.data, text.len}, &object, NULL), 0);
		buf_add_char(&letters, object.id[strlen(object.id) - 1]);
	}
	buf_release(&text);
	return buf_take(&letters);
}

static void check_order(const char *text, const char *want)
{
	struct bundle_spool bundle;
	struct error err = {0};
	CHECK_INT(feed(&bundle, text, 100, &err), 0);
	CHECK(!bundle.ordered);
	CHECK_INT(bundle_spool_order(&bundle, &err), 0);
	char *got = order_of(&bundle);
	CHECK_TEXT(got, want);
	free(got);
	bundle_spool_release(&bundle);
}

static void test_order(void)
{
	check_order(HEAD REPORT "," LINK "," FILE_B "," FILE_A "," AUTHOR "," MARKING "]}", "412356");
	/* Two that refer to each other: the second loses its reference, as the platform has it. */
	check_order(HEAD "{\"type\":\"report\",\"id\":\"report--" U(1) "\",\"object_refs\":[\"report--" U(
			2) "\"]},"
			   "{\"type\":\"report\",\"id\":\"report--" U(2) "\",\"object_refs\":[\"report--" U(
			       1) "\"]},"
				  "{\"type\":\"file\",\"id\":\"file--" U(3) "\"}]}",
		    "321");
}

static void test_self_reference_is_no_dependency(void)
{
	struct bundle_spool bundle;
	struct error err = {0};
	CHECK_INT(feed(&bundle,
		       HEAD "{\"type\":\"identity\",\"id\":\"identity--" U(1) "\",\"created_by_ref\":\"identity--" U(
			   1) "\"}]}",
		       9, &err),
		  0);
	CHECK_INT(bundle.outside, 0);
	CHECK(bundle.ordered);
	bundle_spool_release(&bundle);
}

static void test_parts(void)
{
	struct bundle_spool bundle;
	struct error err = {0};
	struct part part;
	uint64_t parts;
	CHECK_INT(feed(&bundle, HEAD MARKING "," AUTHOR "," FILE_A "," FILE_B "," LINK "," REPORT "]}", 10, &err), 0);
	struct part_limits all = {1 << 20, 100};
	CHECK_INT(part_cut(&bundle, 0, &all, &part, &err), 0);
	CHECK_INT(part.count, 6);
	CHECK(!part.company);

	struct part_limits three = {1 << 20, 3};
	CHECK_INT(part_count(&bundle, &three, &parts, &err), 0);
	CHECK_INT(parts, 3);
	CHECK_INT(part_cut(&bundle, 3, &three, &part, &err), 0);
	CHECK_INT(part.count, 2);
	CHECK_INT(part_cut(&bundle, 5, &three, &part, &err), 0);
	CHECK_INT(part.count, 1);
	CHECK(part.company);

	/* However small the limit, the first part has two objects and every other one at least one. */
	struct part_limits tiny = {1, 100};
	CHECK_INT(part_cut(&bundle, 0, &tiny, &part, &err), 0);
	CHECK_INT(part.count, 2);
	CHECK_INT(part_count(&bundle, &tiny, &parts, &err), 0);
	CHECK_INT(parts, 5);
	bundle_spool_release(&bundle);
}

static void test_part_text(void)
{
	struct bundle_spool bundle;
	struct error err = {0};
	struct buf body;
	buf_init(&body, 100000);
	CHECK_INT(feed(&bundle, "{\"objects\":[" MARKING " ,\n" FILE_B "],\n\"type\" : \"bundle\", \"x\":\"a\\n\\\"\"}",
		       5, &err),
		  0);
	struct part part = {.first = 1, .count = 1, .company = true};
	CHECK_INT(part_write(&bundle, &part, &body, NULL, NULL, &err), 0);
	struct buf want;
	buf_init(&want, 100000);
	static const char text[] = "{\"type\":\"bundle\",\"x\":\"a\\n\\\"\",\"objects\":[" MARKING "," FILE_B "]}";
	platform_push_add(&want, text, sizeof text - 1);
	CHECK_TEXT(body.data, want.data);
	CHECK_INT(platform_push_cost(text, sizeof text - 1), want.len);
	CHECK(!memchr(body.data, '\n', body.len));
	buf_release(&want);
	buf_release(&body);
	bundle_spool_release(&bundle);
}

/* Far more keys than are kept in memory: each is there once, and no other. */
static void test_key_table(void)
{
	const uint64_t count = 8 * KEY_TABLE_MEMORY;
	struct key_table table;
	struct error err;
	uint64_t wrong = 0;
	key_table_init(&table);
	for (uint64_t i = 0; i < count; i++)
		wrong += !key_table_add(&table, (struct id_key){i * 0x9E3779B97F4A7C15u, i});
	for (uint64_t i = 0; i < count; i++) {
		wrong += key_table_add(&table, (struct id_key){i * 0x9E3779B97F4A7C15u, i});
		wrong += !key_table_has(&table, (struct id_key){i * 0x9E3779B97F4A7C15u, i});
		wrong += key_table_has(&table, (struct id_key){i * 0x9E3779B97F4A7C15u, i + 1});
	}
	CHECK_INT(wrong, 0);
	CHECK_INT(key_table_check(&table, &err), 0);
	CHECK(table.memory.count <= KEY_TABLE_MEMORY + 1);
	CHECK(table.count + table.memory.count == count);
	key_table_release(&table);
}

/* A full disk is remembered, and no answer is trusted any more. */
static void test_key_table_without_disk(void)
{
	struct key_table table;
	struct error err;
	char *before = getenv("TMPDIR") ? xstrdup(getenv("TMPDIR")) : NULL;
	setenv("TMPDIR", "/nowhere/at/all", 1);
	key_table_init(&table);
	for (uint64_t i = 0; i < KEY_TABLE_MEMORY + 10; i++)
		key_table_add(&table, (struct id_key){i, 1});
	CHECK_INT(key_table_check(&table, &err), -1);
	CHECK_INT(err.status, EXIT_IO);
	key_table_release(&table);
	if (before)
		setenv("TMPDIR", before, 1);
	else
		unsetenv("TMPDIR");
	free(before);
}

int main(void)
{
	test_whole();
	test_broken();
	test_cut_everywhere();
	test_facts();
	test_order();
	test_self_reference_is_no_dependency();
	test_parts();
	test_part_text();
	test_key_table();
	test_key_table_without_disk();
	return check_result();
}
