/* SPDX-License-Identifier: Apache-2.0 */
/* Asserts for unit tests: each failure is told with its place and the test goes on; end main with return
 * check_result(). */
#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int check_failures;
static int check_count;

static inline bool check_note(bool good, const char *file, int line, const char *what)
{
	check_count++;
	if (!good) {
		check_failures++;
		fprintf(stderr, "%s:%d: %s\n", file, line, what);
	}
	return good;
}

static inline bool check_same_text(const char *got, const char *want, const char *file, int line, const char *what)
{
	bool good = got && want ? strcmp(got, want) == 0 : got == want;
	if (!check_note(good, file, line, what))
		fprintf(stderr, "  got  %s\n  want %s\n", got ? got : "(null)", want ? want : "(null)");
	return good;
}

static inline bool check_same_int(int64_t got, int64_t want, const char *file, int line, const char *what)
{
	if (check_note(got == want, file, line, what))
		return true;
	fprintf(stderr, "  got  %" PRId64 "\n  want %" PRId64 "\n", got, want);
	return false;
}

#define CHECK(condition)      check_note((condition), __FILE__, __LINE__, #condition)
#define CHECK_TEXT(got, want) check_same_text((got), (want), __FILE__, __LINE__, #got)
#define CHECK_INT(got, want)  check_same_int((int64_t)(got), (int64_t)(want), __FILE__, __LINE__, #got)

static inline int check_result(void)
{
	if (!check_count) {
		fprintf(stderr, "no check was made\n");
		return 1;
	}
	return check_failures ? 1 : 0;
}

#endif
