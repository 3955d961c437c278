/* SPDX-License-Identifier: Apache-2.0 */
/* JSON for people: text that comes in pieces of any size, laid out with two blanks a level. */
#ifndef PRETTY_H
#define PRETTY_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

struct pretty {
	unsigned depth;
	bool in_string, is_escaped;
	bool after_open; /* a container has just begun: its first item or its end decides whether a line begins */
};

/* Appends the layout of text, which goes on where the piece before it ended. pretty begins as {0}. */
void pretty_append(struct pretty *pretty, struct buf *out, const char *text, size_t len);

#endif
