/* SPDX-License-Identifier: Apache-2.0 */
/* version and graphql-fault of octi-push. */
#include "check.h"

#include "../../cmd/octi-push/graphql-fault.h"
#include "../../cmd/octi-push/version.h"
#include "exit-codes.h"
#include "json-get.h"

static struct version of(const char *text)
{
	struct version version;
	CHECK(version_parse(text, &version));
	return version;
}

static void test_versions(void)
{
	struct version version;
	CHECK(version_compare(of("6.5.10"), of("6.5.9")) > 0);
	CHECK(version_compare(of("6.10.0"), of("6.9.19")) > 0);
	CHECK(version_compare(of("7.260817.0"), of("6.9.19")) > 0);
	CHECK(version_compare(of("7.260817.0"), of("7.260817")) == 0);
	CHECK(version_compare(of("7.260817.0-rc1"), of("7.260817.0")) == 0);
	CHECK(!version_parse("development", &version));
	CHECK(version_platform_splits(version));
	CHECK(!version_parse(NULL, &version));
}

/* The table of opencti.md section 2.8 and the versions around each change. */
static void test_features(void)
{
	static const struct {
		const char *text;
		bool work_id, multi_part, splits;
	} rows[] = {
	    {"6.5.1", false, false, false},     {"6.5.6", false, false, false},    {"6.5.7", true, false, false},
	    {"6.8.7", true, false, false},      {"6.9.19", true, false, false},    {"7.260227.0", true, false, false},
	    {"7.260421.9", true, false, false}, {"7.260422.0", true, true, false}, {"7.260427.3", true, true, false},
	    {"7.260428.0", true, true, false},  {"7.260817.0", true, true, false}, {"7.260817.2", true, true, false},
	    {"7.260818.0", true, true, true},   {"7.260901.0", true, true, true},  {"8.1.0", true, true, true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct version version = of(rows[i].text);
		CHECK_INT(version_push_has_work_id(version), rows[i].work_id);
		CHECK_INT(version_has_multi_part_work(version), rows[i].multi_part);
		CHECK_INT(version_platform_splits(version), rows[i].splits);
	}
	CHECK(version_is_too_old(of("6.5.0")));
	CHECK(!version_is_too_old(of("6.5.1")));
}

static void check_fault(long http_status, const char *body, bool found, enum graphql_remedy remedy, int status,
			const char *code)
{
	struct graphql_fault fault;
	cJSON *tree = json_parse_text(body, strlen(body), NULL);
	graphql_fault_read(http_status, tree, &fault);
	CHECK_INT(fault.found, found);
	if (found) {
		CHECK_INT(fault.remedy, remedy);
		CHECK_INT(fault.status, status);
		CHECK_TEXT(fault.code, code);
		CHECK(fault.text[0]);
	}
	cJSON_Delete(tree);
}

#define ERROR(code)                                                                                                    \
	"{\"errors\":[{\"message\":\"m\",\"name\":\"" code "\",\"extensions\":{\"code\":\"" code "\"}}],\"data\":"     \
	"null}"

static void test_faults(void)
{
	check_fault(200, "{\"data\":{\"about\":{}}}", false, GRAPHQL_FINAL, 0, "");
	check_fault(200, "{\"data\":{},\"errors\":[]}", false, GRAPHQL_FINAL, 0, "");
	check_fault(200, ERROR("AUTH_REQUIRED"), true, GRAPHQL_FINAL, EXIT_REFUSED, "AUTH_REQUIRED");
	check_fault(200, ERROR("OTP_REQUIRED_ACTIVATION"), true, GRAPHQL_FINAL, EXIT_REFUSED,
		    "OTP_REQUIRED_ACTIVATION");
	check_fault(200, ERROR("FORBIDDEN_ACCESS"), true, GRAPHQL_FINAL, EXIT_REFUSED, "FORBIDDEN_ACCESS");
	check_fault(200, ERROR("IP_FORBIDDEN"), true, GRAPHQL_FINAL, EXIT_REFUSED, "IP_FORBIDDEN");
	check_fault(400, ERROR("GRAPHQL_VALIDATION_FAILED"), true, GRAPHQL_FINAL, EXIT_SOFTWARE,
		    "GRAPHQL_VALIDATION_FAILED");
	check_fault(200, ERROR("UNSUPPORTED_ERROR"), true, GRAPHQL_RETRY_ONCE, EXIT_UNAVAILABLE, "UNSUPPORTED_ERROR");
	check_fault(200, ERROR("LOCK_ERROR"), true, GRAPHQL_RETRY, EXIT_UNAVAILABLE, "LOCK_ERROR");
	check_fault(200, ERROR("DATABASE_ERROR"), true, GRAPHQL_RETRY, EXIT_UNAVAILABLE, "DATABASE_ERROR");
	check_fault(500, ERROR("WORK_NOT_ALIVE"), true, GRAPHQL_FINAL, EXIT_UNAVAILABLE, "WORK_NOT_ALIVE");
	/* The name stands in for the code. */
	check_fault(200, "{\"errors\":[{\"message\":\"m\",\"name\":\"AUTH_FAILURE\"}]}", true, GRAPHQL_FINAL,
		    EXIT_REFUSED, "AUTH_FAILURE");
	/* A code of a version to come is judged by the status it tells. */
	check_fault(
	    200, "{\"errors\":[{\"message\":\"m\",\"extensions\":{\"code\":\"NEW\",\"data\":{\"http_status\":503}}}]}",
	    true, GRAPHQL_RETRY, EXIT_UNAVAILABLE, "NEW");
	check_fault(
	    200, "{\"errors\":[{\"message\":\"m\",\"extensions\":{\"code\":\"NEW\",\"data\":{\"http_status\":403}}}]}",
	    true, GRAPHQL_FINAL, EXIT_REFUSED, "NEW");
	check_fault(413, "<html>", true, GRAPHQL_TOO_LARGE, EXIT_BAD_INPUT, "");
	check_fault(429, "{\"message\":\"Too many requests\"}", true, GRAPHQL_RETRY, EXIT_UNAVAILABLE, "");
	check_fault(401, "", true, GRAPHQL_FINAL, EXIT_REFUSED, "");
	check_fault(404, "<html>", true, GRAPHQL_FINAL, EXIT_CONFIG, "");
	check_fault(502, "Bad Gateway", true, GRAPHQL_RETRY, EXIT_UNAVAILABLE, "");
	check_fault(200, "<html>", true, GRAPHQL_RETRY, EXIT_UNAVAILABLE, "");
	check_fault(200, "{\"data\":null}", true, GRAPHQL_RETRY, EXIT_UNAVAILABLE, "");
}

int main(void)
{
	test_versions();
	test_features();
	test_faults();
	return check_result();
}
