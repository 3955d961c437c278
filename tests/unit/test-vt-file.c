/* SPDX-License-Identifier: Apache-2.0 */
/* What is decided by a file object: the filter, the order of risk, the score; and what an odd object does to it. */
#include <stdlib.h>

#include "check.h"
#include "vt-file.h"
#include "xalloc.h"

#define ID "\"type\":\"file\",\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""

/* The object's text is to be freed; the file borrows from it. */
static char *open_file(const char *attributes, struct vt_file *file)
{
	struct json_slice object;
	char *text = xasprintf("{" ID ",\"attributes\":%s}", attributes);
	CHECK_INT(json_check(text, strlen(text), &object, NULL), 0);
	CHECK_INT(vt_file_read(object, file, NULL), 0);
	return text;
}

/* For what looks at the facts alone. */
static struct vt_file read_file(const char *attributes)
{
	struct vt_file file = {0};
	free(open_file(attributes, &file));
	file.attributes = (struct json_slice){NULL, 0};
	return file;
}

#define LEVEL(name) "\"threat_severity\":{\"threat_severity_level\":\"" name "\"}"
#define STATS(malicious, rest)                                                                                         \
	"\"last_analysis_stats\":{\"malicious\":" #malicious ",\"undetected\":" #rest                                  \
	",\"suspicious\":0,\"harmless\":0,\"timeout\":9,\"failure\":9,\"type-unsupported\":9}"

static void check_filter(const char *attributes, enum vt_rejection want)
{
	struct vt_file file = read_file(attributes);
	CHECK_TEXT(vt_rejection_name(vt_file_filter(&file, 5)), vt_rejection_name(want));
}

static void filter(void)
{
	check_filter("{" LEVEL("SEVERITY_HIGH") "}", VT_KEEP);
	check_filter("{" LEVEL("SEVERITY_MEDIUM") "}", VT_KEEP);
	check_filter("{" LEVEL("SEVERITY_NONE") "," STATS(40, 20) "}", VT_REJECT_SEVERITY_NONE);
	check_filter("{" LEVEL("SEVERITY_LOW") ",\"unique_sources\":1}", VT_REJECT_LOW_SINGLE_SOURCE);
	check_filter("{" LEVEL("SEVERITY_LOW") ",\"unique_sources\":2}", VT_KEEP);
	check_filter("{" LEVEL("SEVERITY_LOW") "}", VT_KEEP);
	check_filter("{" LEVEL("SEVERITY_UNKNOWN") "," STATS(4, 60) "}", VT_REJECT_UNKNOWN_UNDETECTED);
	check_filter("{" LEVEL("SEVERITY_UNKNOWN") "," STATS(5, 60) "}", VT_KEEP);
	check_filter("{" LEVEL("SOMETHING_NEW") "," STATS(5, 60) "}", VT_KEEP);
	check_filter("{}", VT_REJECT_UNKNOWN_UNDETECTED);
	check_filter("{\"sandbox_verdicts\":{\"A\":{\"category\":\"harmless\"},\"B\":{\"category\":\"malicious\"}}}",
		     VT_KEEP);
	check_filter("{" LEVEL("SEVERITY_HIGH") "," STATS(4, 60) ",\"tags\":[\"peexe\",\"legit\"]}", VT_REJECT_TRUSTED);
	check_filter("{" LEVEL("SEVERITY_HIGH") "," STATS(5, 60) ",\"tags\":[\"legit\"]}", VT_KEEP);
	check_filter("{" LEVEL("SEVERITY_HIGH") "," STATS(4, 60) ",\"signature_info\":{\"verified\":\"Signed\"}}",
		     VT_REJECT_TRUSTED);
	check_filter(
	    "{" LEVEL("SEVERITY_HIGH") "," STATS(4, 60) ",\"signature_info\":{\"verified\":\"Invalid signature\"}}",
	    VT_KEEP);
	check_filter("{" LEVEL("SEVERITY_HIGH") ",\"md5\":\"44d88612fea8a8f36de82e1278abb02f\"}", VT_REJECT_EICAR);
}

static void check_rule(const struct vt_filter *filter, const char *attributes, const char *want)
{
	struct vt_file file = {0};
	char *text = open_file(attributes, &file);
	CHECK_TEXT(vt_rejection_name(vt_filter_judge(filter, &file)), want);
	free(text);
}

static void severity_rules(void)
{
	struct vt_filter filter = {.max_size = INT64_MAX};
	for (int i = 0; i <= VT_SEVERITY_HIGH; i++)
		filter.min_sources[i] = -1;
	check_rule(&filter, "{" LEVEL("SEVERITY_HIGH") "}", "severity_high");
	check_rule(&filter, "{" LEVEL("SEVERITY_MEDIUM") "}", "severity_medium");
	check_rule(&filter, "{" LEVEL("SEVERITY_LOW") "}", "severity_low");
	check_rule(&filter, "{" LEVEL("SEVERITY_NONE") "}", "severity_none");
	check_rule(&filter, "{" LEVEL("SEVERITY_UNKNOWN") "}", "severity_unknown");
	check_rule(&filter, "{}", "severity_unknown");
	CHECK(vt_filter_add_severity(&filter, "medium:3"));
	CHECK(vt_filter_add_severity(&filter, "NONE"));
	CHECK(vt_filter_add_severity(&filter, "SEVERITY_UNKNOWN:2"));
	check_rule(&filter, "{" LEVEL("SEVERITY_MEDIUM") ",\"unique_sources\":2}", "few_sources");
	check_rule(&filter, "{" LEVEL("SEVERITY_MEDIUM") ",\"unique_sources\":3}", "");
	check_rule(&filter, "{" LEVEL("SEVERITY_NONE") ",\"unique_sources\":1}", "");
	check_rule(&filter, "{\"unique_sources\":1}", "few_sources");
	check_rule(&filter, "{\"unique_sources\":2}", "");
	static const char *const wrong[] = {"", "CRITICAL", "LOW:", "LOW:x", "LOW:-1", ":2", "LOW:1234567", "LOW 2"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		CHECK(!vt_filter_add_severity(NULL, wrong[i]));
}

static void other_rules(void)
{
	static const char *const types[] = {"peexe", "Document", NULL};
	struct vt_filter filter;
	vt_filter_init(&filter, 0);
	filter.min_size = 100;
	filter.max_size = 200;
	check_rule(&filter, "{\"size\":99}", "size");
	check_rule(&filter, "{\"size\":100}", "");
	check_rule(&filter, "{\"size\":200}", "");
	check_rule(&filter, "{\"size\":201}", "size");
	check_rule(&filter, "{}", "");
	filter.types = types;
	check_rule(&filter, "{}", "type");
	check_rule(&filter, "{\"type_tag\":\"pedll\"}", "type");
	check_rule(&filter, "{\"type_tag\":\"peexe\"}", "");
	check_rule(&filter, "{\"type_tag\":\"docx\",\"type_tags\":[7,\"document\",\"msoffice\"]}", "");
	filter.types = NULL;
	filter.min_score = 75;
	check_rule(&filter, "{" LEVEL("SEVERITY_MEDIUM") "," STATS(60, 0) "}", "score");
	check_rule(&filter, "{" LEVEL("SEVERITY_HIGH") "}", "");
	check_rule(&filter, "{" LEVEL("SEVERITY_HIGH") ",\"gti_assessment\":{\"threat_score\":{\"value\":74}}}",
		   "score");
}

static void check_score(const char *attributes, int want)
{
	struct vt_file file = read_file(attributes);
	CHECK_INT(vt_file_score(&file), want);
}

static void score(void)
{
	check_score("{" LEVEL("SEVERITY_HIGH") "}", 75);
	check_score("{" LEVEL("SEVERITY_HIGH") "," STATS(60, 0) "}", 100);
	check_score("{" LEVEL("SEVERITY_HIGH") "," STATS(30, 30) "}", 88);
	check_score("{" LEVEL("SEVERITY_MEDIUM") "," STATS(0, 60) "}", 50);
	check_score("{" LEVEL("SEVERITY_MEDIUM") "," STATS(60, 0) "}", 74);
	check_score("{" LEVEL("SEVERITY_LOW") "," STATS(60, 0) "}", 49);
	check_score("{" STATS(60, 0) "}", 49);
	check_score("{}", 0);
	check_score("{" LEVEL("SEVERITY_HIGH") ",\"gti_assessment\":{\"threat_score\":{\"value\":0}}}", 0);
	check_score("{" LEVEL("SEVERITY_NONE") ",\"gti_assessment\":{\"threat_score\":{\"value\":93}}}", 93);
	check_score("{" LEVEL("SEVERITY_HIGH") ",\"gti_assessment\":{\"threat_score\":{\"value\":101}}}", 75);
}

static void order(void)
{
	struct vt_file high = read_file("{" LEVEL("SEVERITY_HIGH") "," STATS(3, 60) "}");
	struct vt_file medium = read_file("{" LEVEL("SEVERITY_MEDIUM") "," STATS(50, 10) "}");
	struct vt_file more = read_file("{" LEVEL("SEVERITY_HIGH") "," STATS(4, 60) "}");
	struct vt_file other = high;
	other.sha256[0] = 'b';
	CHECK(vt_file_compare_risk(&high, &medium) < 0);
	CHECK(vt_file_compare_risk(&more, &high) < 0);
	CHECK(vt_file_compare_risk(&high, &high) == 0);
	CHECK(vt_file_compare_risk(&high, &other) < 0);
	CHECK(vt_file_compare_risk(&other, &high) > 0);
}

/* Members of a type that nobody expects are as good as absent. */
static void odd_objects(void)
{
	struct vt_file file = read_file("{\"threat_severity\":7,\"last_analysis_stats\":[],\"size\":\"big\","
					"\"first_submission_date\":1.5e300,\"tags\":{},\"sandbox_verdicts\":[1,null],"
					"\"gti_assessment\":null,\"popular_threat_classification\":[[]]}");
	CHECK_INT(file.severity, VT_SEVERITY_ABSENT);
	CHECK_INT(file.malicious, 0);
	CHECK_INT(file.size, VT_ABSENT);
	CHECK_INT(file.first_submission_date, VT_ABSENT);
	CHECK(!file.sandbox_malicious && !file.trusted_tag);

	static const char *const refused[] = {
	    "{\"type\":\"file\"}",
	    "{\"type\":\"file\",\"id\":7}",
	    "{\"type\":\"file\",\"id\":\"aaaa\"}",
	    "{\"type\":\"file\",\"id\":\"gaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
	};
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct json_slice object;
		struct error err;
		CHECK_INT(json_check(refused[i], strlen(refused[i]), &object, NULL), 0);
		CHECK_INT(vt_file_read(object, &file, &err), -1);
	}
}

int main(void)
{
	filter();
	severity_rules();
	other_rules();
	score();
	order();
	odd_objects();
	return check_result();
}
