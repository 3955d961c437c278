/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of pushing against the platform's own splitter: we lose no object that it keeps, what an object refers to
 * comes before it where it does there, and a circle is opened at the same reference. With a file of reference vectors
 * (split.json) all of them, else a few of our own.
 */
#include "check.h"

#include <stdlib.h>

#include "../../cmd/octi-push/bundle-object.h"
#include "../../cmd/octi-push/bundle-spool.h"
#include "error.h"
#include "exit-codes.h"
#include "json-get.h"
#include "vectors.h"
#include "xalloc.h"

/* Our objects in their order, as one array. */
static cJSON *objects_in_order(const char *text, struct error *err)
{
	struct bundle_spool bundle;
	cJSON *list = NULL;
	bundle_spool_init(&bundle);
	if (bundle_spool_feed(&bundle, text, strlen(text), err) == 0 && bundle_spool_finish(&bundle, err) == 0 &&
	    bundle_spool_order(&bundle, err) == 0)
		list = cJSON_CreateArray();
	for (uint64_t i = 0; list && i < bundle.count; i++) {
		struct bundle_entry entry;
		struct buf object;
		buf_init(&object, 1 << 20);
		CHECK_INT(bundle_spool_entry(&bundle, i, &entry, err), 0);
		CHECK_INT(bundle_spool_text(&bundle, &entry, &object, err), 0);
		cJSON *tree = json_parse_text(object.data, object.len, err);
		CHECK(tree != NULL);
		cJSON_AddItemToArray(list, tree);
		buf_release(&object);
	}
	bundle_spool_release(&bundle);
	return list;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);
	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static int index_of(const cJSON *list, const char *id)
{
	int i = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, list)
	{
		if (strcmp(json_get_string(item, "id"), id) == 0)
			return i;
		i++;
	}
	return -1;
}

/* Their order: the object of each bundle, the first time it comes. */
static cJSON *their_objects(const cJSON *expected)
{
	cJSON *list = cJSON_CreateArray();
	const cJSON *bundle;
	cJSON_ArrayForEach(bundle, json_get(expected, "bundles"))
	{
		const cJSON *object = json_get(bundle, "objects")->child;
		if (index_of(list, json_get_string(object, "id")) < 0)
			cJSON_AddItemToArray(list, cJSON_Duplicate(object, true));
	}
	return list;
}

/* What the platform leaves out of every object by itself, however it comes: the type is not its, or it is the object.
 */
static bool is_void(const char *ref, const char *own)
{
	return strcmp(ref, own) == 0 || !bundle_type_is_known(ref, strlen(ref));
}

static bool list_has(const cJSON *list, const char *text)
{
	const cJSON *item;
	cJSON_ArrayForEach(item, list)
	{
		if (strcmp(item->valuestring, text) == 0)
			return true;
	}
	return false;
}

static void check_list(const cJSON *ours, const cJSON *theirs, const char *own)
{
	const cJSON *ref;
	cJSON_ArrayForEach(ref, ours) CHECK(is_void(ref->valuestring, own) || list_has(theirs, ref->valuestring));
	cJSON_ArrayForEach(ref, theirs) CHECK(list_has(ours, ref->valuestring));
}

static void check_refs(const cJSON *ours, const cJSON *theirs)
{
	const char *own = json_get_string(ours, "id");
	const cJSON *member;
	cJSON_ArrayForEach(member, ours)
	{
		const cJSON *other = json_get(theirs, member->string);
		if (ends_with(member->string, "_refs") && cJSON_IsArray(member))
			check_list(member, other, own);
		else if (ends_with(member->string, "_ref") && cJSON_IsString(member) &&
			 !is_void(member->valuestring, own))
			CHECK_TEXT(member->valuestring, json_get_string(theirs, member->string));
		else if (ends_with(member->string, "_ref") && cJSON_IsNull(member))
			CHECK(cJSON_IsNull(other));
	}
}

static void check_comes_before(const char *ref, const char *own, const cJSON *ours, const cJSON *theirs)
{
	int target = index_of(ours, ref);
	bool before_there = index_of(theirs, ref) < index_of(theirs, own);
	if (target >= 0 && before_there && !CHECK(target < index_of(ours, own)))
		fprintf(stderr, "  %s refers to %s\n", own, ref);
}

/* By what theirs refer to: our own may hold what the platform leaves out. */
static void check_order(const cJSON *ours, const cJSON *theirs)
{
	const cJSON *object, *member, *ref;
	cJSON_ArrayForEach(object, theirs)
	{
		const char *own = json_get_string(object, "id");
		cJSON_ArrayForEach(member, object)
		{
			if (ends_with(member->string, "_ref") && cJSON_IsString(member))
				check_comes_before(member->valuestring, own, ours, theirs);
			if (!ends_with(member->string, "_refs"))
				continue;
			cJSON_ArrayForEach(ref, member) check_comes_before(ref->valuestring, own, ours, theirs);
		}
	}
}

static void check_vector(const cJSON *vector)
{
	struct error err = {0};
	char *text = cJSON_PrintUnformatted(json_get(vector, "bundle"));
	cJSON *ours = objects_in_order(text, &err);
	cJSON *theirs = their_objects(json_get(vector, "cleanup_false"));
	int before = check_failures;
	if (!ours) {
		/* The same id twice: the platform takes one of them without a word, we refuse. */
		CHECK(strstr(json_get_string(vector, "name"), "duplicates:") && err.status == EXIT_BAD_INPUT);
	} else {
		CHECK_INT(cJSON_GetArraySize(ours), cJSON_GetArraySize(theirs));
		const cJSON *object;
		cJSON_ArrayForEach(object, ours)
		{
			int index = index_of(theirs, json_get_string(object, "id"));
			if (CHECK(index >= 0))
				check_refs(object, cJSON_GetArrayItem(theirs, index));
		}
		check_order(ours, theirs);
	}
	if (check_failures != before)
		fprintf(stderr, "in \"%s\": %s\n", json_get_string(vector, "name"), err.text);
	cJSON_Delete(ours);
	cJSON_Delete(theirs);
	free(text);
}

#define ID(type, n) type "--00000000-0000-5000-8000-00000000000" #n

static void check_whole(const char *objects, const char *want)
{
	struct error err = {0};
	char *text = xasprintf("{\"type\":\"bundle\",\"objects\":%s}", objects);
	cJSON *ours = objects_in_order(text, &err);
	char *got = ours ? cJSON_PrintUnformatted(ours) : NULL;
	CHECK_TEXT(got, want);
	free(got);
	cJSON_Delete(ours);
	free(text);
}

static void test_own(void)
{
	/* In a list the reference goes, alone it becomes null. */
	check_whole(
	    "[{\"type\":\"report\",\"id\":\"" ID("report", 1) "\",\"object_refs\":[\"" ID(
		"report", 2) "\"]},"
			     "{\"type\":\"report\",\"id\":\"" ID("report", 2) "\",\"a\":[1.50],\"object_refs\":[\"" ID(
				 "report", 1) "\",\"" ID("file", 3) "\"]},{\"type\":\"file\",\"id\":\"" ID("file",
													   3) "\"}]",
	    "[{\"type\":\"file\",\"id\":\"" ID("file", 3) "\"},{\"type\":\"report\",\"id\":\"" ID(
		"report", 2) "\",\"a\":[1.5],\"object_refs\":[\"" ID("file",
								     3) "\"]},"
									"{\"type\":\"report\",\"id\":\"" ID(
									    "report",
									    1) "\",\"object_refs\":[\"" ID("report",
													   2) "\"]}]");
	check_whole("[{\"type\":\"identity\",\"id\":\"" ID("identity", 1) "\",\"created_by_ref\":\"" ID(
			"identity", 2) "\"},"
				       "{\"type\":\"identity\",\"id\":\"" ID(
					   "identity", 2) "\",\"created_by_ref\":\"" ID("identity", 1) "\"}]",
		    "[{\"type\":\"identity\",\"id\":\"" ID(
			"identity", 2) "\",\"created_by_ref\":null},"
				       "{\"type\":\"identity\",\"id\":\"" ID(
					   "identity", 1) "\",\"created_by_ref\":\"" ID("identity", 2) "\"}]");
	/* What the platform has no place for is left out, and what hangs on it. */
	check_whole(
	    "[{\"type\":\"x-mine\",\"id\":\"" ID("x-mine", 1) "\"},{\"type\":\"file\",\"id\":\"" ID(
		"file", 3) "\"},"
			   "{\"type\":\"relationship\",\"id\":\"" ID("relationship", 4) "\",\"source_ref\":\"" ID(
			       "file", 3) "\",\"target_ref\":\"" ID("x-mine", 1) "\"}]",
	    "[{\"type\":\"file\",\"id\":\"" ID("file", 3) "\"}]");
}

int main(int argc, char **argv)
{
	test_own();
	if (argc > 1) {
		cJSON *list = vectors_read(argv[1]);
		const cJSON *vector;
		cJSON_ArrayForEach(vector, list) check_vector(vector);
		cJSON_Delete(list);
	}
	return check_result();
}
