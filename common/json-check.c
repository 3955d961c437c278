/* SPDX-License-Identifier: Apache-2.0 */
/* The strict checker of json-scan.h: one pass, no recursion, no allocation. */
#include <string.h>

#include "exit-codes.h"
#include "json-scan.h"
#include "json-space.h"
#include "utf8.h"

enum outcome { GOOD, CUT, BAD };

struct checker {
	const char *begin;
	const char *at;
	const char *end;
	const char *fault;
	/* What json_check_watching looks for: the members in work of the two outermost levels. */
	const struct json_watch *watch;
	struct {
		struct json_slice key;
		const char *after_colon;
	} members[2];
	bool is_inner; /* the outer one is the one to look into */
};

static enum outcome bad(struct checker *checker, const char *what)
{
	checker->fault = what;
	return BAD;
}

static void skip_space(struct checker *checker)
{
	checker->at = json_skip_space(checker->at, checker->end);
}

/* Skips bytes that are neither quote, backslash, control nor beyond ASCII, eight at a time. */
static const char *skip_plain(const char *at, const char *end)
{
	const uint64_t ones = 0x0101010101010101u;
	const uint64_t highs = 0x8080808080808080u;
	while (end - at >= 8) {
		uint64_t word;
		memcpy(&word, at, 8);
		uint64_t quote = word ^ (ones * '"');
		uint64_t slash = word ^ (ones * '\\');
		uint64_t special = word | (quote - ones) | (slash - ones) | (word - ones * 0x20);
		if (special & highs)
			break;
		at += 8;
	}
	while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80 && *at != '"' && *at != '\\')
		at++;
	return at;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* At a backslash. */
static enum outcome check_escape(struct checker *checker)
{
	const char *at = checker->at + 1;
	if (at >= checker->end)
		return CUT;
	if (*at != 'u') {
		if (!*at || !strchr("\"\\/bfnrt", *at))
			return bad(checker, "unknown escape in a string");
		checker->at = at + 1;
		return GOOD;
	}
	for (int i = 1; i <= 4; i++) {
		if (at + i >= checker->end)
			return CUT;
		if (!is_hex(at[i]))
			return bad(checker, "\\u without four hex digits");
	}
	checker->at = at + 5;
	return GOOD;
}

/* At the opening quote. */
static enum outcome check_string(struct checker *checker)
{
	checker->at++;
	for (;;) {
		checker->at = skip_plain(checker->at, checker->end);
		if (checker->at >= checker->end)
			return CUT;
		unsigned char c = (unsigned char)*checker->at;
		if (c == '"') {
			checker->at++;
			return GOOD;
		}
		if (c == '\\') {
			enum outcome outcome = check_escape(checker);
			if (outcome != GOOD)
				return outcome;
			continue;
		}
		if (c < 0x20)
			return bad(checker, "control character in a string");
		uint32_t point;
		size_t left = (size_t)(checker->end - checker->at);
		size_t size = utf8_decode(checker->at, left, &point);
		if (size == 0)
			return left < 4 ? CUT : bad(checker, "invalid UTF-8");
		checker->at += size;
	}
}

static const char *skip_digits(const char *at, const char *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

static enum outcome check_digits(struct checker *checker)
{
	const char *after = skip_digits(checker->at, checker->end);
	if (after == checker->at)
		return after == checker->end ? CUT : bad(checker, "a digit is missing in a number");
	checker->at = after;
	return GOOD;
}

static enum outcome check_number(struct checker *checker)
{
	if (*checker->at == '-')
		checker->at++;
	if (checker->at < checker->end && *checker->at == '0') {
		checker->at++;
		if (checker->at < checker->end && *checker->at >= '0' && *checker->at <= '9')
			return bad(checker, "a number begins with 0");
	} else {
		enum outcome outcome = check_digits(checker);
		if (outcome != GOOD)
			return outcome;
	}
	if (checker->at < checker->end && *checker->at == '.') {
		checker->at++;
		enum outcome outcome = check_digits(checker);
		if (outcome != GOOD)
			return outcome;
	}
	if (checker->at < checker->end && (*checker->at == 'e' || *checker->at == 'E')) {
		checker->at++;
		if (checker->at < checker->end && (*checker->at == '+' || *checker->at == '-'))
			checker->at++;
		return check_digits(checker);
	}
	return GOOD;
}

static enum outcome check_word(struct checker *checker, const char *word)
{
	size_t len = strlen(word);
	size_t left = (size_t)(checker->end - checker->at);
	if (left < len)
		return memcmp(checker->at, word, left) == 0 ? CUT : bad(checker, "unknown word");
	if (memcmp(checker->at, word, len) != 0)
		return bad(checker, "unknown word");
	checker->at += len;
	return GOOD;
}

/* A key and its colon. */
static enum outcome check_key(struct checker *checker)
{
	skip_space(checker);
	if (checker->at >= checker->end)
		return CUT;
	if (*checker->at != '"')
		return bad(checker, "a key in quotes is missing");
	enum outcome outcome = check_string(checker);
	if (outcome != GOOD)
		return outcome;
	skip_space(checker);
	if (checker->at >= checker->end)
		return CUT;
	if (*checker->at != ':')
		return bad(checker, "a colon is missing");
	checker->at++;
	return GOOD;
}

static enum outcome check_scalar(struct checker *checker)
{
	switch (*checker->at) {
	case '"':
		return check_string(checker);
	case 't':
		return check_word(checker, "true");
	case 'f':
		return check_word(checker, "false");
	case 'n':
		return check_word(checker, "null");
	default:
		if (*checker->at != '-' && (*checker->at < '0' || *checker->at > '9'))
			return bad(checker, "no JSON value begins so");
		return check_number(checker);
	}
}

static void forget(struct json_slice *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		values[i] = (struct json_slice){NULL, 0};
}

/* The key of a member of the container that is depth levels deep. */
static enum outcome check_member(struct checker *checker, unsigned depth)
{
	const struct json_watch *watch = checker->watch;
	skip_space(checker);
	const char *start = checker->at;
	enum outcome outcome = check_key(checker);
	if (!watch || depth > 2 || outcome != GOOD)
		return outcome;
	const char *end = checker->at - 1;
	while (end[-1] != '"')
		end--;
	struct json_slice key = {start, (size_t)(end - start)};
	checker->members[depth - 1].key = key;
	checker->members[depth - 1].after_colon = checker->at;
	if (depth == 1) {
		checker->is_inner = watch->inner_count && json_string_is(key, watch->keys[watch->inner_of]);
		if (checker->is_inner)
			forget(watch->inner_values, watch->inner_count);
	}
	return GOOD;
}

/* A member of an object that is depth levels deep ends here. */
static void note_member(const struct checker *checker, unsigned depth)
{
	const struct json_watch *watch = checker->watch;
	const char *start = checker->members[depth - 1].after_colon;
	while (*start == ' ' || *start == '\n' || *start == '\t' || *start == '\r')
		start++;
	struct json_slice value = {start, (size_t)(checker->at - start)};
	struct json_slice key = checker->members[depth - 1].key;
	if (depth == 1)
		json_take_member(key, value, watch->keys, watch->values, watch->count);
	else if (checker->is_inner)
		json_take_member(key, value, watch->inner_keys, watch->inner_values, watch->inner_count);
}

/* One value, white space in front allowed. */
static enum outcome check_value(struct checker *checker)
{
	uint64_t is_object = 0; /* a bit for each level, the innermost lowest */
	unsigned depth = 0;
	enum outcome outcome;
	for (;;) {
		bool is_empty = false;
		skip_space(checker);
		if (checker->at >= checker->end)
			return CUT;
		char c = *checker->at;
		if (c == '{' || c == '[') {
			if (depth == JSON_DEPTH_MAX)
				return bad(checker, "too deeply nested");
			depth++;
			is_object = is_object << 1 | (c == '{');
			checker->at++;
			skip_space(checker);
			if (checker->at >= checker->end)
				return CUT;
			if (*checker->at != (c == '{' ? '}' : ']')) {
				if (c == '{' && (outcome = check_member(checker, depth)) != GOOD)
					return outcome;
				continue;
			}
			is_empty = true;
		} else {
			if ((outcome = check_scalar(checker)) != GOOD)
				return outcome;
		}
		/* Behind a value, or at the end of an empty container. */
		for (;;) {
			if (depth == 0)
				return GOOD;
			if (checker->watch && depth <= 2 && is_object & 1 && !is_empty)
				note_member(checker, depth);
			is_empty = false;
			skip_space(checker);
			if (checker->at >= checker->end)
				return CUT;
			c = *checker->at;
			if (c == ',') {
				checker->at++;
				if (is_object & 1 && (outcome = check_member(checker, depth)) != GOOD)
					return outcome;
				break;
			}
			if (c != (is_object & 1 ? '}' : ']'))
				return bad(checker, "a comma or a closing bracket is missing");
			checker->at++;
			depth--;
			is_object >>= 1;
		}
	}
}

static int tell(const struct checker *checker, const char *what, struct error *err)
{
	return error_set(err, EXIT_BAD_INPUT, "offset %zu: %s", (size_t)(checker->at - checker->begin), what);
}

int json_check_watching(const char *text, size_t len, struct json_slice *value, const struct json_watch *watch,
			struct error *err)
{
	struct checker checker = {.begin = text, .at = text, .end = text + len, .watch = watch};
	if (watch) {
		forget(watch->values, watch->count);
		forget(watch->inner_values, watch->inner_count);
	}
	skip_space(&checker);
	const char *start = checker.at;
	switch (check_value(&checker)) {
	case GOOD:
		break;
	case CUT:
		checker.at = checker.end;
		return tell(&checker, start == checker.end ? "empty" : "cut short", err);
	case BAD:
		return tell(&checker, checker.fault, err);
	}
	size_t value_len = (size_t)(checker.at - start);
	skip_space(&checker);
	if (checker.at < checker.end)
		return tell(&checker, "something follows the value", err);
	if (value)
		*value = (struct json_slice){start, value_len};
	return 0;
}

int json_check(const char *text, size_t len, struct json_slice *value, struct error *err)
{
	return json_check_watching(text, len, value, NULL, err);
}

ptrdiff_t json_check_prefix(const char *text, size_t len, struct error *err)
{
	struct checker checker = {.begin = text, .at = text, .end = text + len};
	switch (check_value(&checker)) {
	case GOOD:
		break;
	case CUT:
		return 0;
	case BAD:
		return tell(&checker, checker.fault, err);
	}
	/* A number may go on. */
	char last = checker.at[-1];
	bool is_open_end =
	    checker.at == checker.end && last != '}' && last != ']' && last != '"' && last != 'e' && last != 'l';
	return is_open_end ? 0 : checker.at - text;
}
