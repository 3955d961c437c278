/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of checked text, exactly as spelled. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json-scan.h"

#define NUMBER_TEXT_MAX 400 /* no sensible number is longer; a longer one is taken as out of range */

/* The digits of mantissa and fraction without the point, and the power of ten that they are to be taken with. */
struct decimal {
	bool negative;
	char digits[NUMBER_TEXT_MAX];
	size_t len;
	long exponent;
};

static bool read_decimal(const char *text, size_t len, struct decimal *decimal)
{
	*decimal = (struct decimal){.negative = false};
	size_t at = 0;
	if (len >= NUMBER_TEXT_MAX)
		return false;
	if (at < len && text[at] == '-') {
		decimal->negative = true;
		at++;
	}
	bool in_fraction = false;
	for (; at < len && text[at] != 'e' && text[at] != 'E'; at++) {
		if (text[at] == '.') {
			in_fraction = true;
			continue;
		}
		decimal->exponent -= in_fraction;
		/* Leading zeros say nothing. */
		if (decimal->len || text[at] != '0')
			decimal->digits[decimal->len++] = text[at];
	}
	if (at < len) {
		char exponent[NUMBER_TEXT_MAX];
		memcpy(exponent, text + at + 1, len - at - 1);
		exponent[len - at - 1] = '\0';
		errno = 0;
		long power = strtol(exponent, NULL, 10);
		if (errno || power > 100000 || power < -100000)
			return decimal->len == 0;
		decimal->exponent += power;
	}
	while (decimal->exponent < 0 && decimal->len && decimal->digits[decimal->len - 1] == '0') {
		decimal->len--;
		decimal->exponent++;
	}
	return true;
}

static bool integer_of(const char *text, size_t len, int64_t *number)
{
	struct decimal decimal;
	if (!read_decimal(text, len, &decimal))
		return false;
	if (decimal.len == 0) {
		*number = 0;
		return true;
	}
	if (decimal.exponent < 0 || decimal.exponent > 18)
		return false;
	/* Negative: its range is the larger one. */
	int64_t value = 0;
	size_t count = decimal.len + (size_t)decimal.exponent;
	for (size_t i = 0; i < count; i++) {
		int digit = i < decimal.len ? decimal.digits[i] - '0' : 0;
		if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, digit, &value))
			return false;
	}
	if (!decimal.negative && value == INT64_MIN)
		return false;
	*number = decimal.negative ? value : -value;
	return true;
}

bool json_int64(struct json_slice value, int64_t *number)
{
	return json_type_of(value) == JSON_NUMBER && integer_of(value.text, value.len, number);
}

bool json_int64_lax(struct json_slice value, int64_t *number)
{
	if (json_type_of(value) != JSON_STRING)
		return json_int64(value, number);
	const char *digits = value.text + 1;
	size_t len = value.len - 2;
	size_t sign = len && digits[0] == '-';
	if (len == sign || len > 20)
		return false;
	for (size_t i = sign; i < len; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return false;
	}
	return integer_of(digits, len, number);
}

bool json_double(struct json_slice value, double *number)
{
	if (json_type_of(value) != JSON_NUMBER || value.len >= NUMBER_TEXT_MAX)
		return false;
	char text[NUMBER_TEXT_MAX];
	memcpy(text, value.text, value.len);
	text[value.len] = '\0';
	*number = strtod(text, NULL);
	return true;
}
