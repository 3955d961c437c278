/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 8785 (JCS) canonical JSON. */
#ifndef CANONICAL_H
#define CANONICAL_H

#include "buf.h"
#include "json-scan.h"

/* Appends the canonical form of a checked value: keys by UTF-16 code units, ECMAScript numbers. Of repeated keys the
 * last one counts. */
int canonical_append(struct json_slice value, struct buf *out);
/* Appends a string as RFC 8785 writes it, quotes included; text is valid UTF-8. */
int canonical_append_string(struct buf *out, const char *text, size_t len);
/* Appends a finite number as ECMAScript prints it. */
int canonical_append_number(struct buf *out, double number);

#endif
