/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict JSON (RFC 8259) over byte slices: the gate in front of cJSON, and the way to look into a record without
 * building a tree. A text is checked once by json_check; everything else here takes slices of checked text only,
 * allocates nothing (but what a struct buf needs) and never changes the text.
 *
 * Strict means: valid UTF-8, the exact grammar (no "01", no trailing comma, no bare control character), at most
 * JSON_DEPTH_MAX levels, exactly one value. Escaped U+0000 and lone surrogates are allowed in: VirusTotal sends them.
 * Repeated keys are allowed in, and the last one wins in every look-up (virustotal.md section 8).
 */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "error.h"

#define JSON_DEPTH_MAX 64

enum json_type { JSON_NONE, JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL };

/* A borrowed piece of text, from the first to the last byte of one value, without white space around it. */
struct json_slice {
	const char *text;
	size_t len;
};

/*
 * Checks that text is one JSON value with nothing but white space around it and gives the value's slice (value may be
 * NULL). On failure fills err (EXIT_BAD_INPUT, "offset N: what") and returns -1.
 */
int json_check(const char *text, size_t len, struct json_slice *value, struct error *err);

/*
 * Members to be found while a text is checked, so that it need not be looked through again: those of the outermost
 * object, and those of one member of it that is an object itself. What is not there is {NULL, 0}; the last of repeated
 * keys counts.
 */
struct json_watch {
	const char *const *keys;
	struct json_slice *values;
	size_t count;
	size_t inner_of; /* the one of keys whose members are watched too */
	const char *const *inner_keys;
	struct json_slice *inner_values;
	size_t inner_count;
};
/* As json_check. On failure the values are of no use. */
int json_check_watching(const char *text, size_t len, struct json_slice *value, const struct json_watch *watch,
			struct error *err);

/*
 * Finds the end of the value that begins at text, of which only len bytes may be there: gives its length in bytes, 0
 * when it goes on behind len (a number at the very end counts as going on), -1 when it is malformed. Checks as strictly
 * as json_check.
 */
ptrdiff_t json_check_prefix(const char *text, size_t len, struct error *err);

enum json_type json_type_of(struct json_slice value);

/* Walks an object's members or an array's elements in the order of the text. Anything else has none. */
struct json_iter {
	const char *at;
	const char *end;
	bool is_object;
};
void json_iter_init(struct json_iter *iter, struct json_slice container);
/* Next member or element; key (quotes included) is left alone for arrays and may be NULL. False at the end. */
bool json_iter_next(struct json_iter *iter, struct json_slice *key, struct json_slice *value);

/* Whether a string slice (quotes included), escapes decoded, equals text. */
bool json_string_is(struct json_slice string, const char *text);
/* The value of the last member named key. False when object is no object or has no such member; *value is then {NULL,
 * 0}. */
bool json_member(struct json_slice object, const char *key, struct json_slice *value);
/* The same along a path of keys that ends with NULL: json_path(record, &v, "attributes", "pe_info", "imphash", NULL).
 */
bool json_path(struct json_slice object, struct json_slice *value, ...) __attribute__((sentinel));
/* Finds several members in one pass: values[i] belongs to keys[i] ({NULL, 0} when absent). */
void json_members(struct json_slice object, const char *const *keys, struct json_slice *values, size_t count);
/* Puts a member's value where its key (quotes included) is among keys. */
void json_take_member(struct json_slice key, struct json_slice value, const char *const *keys,
		      struct json_slice *values, size_t count);
/* Number of elements or members. */
size_t json_count(struct json_slice container);

/*
 * Appends a string's text as UTF-8; U+0000 and lone surrogates become U+FFFD. -1 when value is no string or out is
 * full.
 */
int json_string_append(struct json_slice value, struct buf *out);
/* The same, but U+0000 stays: the bytes then end at out->len, not at the first NUL. */
int json_string_append_exact(struct json_slice value, struct buf *out);
/* As json_string_append, a new heap string (caller frees), or NULL when value is no string. */
char *json_string_dup(struct json_slice value);
/*
 * An integer exactly as spelled, or spelled with an exponent or a fraction of zeros ("1.0e3"). False when value is no
 * number, not whole, or beyond 64 bits. (So nothing is rounded at 2^53.)
 */
bool json_int64(struct json_slice value, int64_t *number);
/* The same, and also a string of digits ("1726640490"): VirusTotal writes some numbers so. */
bool json_int64_lax(struct json_slice value, int64_t *number);
bool json_double(struct json_slice value, double *number);
/*
 * Appends the value without the white space between its tokens. Every token keeps its spelling, but that the escape of
 * a lone surrogate becomes \ufffd: jq 1.6 and others refuse a line that holds one. -1 when out is full.
 */
int json_compact(struct json_slice value, struct buf *out);

/*
 * In checked text, in place: the escape of each lone surrogate (and of U+0000 with nul_too) becomes the equally long
 * \ufffd.
 */
void json_replace_escapes(char *text, size_t len, bool nul_too);

#endif
