/* SPDX-License-Identifier: Apache-2.0 */
#include "canonical.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"
#include "xalloc.h"

int canonical_append_string(struct buf *out, const char *text, size_t len)
{
	static const char short_forms[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	if (buf_add_char(out, '"'))
		return -1;
	for (size_t at = 0; at < len; at++) {
		unsigned char c = (unsigned char)text[at];
		const char *form = NULL;
		for (size_t i = 0; i + 1 < sizeof(short_forms); i += 2) {
			if ((unsigned char)short_forms[i] == c)
				form = short_forms + i + 1;
		}
		int failed;
		if (form)
			failed = buf_printf(out, "\\%c", *form);
		else if (c < 0x20)
			failed = buf_printf(out, "\\u%04x", c);
		else
			failed = buf_add_char(out, (char)c);
		if (failed)
			return -1;
	}
	return buf_add_char(out, '"');
}

/* The shortest digits that read back as the number, and the decimal exponent of the first one: 1234 with 3 is 1.234e3.
 */
static int shortest_digits(double number, char *digits, size_t size)
{
	char text[40];
	for (int precision = 0; precision <= 16; precision++) {
		snprintf(text, sizeof(text), "%.*e", precision, number);
		if (strtod(text, NULL) == number)
			break;
	}
	size_t len = 0;
	char *at = text;
	for (; *at != 'e'; at++) {
		if (*at != '.' && len + 1 < size)
			digits[len++] = *at;
	}
	while (len > 1 && digits[len - 1] == '0')
		len--;
	digits[len] = '\0';
	return (int)strtol(at + 1, NULL, 10);
}

/* ECMAScript, Number::toString: plain notation from 1e-6 to below 1e21, else with an exponent. */
int canonical_append_number(struct buf *out, double number)
{
	char digits[24];
	if (number == 0)
		return buf_add_char(out, '0');
	if (number < 0 && buf_add_char(out, '-'))
		return -1;
	int exponent = shortest_digits(number < 0 ? -number : number, digits, sizeof(digits));
	int count = (int)strlen(digits);
	if (exponent >= 21 || exponent < -6)
		return buf_printf(out, count > 1 ? "%.1s.%se%+d" : "%.1s%se%+d", digits, digits + 1, exponent);
	if (exponent < 0)
		return buf_printf(out, "0.%.*s%s", -exponent - 1, "00000", digits);
	if (count <= exponent + 1)
		return buf_printf(out, "%s%.*s", digits, exponent + 1 - count, "00000000000000000000");
	return buf_printf(out, "%.*s.%s", exponent + 1, digits, digits + exponent + 1);
}

struct member {
	struct buf key; /* decoded */
	struct json_slice value;
	size_t index;
};

/* The UTF-16 code units of two UTF-8 texts: the same order as UTF-8's, but that surrogates (astral) come before U+E000.
 */
static int compare_utf16(const struct buf *a, const struct buf *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	size_t at = 0;
	while (at < len && a->data[at] == b->data[at])
		at++;
	if (at == len)
		return a->len < b->len ? -1 : a->len > b->len;
	unsigned char left = (unsigned char)a->data[at];
	unsigned char right = (unsigned char)b->data[at];
	/* A first byte of 0xF0 and more begins an astral character; 0xEE and 0xEF begin U+E000 to U+FFFF. */
	bool left_astral = left >= 0xF0, right_astral = right >= 0xF0;
	if (left_astral != right_astral && (left >= 0xEE && right >= 0xEE))
		return left_astral ? -1 : 1;
	return left < right ? -1 : 1;
}

static int compare_members(const void *left, const void *right)
{
	const struct member *a = left;
	const struct member *b = right;
	int order = compare_utf16(&a->key, &b->key);
	return order ? order : (a->index < b->index ? -1 : 1);
}

static int append_object(struct json_slice value, struct buf *out)
{
	size_t count = json_count(value);
	struct member *members = xcalloc(count, sizeof(*members));
	struct json_iter iter;
	struct json_slice key;
	json_iter_init(&iter, value);
	for (size_t i = 0; i < count && json_iter_next(&iter, &key, &members[i].value); i++) {
		buf_init(&members[i].key, BUF_UNBOUNDED);
		json_string_append_exact(key, &members[i].key);
		members[i].index = i;
	}
	qsort(members, count, sizeof(*members), compare_members);
	int failed = buf_add_char(out, '{');
	bool is_first = true;
	for (size_t i = 0; i < count && !failed; i++) {
		bool is_repeated = i + 1 < count && compare_utf16(&members[i].key, &members[i + 1].key) == 0;
		if (is_repeated)
			continue;
		failed = (!is_first && buf_add_char(out, ',')) ||
			 canonical_append_string(out, members[i].key.data, members[i].key.len) ||
			 buf_add_char(out, ':') || canonical_append(members[i].value, out);
		is_first = false;
	}
	for (size_t i = 0; i < count; i++)
		buf_release(&members[i].key);
	free(members);
	return failed || buf_add_char(out, '}') ? -1 : 0;
}

static int append_array(struct json_slice value, struct buf *out)
{
	struct json_iter iter;
	struct json_slice element;
	bool is_first = true;
	json_iter_init(&iter, value);
	if (buf_add_char(out, '['))
		return -1;
	while (json_iter_next(&iter, NULL, &element)) {
		if ((!is_first && buf_add_char(out, ',')) || canonical_append(element, out))
			return -1;
		is_first = false;
	}
	return buf_add_char(out, ']');
}

static int append_string(struct json_slice value, struct buf *out)
{
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	int failed = json_string_append_exact(value, &text) || canonical_append_string(out, text.data, text.len);
	buf_release(&text);
	return failed ? -1 : 0;
}

int canonical_append(struct json_slice value, struct buf *out)
{
	double number;
	switch (json_type_of(value)) {
	case JSON_OBJECT:
		return append_object(value, out);
	case JSON_ARRAY:
		return append_array(value, out);
	case JSON_STRING:
		return append_string(value, out);
	case JSON_NUMBER:
		return json_double(value, &number) ? canonical_append_number(out, number) : -1;
	default:
		return buf_add(out, value.text, value.len);
	}
}
