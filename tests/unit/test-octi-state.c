/* SPDX-License-Identifier: Apache-2.0 */
/* state, commit and due of octi-push: what moves, what does not, and what is due. */
#include "check.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../cmd/octi-push/commit.h"
#include "../../cmd/octi-push/due.h"
#include "../../cmd/octi-push/state.h"
#include "error.h"
#include "exit-codes.h"
#include "timestamp.h"
#include "xalloc.h"

static int64_t at(const char *text)
{
	int64_t epoch = -1;
	CHECK_INT(timestamp_parse(text, &epoch, NULL), 0);
	return epoch;
}

static void test_absent(void)
{
	static const char *const none[] = {NULL, "", "null", "{}", "[]", "12", "\"x\"", "{", "{\"a\":1,}", "text"};
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		int64_t end = 5;
		CHECK(!state_exists(none[i]));
		CHECK(state_equal(none[i], NULL));
		CHECK_INT(state_mark(none[i], STATE_WINDOW_END, "AU", &end, NULL), 0);
		CHECK(end == STATE_ABSENT);
	}
	CHECK(!state_equal("{\"a\":1}", ""));
}

static void test_equal(void)
{
	CHECK(state_equal("{\"a\":1,\"b\":[2]}", "{ \"b\":[2], \"a\":1 }"));
	CHECK(!state_equal("{\"a\":1}", "{\"a\":2}"));
	CHECK(!state_equal("{\"a\":1}", "{\"a\":1,\"b\":2}"));
}

static void test_marks(void)
{
	static const char text[] =
	    "{\"last_run\":\"2026-11-23T00:00:00Z\",\"window_end\":{\"AU\":\"2026-11-22T13:00:00Z\","
	    "\"NZ\":3},\"revisited\":{}}";
	int64_t mark;
	struct error err;
	CHECK_INT(state_mark(text, STATE_WINDOW_END, "AU", &mark, &err), 0);
	CHECK_INT(mark, at("2026-11-22T13:00:00Z"));
	CHECK_INT(state_mark(text, STATE_REVISITED, "AU", &mark, &err), 0);
	CHECK(mark == STATE_ABSENT);
	CHECK_INT(state_mark(text, STATE_WINDOW_END, "NZ", &mark, &err), -1);
	CHECK_INT(err.status, EXIT_BAD_INPUT);
	CHECK_INT(state_last_run(text), at("2026-11-23T00:00:00Z"));
	CHECK(state_last_run("{\"last_run\":7}") == STATE_ABSENT);
}

static void check_change(const char *text, const struct state_change *change, const char *want)
{
	char *got = state_change(text, change);
	CHECK_TEXT(got, want);
	free(got);
}

static void test_change(void)
{
	struct state_change change = {
	    .country = "AU",
	    .last_run = at("2026-11-24T05:00:00Z"),
	    .window_end = at("2026-11-23T13:00:00Z"),
	    .revisited = STATE_ABSENT,
	};
	check_change(NULL, &change,
		     "{\"last_run\":\"2026-11-24T05:00:00Z\",\"window_end\":{\"AU\":\"2026-11-23T13:00:00Z\"}}");
	/* What is not ours stays as it is spelled, numbers beyond 2^53 too. */
	check_change(
	    "{\"x\": 12345678901234567890, \"window_end\":{\"NZ\":\"n\",\"AU\":\"old\"},\"last_run\":\"old\","
	    "\"revisited\":{\"AU\":\"r\"}}",
	    &change,
	    "{\"last_run\":\"2026-11-24T05:00:00Z\",\"window_end\":{\"NZ\":\"n\",\"AU\":\"2026-11-23T13:00:00Z\"},"
	    "\"x\":12345678901234567890,\"revisited\":{\"AU\":\"r\"}}");
	change.window_end = STATE_ABSENT;
	change.forget_revisited = true;
	check_change(
	    "{\"window_end\":{\"AU\":\"e\"},\"revisited\":{\"AU\":\"r\",\"NZ\":\"s\"}}", &change,
	    "{\"last_run\":\"2026-11-24T05:00:00Z\",\"revisited\":{\"NZ\":\"s\"},\"window_end\":{\"AU\":\"e\"}}");
}

static void test_parse(void)
{
	struct commit_window window;
	struct error err;
	CHECK_INT(commit_parse("au/2026-11-22T13:00:00Z/2026-11-23T13:00:00Z", &window, &err), 0);
	CHECK_TEXT(window.country, "AU");
	CHECK_INT(window.end - window.start, 86400);
	CHECK(!window.again);
	CHECK_INT(commit_parse("AU/2026-11-22T13:00:00Z/2026-11-23T13:00:00Z/again", &window, &err), 0);
	CHECK(window.again);
	static const char *const bad[] = {
	    "",
	    "AU",
	    "AU/2026-11-22T13:00:00Z",
	    "AU/2026-11-23T13:00:00Z/2026-11-23T13:00:00Z",
	    "XX/2026-11-22T13:00:00Z/2026-11-23T13:00:00Z",
	    "AU/2026-11-22T13:00:00Z/2026-11-23T13:00:00Z/",
	    "AU/2026-11-22T13:00:00Z/2026-11-23T13:00:00Z/again/again",
	    "AU/yesterday/today",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		CHECK_INT(commit_parse(bad[i], &window, &err), -1);
		CHECK_INT(err.status, EXIT_USAGE);
	}
}

static bool allowed(const char *state, const char *window_text, bool planned_absent)
{
	struct commit_window window;
	struct error err;
	bool answer = false;
	char reason[200];
	CHECK_INT(commit_parse(window_text, &window, &err), 0);
	CHECK_INT(commit_allowed(state, &window, planned_absent, &answer, reason, sizeof reason, &err), 0);
	return answer;
}

#define STATE "{\"window_end\":{\"AU\":\"2026-11-22T13:00:00Z\"},\"revisited\":{\"AU\":\"2026-11-19T13:00:00Z\"}}"

static void test_rule(void)
{
	CHECK(allowed(STATE, "AU/2026-11-22T13:00:00Z/2026-11-23T13:00:00Z", false));
	CHECK(!allowed(STATE, "AU/2026-11-21T13:00:00Z/2026-11-22T13:00:00Z", false));
	CHECK(!allowed(STATE, "AU/2026-11-23T13:00:00Z/2026-11-24T13:00:00Z", true));
	CHECK(allowed(STATE, "NZ/2026-11-22T13:00:00Z/2026-11-23T13:00:00Z", true));
	CHECK(!allowed("", "AU/2026-11-22T13:00:00Z/2026-11-23T13:00:00Z", false));
	CHECK(allowed(NULL, "AU/2026-11-22T13:00:00Z/2026-11-23T13:00:00Z", true));
	CHECK(allowed(STATE, "AU/2026-11-19T13:00:00Z/2026-11-20T13:00:00Z/again", false));
	CHECK(!allowed(STATE, "AU/2026-11-22T13:00:00Z/2026-11-23T13:00:00Z/again", false));
	CHECK(!allowed(NULL, "AU/2026-11-19T13:00:00Z/2026-11-20T13:00:00Z/again", true));
}

static void test_note(void)
{
	static const char *const countries[] = {"AU", "NZ", NULL};
	struct push_settings settings = {.connector_id = "c", .countries = countries};
	char directory[] = "/tmp/test-octi-state-XXXXXX";
	CHECK(mkdtemp(directory));
	settings.state_dir = directory;
	CHECK(commit_planned_absent(&settings, "AU", true));
	CHECK(!commit_planned_absent(&settings, "AU", false));
	commit_note_plan(&settings, STATE);
	CHECK(!commit_planned_absent(&settings, "AU", true));
	CHECK(commit_planned_absent(&settings, "NZ", false));
	CHECK(commit_planned_absent(&settings, "DE", true));
	settings.connector_id = "another";
	CHECK(commit_planned_absent(&settings, "AU", true));
	char *path = xasprintf("%s/planned", directory);
	CHECK_INT(unlink(path), 0);
	free(path);
	CHECK_INT(rmdir(directory), 0);
}

static void check_due(const char *state, const char *now, int max_catchup, struct duration revisit, const char *want)
{
	static const char *const countries[] = {"AU", "NZ", NULL};
	struct push_settings settings = {
	    .countries = countries,
	    .period = {.days = 1},
	    .lag_s = 3 * 3600,
	    .revisit = revisit,
	    .max_catchup = max_catchup,
	};
	struct out out;
	int status;
	out_init(&out, -1);
	due_list(&settings, state, at(now), &(struct due_held){0}, &out, &status);
	CHECK_INT(status, EXIT_DONE);
	CHECK_TEXT(out.buf.data, want);
	out_release(&out);
}

#define DAY(cc, from, to, kind) cc "\t2026-11-" from "T00:00:00Z\t2026-11-" to "T00:00:00Z\t" kind "\n"

static void test_due(void)
{
	static const char state[] = "{\"window_end\":{\"AU\":\"2026-11-20T00:00:00Z\",\"NZ\":\"2026-11-23T00:00:00Z\"},"
				    "\"revisited\":{\"AU\":\"2026-11-18T00:00:00Z\"}}";
	struct duration never = {0}, three_days = {.days = 3};
	/* A first run: the one last full window, by the lag. */
	check_due(NULL, "2026-11-23T02:00:00Z", 7, three_days,
		  DAY("AU", "21", "22", "new") DAY("NZ", "21", "22", "new"));
	check_due("", "2026-11-23T03:00:00Z", 7, three_days, DAY("AU", "22", "23", "new") DAY("NZ", "22", "23", "new"));
	/* Missed ones, oldest first; then those to be looked at again, of what was published. */
	check_due(state, "2026-11-23T04:00:00Z", 7, three_days,
		  DAY("AU", "20", "21", "new") DAY("AU", "21", "22", "new") DAY("AU", "22", "23", "new")
		      DAY("AU", "18", "19", "again") DAY("AU", "19", "20", "again"));
	check_due(state, "2026-11-23T04:00:00Z", 7, never,
		  DAY("AU", "20", "21", "new") DAY("AU", "21", "22", "new") DAY("AU", "22", "23", "new"));
	/* Too many: the oldest are joined, but never those that have a report already. */
	check_due(state, "2026-11-23T04:00:00Z", 2, three_days,
		  DAY("AU", "20", "22", "new") DAY("AU", "22", "23", "new") DAY("AU", "18", "19", "again")
		      DAY("AU", "19", "20", "again"));
	check_due("{\"window_end\":{\"AU\":\"2026-11-23T00:00:00Z\",\"NZ\":\"2026-11-23T00:00:00Z\"}}",
		  "2026-11-23T04:00:00Z", 7, three_days, "");
}

/* What was joined is looked at again as one: the counted windows end before it and go on after it. */
#define JOINED(revisited)                                                                                              \
	"{\"window_end\":{\"AU\":\"2026-11-23T00:00:00Z\",\"NZ\":\"2026-11-23T00:00:00Z\"},\"revisited\":{\"AU\":"     \
	"\"" revisited "T00:00:00Z\"},\"joined_start\":{\"AU\":\"2026-11-12T00:00:00Z\"},\"joined_end\":{\"AU\":"      \
	"\"2026-11-18T00:00:00Z\"}}"

static void test_due_again_of_joined_windows(void)
{
	struct duration three_days = {.days = 3}, six_days = {.days = 6};
	check_due(JOINED("2026-11-10"), "2026-11-23T04:00:00Z", 7, three_days,
		  DAY("AU", "10", "11", "again") DAY("AU", "11", "12", "again"));
	check_due(JOINED("2026-11-12"), "2026-11-23T04:00:00Z", 7, three_days, DAY("AU", "12", "18", "again"));
	check_due(JOINED("2026-11-12"), "2026-11-23T23:00:00Z", 7, six_days, "");
	check_due(JOINED("2026-11-18"), "2026-11-23T04:00:00Z", 7, three_days,
		  DAY("AU", "18", "19", "again") DAY("AU", "19", "20", "again"));
}

static void test_due_of_a_country_that_fails(void)
{
	static const char *const countries[] = {"AU", "NZ", NULL};
	struct push_settings settings = {.countries = countries, .period = {.days = 1}, .max_catchup = 7};
	struct out out;
	int status;
	out_init(&out, -1);
	due_list(&settings, "{\"window_end\":{\"AU\":\"2029-01-01T00:00:00Z\",\"NZ\":\"2026-11-22T00:00:00Z\"}}",
		 at("2026-11-23T04:00:00Z"), &(struct due_held){0}, &out, &status);
	CHECK_INT(status, EXIT_BAD_INPUT);
	CHECK_TEXT(out.buf.data, DAY("NZ", "22", "23", "new"));
	out_release(&out);
}

/* What waits in the outbox is not made again; that it is looked at again is another matter. */
static void test_due_of_a_country_that_is_held(void)
{
	static const char *const countries[] = {"AU", "NZ", NULL};
	struct push_settings settings = {
	    .countries = countries, .period = {.days = 1}, .revisit = {.days = 3}, .max_catchup = 7};
	struct due_held held = {0};
	struct out out;
	int status;
	due_hold(&held, "AU", false);
	out_init(&out, -1);
	due_list(&settings,
		 "{\"window_end\":{\"AU\":\"2026-11-22T00:00:00Z\",\"NZ\":\"2026-11-22T00:00:00Z\"},"
		 "\"revisited\":{\"AU\":\"2026-11-19T00:00:00Z\"}}",
		 at("2026-11-23T04:00:00Z"), &held, &out, &status);
	CHECK_INT(status, EXIT_DONE);
	CHECK_TEXT(out.buf.data, DAY("NZ", "22", "23", "new") DAY("AU", "19", "20", "again"));
	out_release(&out);
	due_held_release(&held);
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	test_absent();
	test_equal();
	test_marks();
	test_change();
	test_parse();
	test_rule();
	test_note();
	test_due();
	test_due_again_of_joined_windows();
	test_due_of_a_country_that_fails();
	test_due_of_a_country_that_is_held();
	return check_result();
}
